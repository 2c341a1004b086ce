//! The queue of those who want to write: one at a time, a bounded number that wait, none for long.
//!
//! They wait here without a thread. When the database is locked, by a backup for instance, threads
//! that wait for it would be missing where others read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// How many may wait. A write takes a millisecond or two, most of it for the disk.
const MAX_WAITING: usize = 256;

/// How long one waits at most: beyond that the database is locked.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// When to come again, in seconds.
const RETRY_AFTER_SECONDS: u16 = 5;

/// The queue.
#[derive(Debug)]
pub(crate) struct WriteQueue {
    places: Arc<Semaphore>,
    writer: Arc<Semaphore>,
}

/// The turn of one who writes, which ends when it is dropped.
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

    /// How many wait, or write.
    pub(crate) fn waiting(&self) -> usize {
        (MAX_WAITING + 1).saturating_sub(self.places.available_permits())
    }

    /// Waits for a turn; they come in the order of asking.
    ///
    /// # Errors
    /// 503 when too many wait, or it takes too long.
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
