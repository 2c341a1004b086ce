//! A pool of connections for reading, each used by one reader at a time.

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

/// Connections for reading.
#[derive(Debug)]
pub(super) struct Readers {
    free: Mutex<Vec<Connection>>,
    returned: Condvar,
}

/// A connection for reading, returned to the pool when it is dropped.
pub(super) enum Reader<'a> {
    /// A connection of the pool.
    Own {
        /// None only while it is being returned.
        connection: Option<Connection>,
        /// The pool.
        readers: &'a Readers,
    },
    /// The only connection of a database in memory.
    Shared(MutexGuard<'a, Connection>),
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self { free: Mutex::new(connections), returned: Condvar::new() }
    }

    /// Takes a connection; waits for one to become free.
    pub(super) fn take(&self) -> Reader<'_> {
        let mut free = self.free();
        loop {
            if let Some(connection) = free.pop() {
                return Reader::Own { connection: Some(connection), readers: self };
            }
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a connection is free.
    pub(super) fn are_free(&self) -> bool {
        !self.free().is_empty()
    }

    // Nothing under the lock can panic halfway through a change.
    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Own { connection: Some(connection), .. } => connection,
            Self::Shared(connection) => connection,
            #[expect(clippy::unreachable, reason = "it is empty only inside `drop`")]
            Self::Own { connection: None, .. } => unreachable!(),
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Self::Own { connection, readers } = self
            && let Some(connection) = connection.take()
        {
            readers.free().push(connection);
            readers.returned.notify_one();
        }
    }
}
