//! The state that all handlers share: the store, the clock, the bus and the settings.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Waker};

use axum::http::HeaderValue;
use permgate_axum::{Backend, SessionId, StreamLimits};
use permgate_core::{Catalogue, Language};
use tower_http::csrf::CsrfLayer;

use crate::audit::Counting;
use crate::authority::Judge;
use crate::bus::{Announcement, Bus, LocalBus};
use crate::catalogue;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::metrics::Metrics;
use crate::origin::{self, OriginError};
use crate::problem::Problem;
use crate::proof::Proof;
use crate::revision::IfMatch;
use crate::secret::Mac;
use crate::seed;
use crate::sign_in::SignIn;
use crate::start_error::StartError;
use crate::storage::{Storage, failed};
use crate::store::{
    Accounts as _, Applied, Author, Change, ChangeError, Rotation, SigningKeys, SqliteStore, Store,
    StoreError,
};
use crate::token::Tokens;

/// The state that all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    backend: Backend,
    config: Config,
    catalogue: Arc<Catalogue>,
    judge: Judge,
    sign_in: Arc<SignIn>,
    counting: Counting,
    metrics: Metrics,
    csrf: CsrfLayer,
    origins: Vec<HeaderValue>,
}

impl AppState {
    /// Builds the state; blocks while the signing key is read.
    ///
    /// # Errors
    /// When the store fails or has another language, the language cannot express the catalogue, the
    /// password cost is out of range, or an origin is not valid.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        bus: Arc<dyn Bus>,
        config: Config,
    ) -> Result<Self, StartError> {
        if store.language() != config.language {
            return Err(StartError::Language);
        }
        let tokens = Tokens::new(&store.signing_keys()?, &config);
        let root = Mac::new(&store.root_key()?);
        let catalogue = match config.language {
            language if language == Language::default() => Arc::clone(catalogue::list()),
            language => Arc::new(catalogue::list_in(language).map_err(StartError::Catalogue)?),
        };
        let storage = Arc::new(Storage::new(store));
        let parts = || (Arc::clone(&storage), Arc::clone(&clock));
        let (for_judge, for_sign_in, for_counting) = (parts(), parts(), parts());
        let counting = Counting::new(for_counting.0, for_counting.1, &root);
        let judge = Judge::new(for_judge.0, for_judge.1, config.session_cookie(), tokens);
        let sign_in = SignIn::new(for_sign_in.0, for_sign_in.1, counting.clone(), &root, &config);
        let sign_in = Arc::new(sign_in.map_err(StartError::Password)?);
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
            storage,
            clock,
            backend,
            config,
            catalogue,
            judge,
            sign_in,
            counting,
            metrics: Metrics::new(),
            csrf,
            origins,
        })))
    }

    /// The demo's data in memory, for tests.
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
        self.0.storage.store()
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

    /// Signs users in.
    pub(crate) fn sign_in(&self) -> &Arc<SignIn> {
        &self.0.sign_in
    }

    /// Judges credentials.
    pub(crate) fn judge(&self) -> &Judge {
        &self.0.judge
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

    /// See [`Storage::read`].
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.storage.read(work).await
    }

    /// See [`Storage::read_now`].
    pub(crate) async fn read_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.storage.read_now(work).await
    }

    /// Runs work that writes to the store, as [`Storage::write`] does.
    ///
    /// # Errors
    /// As there, or when the store fails.
    pub(crate) async fn with_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.storage.write(work).await?.map_err(|error| failed(&error))
    }

    /// Commits a change and then announces it, in one task: a caller that hangs up in between must
    /// not keep others from hearing of the change.
    pub(crate) async fn administer_if(
        &self,
        actor: &str,
        change: Change,
        if_match: IfMatch,
    ) -> Result<Result<Applied, ChangeError>, Problem> {
        let author = Author { subject: actor.to_owned(), at: self.now() };
        let shared = Arc::clone(&self.0);
        let administer = move |store: &dyn Store| {
            let applied = store.administer_if(&author, &change, &if_match)?;
            for affected in &applied.affected {
                shared.announce(affected.clone().into());
            }
            if let Some(subject) = &applied.signed_out {
                shared.announce(Announcement::SignedOut { subject: subject.clone() });
            }
            Ok(applied)
        };
        self.0.storage.write(administer).await
    }

    /// The same at any revision.
    #[cfg(test)]
    pub(crate) async fn administer(
        &self,
        actor: &str,
        change: Change,
    ) -> Result<Result<Applied, ChangeError>, Problem> {
        self.administer_if(actor, change, IfMatch::Any).await
    }

    /// Ends credentials and then announces it, in one task. Credentials that are not valid are not
    /// ended and take no turn to write: any client could send them.
    pub(crate) async fn end(&self, proof: Proof) -> Result<(), Problem> {
        let look = proof.clone();
        if !self.with_store(move |store| look.can_be_ended(store)).await? {
            return Ok(());
        }
        let (now, shared) = (self.now(), Arc::clone(&self.0));
        let end = move |store: &dyn Store| {
            if let Some(subject) = proof.end(store, now)? {
                let session = SessionId::from(proof.digest());
                shared.announce(Announcement::SessionEnded { subject, session });
            }
            Ok(())
        };
        self.with_writer(end).await
    }

    /// Ends credentials of a subject by `work`, and then announces it. Returns the result of
    /// `work`: whether anything was ended.
    pub(crate) async fn end_all(
        &self,
        subject: String,
        work: impl FnOnce(&dyn Store) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<bool, Problem> {
        let shared = Arc::clone(&self.0);
        let end = move |store: &dyn Store| {
            let has_ended = work(store)?;
            if has_ended {
                shared.announce(Announcement::SignedOut { subject });
            }
            Ok(has_ended)
        };
        self.with_writer(end).await
    }

    /// Makes a new signing key. With `EndAll`, all sessions, tokens and streams of all users end.
    pub(crate) async fn rotate_keys(
        &self,
        rotation: Rotation,
        by: Author,
    ) -> Result<Result<SigningKeys, ChangeError>, Problem> {
        let shared = Arc::clone(&self.0);
        let rotate = move |store: &dyn Store| {
            let keys = store.rotate_keys(&rotation, &by)?;
            shared.judge.replace_keys(&keys);
            if rotation == Rotation::EndAll {
                for user in store.users()? {
                    shared.announce(Announcement::SignedOut { subject: user.id });
                }
            }
            Ok(keys)
        };
        self.0.storage.write(rotate).await
    }

    /// Counts an event that changes nothing, for the audit trail.
    pub(crate) fn counting(&self) -> &Counting {
        &self.0.counting
    }

    /// The metrics for Prometheus.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// How many changes wait for the database.
    pub(crate) fn writes_waiting(&self) -> usize {
        self.0.storage.writes_waiting()
    }

    /// The endpoints that pages with permgate call.
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

    /// Ends all streams and opens no new ones, because the server is about to stop. Code that
    /// serves by other means than [`serve`](fn@crate::serve) calls it at the signal to stop.
    pub fn stop(&self) {
        self.0.backend.streams().stop();
    }
}

impl Shared {
    fn announce(&self, announcement: Announcement) {
        self.backend.streams().announce(announcement);
    }
}

impl AsRef<Config> for AppState {
    fn as_ref(&self) -> &Config {
        self.config()
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("config", &self.0.config).finish_non_exhaustive()
    }
}
