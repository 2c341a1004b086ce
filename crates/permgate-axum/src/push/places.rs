//! How many streams may be open: in all, and for one subject.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// How many sockets may be open before their users authenticate. They have seconds to do so, so
/// that thousands can connect one after the other.
const MAX_UNKNOWN: usize = 1024;

/// When to try again, in seconds: from 5 to 15, so that refused clients do not return all at once.
const RETRY_AFTER_MIN: u64 = 5;
const RETRY_AFTER_SPREAD: u64 = 11;

/// The places for streams. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    unknown: Arc<Semaphore>,
    by_subject: Arc<Mutex<HashMap<String, usize>>>,
    for_one_subject: usize,
}

/// The place of one stream; returned when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    subject: String,
    by_subject: Arc<Mutex<HashMap<String, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// This many places, all free.
    pub(crate) fn new(total: usize, for_one_subject: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(total.min(Semaphore::MAX_PERMITS))),
            unknown: Arc::new(Semaphore::new(MAX_UNKNOWN)),
            by_subject: Arc::default(),
            for_one_subject,
        }
    }

    /// Takes a place for a subject, if one is free.
    pub(super) fn take(&self, subject: &str) -> Result<Place, Problem> {
        let permit = Arc::clone(&self.all).try_acquire_owned().map_err(|_| too_many())?;
        let mut by_subject = lock(&self.by_subject);
        let taken = by_subject.entry(subject.into()).or_default();
        if *taken >= self.for_one_subject {
            // It is zero here only if the limit is zero; then the empty entry must be removed.
            if *taken == 0 {
                by_subject.remove(subject);
            }
            return Err(too_many());
        }
        *taken += 1;
        let by_subject = Arc::clone(&self.by_subject);
        Ok(Place { subject: subject.into(), by_subject, _permit: permit })
    }

    /// Takes a place for a client that has not authenticated yet.
    pub(super) fn take_unknown(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.unknown).try_acquire_owned().map_err(|_| too_many())
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        lock(&self.by_subject).values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_subject = lock(&self.by_subject);
        if let Some(taken) = by_subject.get_mut(&self.subject) {
            *taken -= 1;
            if *taken == 0 {
                by_subject.remove(&self.subject);
            }
        }
    }
}

// Nothing under the lock can panic halfway through a change.
fn lock(by_subject: &Mutex<HashMap<String, usize>>) -> MutexGuard<'_, HashMap<String, usize>> {
    by_subject.lock().unwrap_or_else(PoisonError::into_inner)
}

fn too_many() -> Problem {
    let detail = "too many streams are open; close some, or ask without one";
    busy("too-many-streams", "Too many streams", detail)
}

/// 503: the server is about to stop.
pub(super) fn stopping() -> Problem {
    busy("stopping", "The server stops", "the server is about to stop; try again in a moment")
}

fn busy(kind: &'static str, title: &'static str, detail: &str) -> Problem {
    // The standard library seeds each hasher differently; no secret depends on it.
    let seconds = RETRY_AFTER_MIN + RandomState::new().hash_one(()) % RETRY_AFTER_SPREAD;
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, kind, title, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
