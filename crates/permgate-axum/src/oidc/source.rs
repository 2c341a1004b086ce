//! The keys of one provider: downloaded when they are needed, at a bounded rate.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as AsyncMutex;

use super::download::{self, DownloadError};
use super::keys::Keys;
use crate::clock::{Clock, Timestamp};

/// How often a key set may be downloaded, in milliseconds: anybody can send tokens that name
/// unknown keys, and those must not make this server attack the provider.
const AT_MOST_EVERY_MS: u64 = 30_000;

/// After how long keys are downloaded again, in milliseconds: keys that the provider withdrew must
/// not verify tokens for long.
const REFRESH_AFTER_MS: u64 = 10 * 60_000;

/// How long old keys are used while the provider does not answer, in milliseconds.
const KEPT_FOR_MS: u64 = 60 * 60_000;

/// The keys of one provider. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct KeySource(Arc<Shared>);

struct Shared {
    url: String,
    clock: Arc<dyn Clock>,
    held: Mutex<Held>,
    // Only one download runs at a time.
    downloading: AsyncMutex<()>,
}

#[derive(Default)]
struct Held {
    keys: Option<(Arc<Keys>, Timestamp)>,
    attempted_at: Option<Timestamp>,
    failure: Option<DownloadError>,
}

impl KeySource {
    /// The key set at an address, which comes from the configuration and never from a token.
    ///
    /// # Errors
    /// When the address is neither `https` nor on the loopback interface.
    pub fn new(url: &str, clock: Arc<dyn Clock>) -> Result<Self, KeySourceError> {
        download::check(url).map_err(|why| KeySourceError { url: url.into(), why })?;
        let (held, downloading) = (Mutex::default(), AsyncMutex::default());
        Ok(Self(Arc::new(Shared { url: url.into(), clock, held, downloading })))
    }

    /// The keys to verify a token with: the cached keys, unless they are old or lack the key `id`
    /// and a download is allowed.
    pub(super) async fn keys(&self, id: Option<&str>) -> Result<Arc<Keys>, DownloadError> {
        if let Some(keys) = self.good(id) {
            return Ok(keys);
        }
        let _turn = match self.0.downloading.try_lock() {
            Ok(turn) => turn,
            Err(_) => {
                // A slow provider does not delay requests whose key can still be used.
                if let Ok(keys) = self.usable()
                    && id.is_none_or(|id| keys.holds(id))
                {
                    return Ok(keys);
                }
                self.0.downloading.lock().await
            }
        };
        // Another request may have downloaded them meanwhile.
        if let Some(keys) = self.good(id) {
            return Ok(keys);
        }
        if self.may_attempt() {
            self.download().await;
        }
        self.usable()
    }

    /// The cached keys, if they need no download.
    fn good(&self, id: Option<&str>) -> Option<Arc<Keys>> {
        let held = self.held();
        let (keys, at) = held.keys.as_ref()?;
        let is_fresh = self.age(*at) < REFRESH_AFTER_MS;
        (is_fresh && id.is_none_or(|id| keys.holds(id))).then(|| Arc::clone(keys))
    }

    /// The cached keys, if they may still be used.
    fn usable(&self) -> Result<Arc<Keys>, DownloadError> {
        let held = self.held();
        match &held.keys {
            Some((keys, at)) if self.age(*at) < KEPT_FOR_MS => Ok(Arc::clone(keys)),
            _ => Err(held.failure.clone().unwrap_or(DownloadError::NoKeys)),
        }
    }

    fn may_attempt(&self) -> bool {
        let mut held = self.held();
        let may = held.attempted_at.is_none_or(|at| self.age(at) >= AT_MOST_EVERY_MS);
        if may {
            held.attempted_at = Some(self.0.clock.now());
        }
        may
    }

    async fn download(&self) {
        let url = self.0.url.clone();
        let body = tokio::task::spawn_blocking(move || download::download(&url)).await;
        let body = body.unwrap_or_else(|error| Err(DownloadError::Failed(error.to_string())));
        let keys = body.and_then(|body| {
            Keys::parse(&body).filter(|keys| keys.len() > 0).ok_or(DownloadError::NoKeys)
        });
        let now = self.0.clock.now();
        let mut held = self.held();
        match keys {
            Ok(keys) => {
                held.keys = Some((Arc::new(keys), now));
                held.failure = None;
            }
            Err(error) => {
                tracing::warn!("the keys at {} are not renewed: {error}", self.0.url);
                held.failure = Some(error);
            }
        }
    }

    /// The distance of a moment from now, in either direction: after the clock was set back, a
    /// moment in the future counts as that far in the past.
    fn age(&self, at: Timestamp) -> u64 {
        self.0.clock.now().unix_ms().abs_diff(at.unix_ms())
    }

    // Nothing under the lock can panic halfway through a change.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySource").field("url", &self.0.url).finish_non_exhaustive()
    }
}

/// An address that cannot be used for a key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySourceError {
    url: String,
    why: &'static str,
}

impl fmt::Display for KeySourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, why } = self;
        write!(f, "`{url}` is not the address of a key set: {why}")
    }
}

impl std::error::Error for KeySourceError {}

#[cfg(test)]
mod tests;
