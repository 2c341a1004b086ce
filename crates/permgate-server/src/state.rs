//! What all handlers share: the store, the clock, the bus and the settings.

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::request::Parts;
use permgate_axum::{
    Authentication, Authority, Backend, SessionId, SetCache, Standing, StreamLimits,
};
use permgate_core::{Catalogue, CatalogueError, Language};
use tokio::sync::{Semaphore, SemaphorePermit};
use tower_http::csrf::CsrfLayer;

use crate::bus::{Announcement, Bus, LocalBus};
use crate::catalogue;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::credentials::Credentials;
use crate::password::{PasswordError, hash_password, verify_password};
use crate::problem::Problem;
use crate::proof::{Proof, Quick};
use crate::secret::digest;
use crate::seed::{self, SeedError};
use crate::store::{Account, Applied, Change, ChangeError, SqliteStore, Store, StoreError};
use crate::throttle::Throttle;
use crate::token::{Tokens, Verified};
use crate::verified::VerifiedTokens;

/// How many passwords are hashed at once: each takes 19 MiB and a core for some 20 ms, and a
/// flood of sign-ins must leave room for everybody else.
const MAX_CONCURRENT_HASHES: usize = 2;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    backend: Backend,
    sets: SetCache,
    config: Config,
    tokens: Tokens,
    verified: VerifiedTokens,
    catalogue: Arc<Catalogue>,
    // Verified when a user name is unknown, so that the answer takes as long as for a known one.
    decoy_hash: String,
    hashing: Semaphore,
    throttle: Throttle,
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
        let limits =
            StreamLimits { total: config.max_streams, per_subject: config.max_streams_per_subject };
        let backend = Backend::on(bus, Arc::clone(&clock), limits)
            .with_ttl(config.permissions_ttl)
            .with_catalogue(Arc::clone(&catalogue))
            .with_origins(origins.iter().cloned());
        Ok(Self(Arc::new(Shared {
            store,
            clock,
            backend,
            sets: SetCache::default(),
            config,
            tokens,
            verified: VerifiedTokens::default(),
            catalogue,
            decoy_hash,
            hashing,
            throttle: Throttle::default(),
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
        self.0.backend.streams().bus()
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

    /// Runs a short read: at once where none has to be waited for, else off the asynchronous
    /// threads. To wake another thread takes longer than to read a page of records.
    pub(crate) async fn read_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        match self.0.store.is_free() {
            true => work(self.0.store.as_ref()).map_err(|error| Problem::internal(&error)),
            false => self.with_store(work).await,
        }
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
            for affected in &applied.affected {
                shared.backend.streams().announce(affected.clone().into());
            }
            Ok(applied)
        })
        .await
    }

    /// Ends credentials and then announces it, in one go.
    pub(crate) async fn end(&self, proof: Proof) -> Result<(), Problem> {
        let (shared, now) = (Arc::clone(&self.0), self.now());
        let ended = blocking(move || {
            if let Some(subject) = proof.end(shared.store.as_ref(), now)? {
                let session = SessionId::from(proof.digest());
                let ended = Announcement::SessionEnded { subject, session };
                shared.backend.streams().announce(ended);
            }
            Ok::<_, StoreError>(())
        });
        ended.await?.map_err(|error| Problem::internal(&error))
    }

    /// The endpoints that pages with permgate ask.
    pub(crate) fn backend(&self) -> &Backend {
        &self.0.backend
    }

    /// Returns once the server is about to stop.
    pub(crate) async fn stopped(&self) {
        self.0.backend.streams().stopped().await;
    }

    /// Ends all streams and lets nobody open another: the server is about to stop. Whoever serves
    /// by other means than [`serve`](fn@crate::serve) calls it at the signal to stop.
    pub fn stop(&self) {
        self.0.backend.streams().stop();
    }

    /// Hashes a password off the asynchronous threads.
    pub(crate) async fn hash_password(&self, password: String) -> Result<String, Problem> {
        let cost = self.0.config.password_cost;
        let _turn = self.turn().await?;
        let hash = blocking(move || hash_password(&password, cost)).await?;
        hash.map_err(|error| Problem::internal(&error))
    }

    /// The account with this name and password, if there is one.
    ///
    /// # Errors
    /// When too many tries for this name have failed, or the store fails.
    pub(crate) async fn authenticate(
        &self,
        username: String,
        password: String,
    ) -> Result<Option<Account>, Problem> {
        let throttle = &self.0.throttle;
        // Before anything is spent on it, and again after others had their turn.
        throttle.check(&username, self.now())?;
        let _turn = self.turn().await?;
        throttle.check(&username, self.now())?;
        let name = username.clone();
        let account = self.with_store(move |store| store.account(&name)).await?;
        let decoy = &self.0.decoy_hash;
        let hash = account.as_ref().map_or(decoy, |account| &account.password_hash).clone();
        let matches = blocking(move || verify_password(&password, &hash)).await?;
        // The decoy's password is the empty one: without an account nothing matches.
        let account = account.filter(|_| matches);
        if account.is_none() {
            throttle.failed(&username, self.now());
        }
        Ok(account)
    }

    /// A turn to hash a password in; the next has it when it is dropped.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.0.hashing.acquire().await.map_err(|error| Problem::internal(&error))
    }

    /// What credentials show, as far as can be seen without the store; none when they show nobody.
    pub(crate) fn proof(&self, credentials: &Credentials) -> Result<Option<Proof>, String> {
        match credentials {
            Credentials::None => Ok(None),
            Credentials::Unusable(why) => Err((*why).into()),
            Credentials::Bearer(token) => {
                let now = self.now();
                if let Some(proof) = self.0.verified.get(token, now) {
                    return Ok(Some(proof));
                }
                let verified = self.0.tokens.verify(token, now).map_err(|e| e.to_string())?;
                let Verified { subject, expires_at, digest } = verified;
                let proof = Proof::Token { digest, subject, expires_at };
                self.0.verified.insert(token, proof.clone());
                Ok(Some(proof))
            }
            Credentials::Session(secret) => Ok(Some(Proof::Session(digest(secret.as_bytes())))),
        }
    }
}

impl Authority for AppState {
    type Proof = Proof;

    async fn authenticate(&self, parts: &Parts) -> Result<Authentication<Proof>, Problem> {
        Ok(match self.proof(&Credentials::read(&parts.headers)) {
            Ok(Some(proof)) => Authentication::Proof(proof),
            Ok(None) => Authentication::Anonymous,
            Err(why) => Authentication::Refused(why),
        })
    }

    async fn standing(&self, proof: &Proof) -> Result<Option<Standing>, Problem> {
        let (shared, now) = (&self.0, self.now());
        // Some microseconds of work, for which no other thread is woken when nothing is waited for.
        if shared.store.is_free() {
            let found = proof.quick_holder(shared.store.as_ref(), &shared.sets, now);
            match found.map_err(|error| Problem::internal(&error))? {
                Quick::Nobody => return Ok(None),
                Quick::Known(standing) => return Ok(Some(standing)),
                Quick::NotBuilt { .. } => {}
            }
        }
        let (shared, proof) = (Arc::clone(shared), proof.clone());
        let standing =
            blocking(move || proof.holder(shared.store.as_ref(), &shared.sets, now)).await?;
        standing.map_err(|error| Problem::internal(&error))
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
