//! The ways in which a store fails.

use std::fmt;

/// A failure of the store. It goes to the log; callers of the API get no details.
#[derive(Debug)]
pub enum StoreError {
    /// The database failed.
    Database(rusqlite::Error),
    /// The file could not be created or read.
    File(std::io::Error),
    /// A row contains a value that was never written.
    Corrupt(String),
    /// The database is newer than this program.
    TooNew(i64),
    /// The database is older than this program, or belongs to another program.
    TooOld(i64),
    /// The file already exists.
    Exists(std::path::PathBuf),
    /// Another process has the database open.
    InUse(std::path::PathBuf),
    /// Another program, such as a backup, has locked the database for longer than the store waits.
    Busy,
    /// The system provides no randomness for a key.
    Randomness(crate::secret::RandomnessError),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy,
            _ => Self::Database(error),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::File(error) => write!(f, "the database file cannot be used: {error}"),
            Self::Corrupt(what) => write!(f, "the database is damaged: {what}; restore a backup"),
            Self::TooNew(version) => write!(
                f,
                "the database has schema `{version}`, which this program does not know; \
                 use a newer program or another file"
            ),
            Self::TooOld(version) => write!(
                f,
                "the file has schema `{version}`; name a database that this version of the \
                 program has served"
            ),
            Self::Exists(path) => {
                write!(f, "`{}` already exists; name a new file", path.display())
            }
            Self::InUse(path) => write!(
                f,
                "another process has the database `{}` open; stop it, or use another file",
                path.display()
            ),
            Self::Busy => {
                f.write_str("another program holds a lock on the database; end it, and try again")
            }
            Self::Randomness(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {}
