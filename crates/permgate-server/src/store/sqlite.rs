//! The store in an SQLite database: one process, one writer, a few readers, every commit synced to
//! disk.

mod accounts;
mod audit;
mod backup;
mod files;
mod keys;
mod lock;
mod readers;
mod records;
mod rights;
mod sessions;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use permgate_core::Language;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::tables::Tables;
use super::{StoreError, restored, schema};
pub use backup::back_up;
use files::{BUSY_TIMEOUT, create_private, make_private, with_suffix};
use lock::Lock;
use readers::{Reader, Readers};

/// How many connections read beside the writer. Reads take microseconds; two cores need no more.
const READERS: usize = 4;

/// A store in an SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Mutex<Connection>,
    // None for a database in memory, which only the writer's connection can see.
    readers: Option<Readers>,
    language: Language,
    // The last field, so that the lock is released after all connections are closed.
    _lock: Option<Lock>,
}

impl SqliteStore {
    /// Opens the database in a file, and makes the file readable by its owner only.
    ///
    /// # Errors
    /// When the file cannot be used, another process has it open, or it is the database of a newer
    /// program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path).map_err(StoreError::File)?;
        // Two names of one file must not lead to two locks.
        let path = path.canonicalize().map_err(StoreError::File)?;
        // The lock is taken before SQLite opens the file: two first starts would both create the
        // tables.
        let lock = Lock::take(&path)?;
        for suffix in ["", "-wal", "-shm", "-journal"] {
            make_private(&with_suffix(&path, suffix)).map_err(StoreError::File)?;
        }
        let writer = prepare(Connection::open(&path)?)?;
        let readers = (0..READERS).map(|_| {
            let reader = configure(Connection::open(&path)?)?;
            reader.pragma_update(None, "query_only", true)?;
            Ok(reader)
        });
        Ok(Self {
            writer: Mutex::new(writer),
            readers: Some(Readers::new(readers.collect::<Result<_, StoreError>>()?)),
            language: Language::default(),
            _lock: Some(lock),
        })
    }

    /// Opens a new database in memory, which ends with the store.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory() -> Result<Self, StoreError> {
        let writer = Mutex::new(prepare(Connection::open_in_memory()?)?);
        Ok(Self { writer, readers: None, language: Language::default(), _lock: None })
    }

    /// The same store with its patterns read in another language: the one in which they were
    /// written.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    fn tables<'a>(&self, connection: &'a Connection) -> Tables<'a> {
        Tables { connection, language: self.language }
    }

    /// How many members of a role have the same rights, for each kind of rights.
    #[cfg(test)]
    pub(super) fn groups_of(&self, role: &str) -> Result<Vec<usize>, StoreError> {
        let reader = self.reader();
        let groups = super::members::groups(self.tables(&reader), role)?;
        Ok(groups.iter().map(|group| group.users.len()).collect())
    }

    // A panic under the lock rolls its transaction back, so the connection can still be used.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to read with; for a database in memory, the writer's connection.
    fn reader(&self) -> Reader<'_> {
        match &self.readers {
            Some(readers) => readers.take(),
            None => Reader::Shared(self.writer()),
        }
    }
}

fn configure(connection: Connection) -> Result<Connection, StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A statement is prepared only once. Without this option SQLite may prepare it again for each
    // bound value, in case another plan suits that value better.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // FULL syncs at every commit: an acknowledged change survives a power cut, not only a crash.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn prepare(connection: Connection) -> Result<Connection, StoreError> {
    // Set before the journal's mode, since setting the mode may have to wait, too.
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // SQLite answers with the mode that it chose; a database in memory has its own mode.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    let mut connection = configure(connection)?;
    schema::migrate(&mut connection)?;
    if restored::settle(&mut connection)? {
        tracing::warn!(
            "this database was restored from a backup: all sessions and tokens were ended"
        );
    }
    Ok(connection)
}
