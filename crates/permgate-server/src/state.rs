//! What all handlers share: the store, the clock, the bus and the settings.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use permgate_core::{Catalogue, CatalogueError, Language};
use tokio::sync::Semaphore;
use tower_http::csrf::CsrfLayer;

use crate::bus::{Bus, LocalBus};
use crate::catalogue;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::credentials::Credentials;
use crate::identity::{Authority, BoxFuture, Current, Identity};
use crate::password::{PasswordError, hash_password, verify_password};
use crate::problem::Problem;
use crate::secret::digest;
use crate::seed::{self, SeedError};
use crate::store::{
    Account, Applied, Change, ChangeError, SqliteStore, Standing, Store, StoreError,
};
use crate::token::Tokens;

/// How many passwords are hashed at once: each takes 19 MiB and a core for some 20 ms, and a
/// flood of sign-ins must leave room for everybody else.
const MAX_CONCURRENT_HASHES: usize = 2;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    bus: Arc<dyn Bus>,
    config: Config,
    tokens: Tokens,
    catalogue: Arc<Catalogue>,
    // Verified when a user name is unknown, so that the answer takes as long as for a known one.
    decoy_hash: String,
    hashing: Semaphore,
    csrf: CsrfLayer,
    origins: Vec<HeaderValue>,
}

impl AppState {
    /// Puts the parts together; blocks while the signing key is read.
    ///
    /// # Errors
    /// When the store fails or is of another language, the language cannot hold the catalogue, the
    /// password cost is out of range, or an origin is none.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        bus: Arc<dyn Bus>,
        config: Config,
    ) -> Result<Self, StartError> {
        if store.language() != config.language {
            return Err(StartError::Language);
        }
        let tokens = Tokens::new(&store.signing_key()?, &config);
        let catalogue = match config.language {
            language if language == Language::default() => Arc::clone(catalogue::list()),
            language => Arc::new(catalogue::list_in(language).map_err(StartError::Catalogue)?),
        };
        let decoy_hash = hash_password("", config.password_cost).map_err(StartError::Password)?;
        let mut csrf = CsrfLayer::new();
        let mut origins = Vec::new();
        for origin in &config.origins {
            let bad =
                |error: &dyn fmt::Display| StartError::Origin(origin.clone(), error.to_string());
            csrf = csrf.add_trusted_origin(origin).map_err(|error| bad(&error))?;
            origins.push(HeaderValue::try_from(origin).map_err(|error| bad(&error))?);
        }
        let hashing = Semaphore::new(MAX_CONCURRENT_HASHES);
        Ok(Self(Arc::new(Shared {
            store,
            clock,
            bus,
            config,
            tokens,
            catalogue,
            decoy_hash,
            hashing,
            csrf,
            origins,
        })))
    }

    /// The demo in memory, seeded: what tests start from.
    ///
    /// # Errors
    /// As [`AppState::new`].
    pub fn in_memory(clock: Arc<dyn Clock>, config: Config) -> Result<Self, StartError> {
        let store = SqliteStore::in_memory()?.in_language(config.language);
        let demo = seed::demo(clock.now(), config.password_cost, config.language);
        store.plant(&demo.map_err(StartError::Seed)?)?;
        Self::new(Arc::new(store), clock, Arc::new(LocalBus::new()), config)
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.0.bus
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The catalogue in the configured language.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    pub(crate) fn csrf(&self) -> CsrfLayer {
        self.0.csrf.clone()
    }

    pub(crate) fn origins(&self) -> &[HeaderValue] {
        &self.0.origins
    }

    /// Runs work on the store off the asynchronous threads.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.0.store);
        blocking(move || work(store.as_ref())).await?.map_err(|error| Problem::internal(&error))
    }

    /// Commits a change and then announces it, in one go: a caller that hangs up in between
    /// must not keep others from hearing of it.
    pub(crate) async fn administer(
        &self,
        actor: &str,
        change: Change,
    ) -> Result<Result<Applied, ChangeError>, Problem> {
        let (shared, actor) = (Arc::clone(&self.0), actor.to_owned());
        blocking(move || {
            let applied = shared.store.administer(&actor, &change)?;
            applied.affected.iter().for_each(|affected| shared.bus.announce(affected));
            Ok(applied)
        })
        .await
    }

    /// Hashes a password off the asynchronous threads.
    pub(crate) async fn hash_password(&self, password: String) -> Result<String, Problem> {
        let cost = self.0.config.password_cost;
        let hash = self.hashing(move || hash_password(&password, cost)).await?;
        hash.map_err(|error| Problem::internal(&error))
    }

    /// The account with this name and password, if there is one.
    pub(crate) async fn authenticate(
        &self,
        username: String,
        password: String,
    ) -> Result<Option<Account>, Problem> {
        let account = self.with_store(move |store| store.account(&username)).await?;
        let decoy = &self.0.decoy_hash;
        let hash = account.as_ref().map_or(decoy, |account| &account.password_hash).clone();
        let matches = self.hashing(move || verify_password(&password, &hash)).await?;
        // The decoy's password is the empty one: without an account nothing matches.
        Ok(account.filter(|_| matches))
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.0.hashing.acquire().await;
        let _turn = turn.map_err(|error| Problem::internal(&error))?;
        blocking(work).await
    }

    async fn identify(self, credentials: Credentials) -> Result<Identity, Problem> {
        let now = self.now();
        let found = match credentials {
            Credentials::None => return Ok(Identity::Anonymous),
            Credentials::Unusable(why) => return Ok(Identity::Refused(why.into())),
            Credentials::Bearer(token) => match self.0.tokens.verify(&token, now) {
                Ok(verified) => {
                    self.with_store(move |store| {
                        let standing = store.standing(&verified.subject)?;
                        Ok(standing.map(|standing| (standing, verified.expires_at)))
                    })
                    .await?
                }
                Err(error) => return Ok(Identity::Refused(error.to_string())),
            },
            Credentials::Session(secret) => {
                self.with_store(move |store| {
                    let session = store.session(&digest(secret.as_bytes()), now)?;
                    let Some(session) = session else { return Ok(None) };
                    let standing = store.standing(&session.subject)?;
                    Ok(standing.map(|standing| (standing, session.expires_at)))
                })
                .await?
            }
        };
        Ok(match found {
            Some((standing, expires_at)) => {
                Identity::Known(Arc::new(Current { standing, expires_at }))
            }
            None => Identity::Refused("the session is over; sign in again".into()),
        })
    }
}

