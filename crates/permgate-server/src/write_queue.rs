//! The queue of writes: one runs at a time, a bounded number wait, and none waits for long.
//!
//! Waiting writes hold no thread. When the database is locked, by a backup for instance, threads
//! that wait for the lock would be missing for reads.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// How many writes may wait. A write takes a millisecond or two, most of it for the disk.
const MAX_WAITING: usize = 256;

/// How long a write waits at most: if it takes longer, the database is locked.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// When to try again, in seconds.
const RETRY_AFTER_SECONDS: u16 = 5;

/// The queue.
#[derive(Debug)]
pub(crate) struct WriteQueue {
    places: Arc<Semaphore>,
    writer: Arc<Semaphore>,
}

/// The turn of a write, which ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _writer: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl WriteQueue {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MAX_WAITING + 1)),
            writer: Arc::new(Semaphore::new(1)),
        }
    }

    /// How many writes wait or run.
    pub(crate) fn waiting(&self) -> usize {
        (MAX_WAITING + 1).saturating_sub(self.places.available_permits())
    }

    /// Waits for a turn; turns are given in the order of the calls.
    ///
    /// # Errors
    /// 503 when too many writes wait, or this one waits for too long.
    pub(crate) async fn turn(&self) -> Result<Turn, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| busy(&"too many changes wait"))?;
        let writer = tokio::time::timeout(MAX_WAIT, Arc::clone(&self.writer).acquire_owned()).await;
        match writer {
            Ok(Ok(writer)) => Ok(Turn { _writer: writer, _place: place }),
            Ok(Err(closed)) => Err(Problem::internal(&closed)),
            Err(_) => Err(busy(&"a change has waited for too long")),
        }
    }
}

/// 503: nothing can be written at the moment.
pub(crate) fn busy(cause: &dyn fmt::Display) -> Problem {
    tracing::warn!("a change was refused for now: {cause}");
    let detail = "the server cannot write at the moment; try again in a few seconds";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server is busy", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS))
}

#[cfg(test)]
mod tests;
