//! The database that a command line names.

use std::path::PathBuf;

/// Where the data are unless it is said.
pub(crate) const DEFAULT_DATABASE: &str = "permgate.sqlite3";

/// Where the data are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Database {
    /// In a file.
    File(PathBuf),
    /// In memory.
    Memory,
}

impl Database {
    pub(crate) fn named(name: String) -> Self {
        if name == ":memory:" { Self::Memory } else { Self::File(name.into()) }
    }
}
