//! Runs work on the store off the asynchronous threads: reads in parallel, writes one at a time.

use std::sync::Arc;

use crate::problem::Problem;
use crate::store::{Store, StoreError};
use crate::write_queue::{self, WriteQueue};

/// The store, and the queue of its writers.
pub(crate) struct Storage {
    store: Arc<dyn Store>,
    writes: WriteQueue,
}

impl Storage {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, writes: WriteQueue::new() }
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// How many writes are waiting or running.
    pub(crate) fn writes_waiting(&self) -> usize {
        self.writes.waiting()
    }

    /// Runs work that reads from the store off the asynchronous threads.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        blocking(move || work(store.as_ref())).await?.map_err(|error| failed(&error))
    }

    /// Runs a short read: directly if it need not wait, else off the asynchronous threads. Waking
    /// another thread takes longer than reading a page of records.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn read_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        match self.store.is_free() {
            true => work(self.store.as_ref()).map_err(|error| failed(&error)),
            false => self.read(work).await,
        }
    }

    /// Runs work that writes to the store, one at a time, off the asynchronous threads.
    ///
    /// # Errors
    /// 503 when too many writes wait, or this one has waited for too long.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.writes.turn().await?;
        let store = Arc::clone(&self.store);
        // The turn ends with the work, even if the caller has hung up meanwhile.
        blocking(move || {
            let done = work(store.as_ref());
            drop(turn);
            done
        })
        .await
    }
}

/// The answer to a failure of the store: 503 where trying again may help.
pub(crate) fn failed(error: &StoreError) -> Problem {
    match error {
        StoreError::Busy => write_queue::busy(error),
        _ => Problem::internal(error),
    }
}

/// Runs blocking work off the asynchronous threads.
///
/// # Errors
/// 500 when the work panics.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}
