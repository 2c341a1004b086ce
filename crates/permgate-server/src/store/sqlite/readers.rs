//! Connections that read, each used by one at a time.

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

/// Connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    free: Mutex<Vec<Connection>>,
    returned: Condvar,
}

/// A connection to read with, given back when it is dropped.
pub(super) enum Reader<'a> {
    /// One that reads and nothing else.
    Own {
        /// None only while it is being given back.
        connection: Option<Connection>,
        /// Where it comes from.
        readers: &'a Readers,
    },
    /// The one connection of a database in memory.
    Shared(MutexGuard<'a, Connection>),
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self { free: Mutex::new(connections), returned: Condvar::new() }
    }

    /// Takes a connection, the first to become free.
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

    // Nothing under the lock can panic half-way through a change.
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
            #[expect(clippy::unreachable, reason = "it is empty only inside of `drop`")]
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
