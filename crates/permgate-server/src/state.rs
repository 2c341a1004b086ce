//! What all handlers share: the store, the clock, the bus and the settings.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Waker};

use axum::http::HeaderValue;
use permgate_axum::{Authority as _, Backend, SessionId, SetCache, StreamLimits};
use permgate_core::{Catalogue, Language};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::csrf::CsrfLayer;

use crate::bus::{Announcement, Bus, LocalBus};
use crate::catalogue;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::credentials::{SECURE_SESSION_COOKIE, SESSION_COOKIE};
use crate::origin::{self, OriginError};
use crate::problem::Problem;
use crate::proof::Proof;
use crate::revision::IfMatch;
use crate::secret::Mac;
use crate::seed;
use crate::sign_in::SignIn;
use crate::start_error::StartError;
use crate::store::{Accounts as _, Applied, Change, ChangeError, SqliteStore, Store, StoreError};
use crate::token::Tokens;
use crate::verified::VerifiedTokens;
use crate::write_queue::{self, WriteQueue};

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
    sign_in: SignIn,
    writes: WriteQueue,
    touching: Arc<Semaphore>,
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
        let key = store.signing_key()?;
        let tokens = Tokens::new(&key, &config);
        let catalogue = match config.language {
            language if language == Language::default() => Arc::clone(catalogue::list()),
            language => Arc::new(catalogue::list_in(language).map_err(StartError::Catalogue)?),
        };
        let sign_in = SignIn::new(&Mac::new(&key), &config).map_err(StartError::Password)?;
        let mut csrf = CsrfLayer::new();
        let mut origins = Vec::new();
        for origin in &config.origins {
            let bad =
                |error: &dyn fmt::Display| StartError::Origin(origin.clone(), error.to_string());
            origin::check(origin).map_err(|error: OriginError| bad(&error))?;
            csrf = csrf.add_trusted_origin(origin).map_err(|error| bad(&error))?;
            origins.push(HeaderValue::try_from(origin).map_err(|error| bad(&error))?);
        }
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
            sign_in,
            writes: WriteQueue::new(),
            touching: Arc::new(Semaphore::new(1)),
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

    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.0.sign_in
    }

    /// The name of the session cookie. Where cookies are sent over TLS only, its prefix makes
    /// browsers refuse one that a sibling domain or another path set (RFC 6265bis §4.1.3).
    pub(crate) fn session_cookie(&self) -> &'static str {
        if self.0.config.secure_cookies { SECURE_SESSION_COOKIE } else { SESSION_COOKIE }
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

    /// Runs work that reads from the store off the asynchronous threads.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.0.store);
        blocking(move || work(store.as_ref())).await?.map_err(|error| failed(&error))
    }

    /// Runs work that writes to the store, one at a time, off the asynchronous threads.
    ///
    /// # Errors
    /// 503 when too many writes wait, or one has waited for too long; or when the store fails.
    pub(crate) async fn with_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.write(move |shared| work(shared.store.as_ref())).await?.map_err(|error| failed(&error))
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.0.writes.turn().await?;
        let shared = Arc::clone(&self.0);
        // The turn ends with the work, also when nobody waits for it any more.
        blocking(move || {
            let done = work(&shared);
            drop(turn);
            done
        })
        .await
    }

    /// Runs a short read: at once where none has to be waited for, else off the asynchronous
    /// threads. To wake another thread takes longer than to read a page of records.
    pub(crate) async fn read_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        match self.0.store.is_free() {
            true => work(self.0.store.as_ref()).map_err(|error| failed(&error)),
            false => self.with_store(work).await,
        }
    }

    /// Commits a change and then announces it, in one go: a caller that hangs up in between
    /// must not keep others from hearing of it.
    pub(crate) async fn administer_if(
        &self,
        actor: &str,
        change: Change,
        if_match: IfMatch,
    ) -> Result<Result<Applied, ChangeError>, Problem> {
        let actor = actor.to_owned();
        self.write(move |shared| {
            let applied = shared.store.administer_if(&actor, &change, &if_match)?;
            for affected in &applied.affected {
                shared.backend.streams().announce(affected.clone().into());
            }
            if let Some(subject) = &applied.signed_out {
                shared
                    .backend
                    .streams()
                    .announce(Announcement::SignedOut { subject: subject.clone() });
            }
            Ok(applied)
        })
        .await
    }

    /// The same, whatever the revision.
    #[cfg(test)]
    pub(crate) async fn administer(
        &self,
        actor: &str,
        change: Change,
    ) -> Result<Result<Applied, ChangeError>, Problem> {
        self.administer_if(actor, change, IfMatch::Any).await
    }

    /// Ends credentials and then announces it, in one go. Credentials that show nobody need no
    /// end, and take nobody's turn to write: anybody could send them.
    pub(crate) async fn end(&self, proof: Proof) -> Result<(), Problem> {
        if self.standing(&proof).await?.is_none() {
            return Ok(());
        }
        let now = self.now();
        let ended = self.write(move |shared| {
            if let Some(subject) = proof.end(shared.store.as_ref(), now)? {
                let session = SessionId::from(proof.digest());
                let ended = Announcement::SessionEnded { subject, session };
                shared.backend.streams().announce(ended);
            }
            Ok::<_, StoreError>(())
        });
        ended.await?.map_err(|error| failed(&error))
    }

    /// Ends all credentials of a subject in one way or another, and then announces it. Tells what
    /// the work returned: whether anything was ended.
    pub(crate) async fn end_all(
        &self,
        subject: String,
        work: impl FnOnce(&dyn Store) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<bool, Problem> {
        let ended = self.write(move |shared| {
            let has_ended = work(shared.store.as_ref())?;
            if has_ended {
                shared.backend.streams().announce(Announcement::SignedOut { subject });
            }
            Ok::<_, StoreError>(has_ended)
        });
        ended.await?.map_err(|error| failed(&error))
    }

    /// The sets that were built, by subject and version.
    pub(crate) fn sets(&self) -> &SetCache {
        &self.0.sets
    }

    /// The tokens whose signature held.
    pub(crate) fn verified(&self) -> &VerifiedTokens {
        &self.0.verified
    }

    /// The turn to take note that a session is used; none while another one has it.
    pub(crate) fn turn_to_touch(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.touching).try_acquire_owned().ok()
    }

    /// The endpoints that pages with permgate ask.
    pub(crate) fn backend(&self) -> &Backend {
        &self.0.backend
    }

    /// Whether the server is about to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        let mut stopped = std::pin::pin!(self.stopped());
        stopped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
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
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// The answer to a failure of the store: 503 where trying again helps.
pub(crate) fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::Busy => write_queue::busy(error),
        _ => Problem::internal(error),
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}