impl Authority for AppState {
    fn identify(&self, headers: &HeaderMap) -> BoxFuture<Result<Identity, Problem>> {
        Box::pin(self.clone().identify(Credentials::read(headers)))
    }

    fn version(&self, subject: &str) -> BoxFuture<Result<Option<u64>, Problem>> {
        let (state, subject) = (self.clone(), subject.to_owned());
        Box::pin(async move {
            let standing = state.with_store(move |store| store.standing(&subject)).await?;
            Ok(standing.map(|standing: Standing| standing.version))
        })
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("config", &self.0.config).finish_non_exhaustive()
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}

/// Why a server could not be put together.
#[derive(Debug)]
pub enum StartError {
    /// The store failed.
    Store(StoreError),
    /// The password cost is out of range.
    Password(PasswordError),
    /// The demo's data could not be made.
    Seed(SeedError),
    /// The catalogue has names that the configured language cannot hold.
    Catalogue(CatalogueError),
    /// The store is read in another language than the configured one.
    Language,
    /// A configured origin is none.
    Origin(String, String),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Password(error) => error.fmt(f),
            Self::Seed(error) => error.fmt(f),
            Self::Catalogue(error) => {
                write!(f, "the catalogue cannot be held in this language: {error}; choose another")
            }
            Self::Language => f.write_str(
                "the store is read in another language than the configured one; \
                 open it with `in_language`",
            ),
            Self::Origin(origin, error) => {
                write!(
                    f,
                    "`{origin}` is no origin: {error}; write one such as `https://app.example`"
                )
            }
        }
    }
}

impl std::error::Error for StartError {}
