//! The database that a command line names.

use std::path::PathBuf;

use clap::Args;

/// The database file unless an option names one.
pub(super) const DEFAULT_DATABASE: &str = "permgate.sqlite3";

/// The database of a command other than serving.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DatabaseFile {
    /// SQLite database
    #[arg(
        long,
        env = "PERMGATE_DATABASE",
        value_name = "FILE",
        default_value = DEFAULT_DATABASE,
        value_parser = file
    )]
    pub(crate) database: PathBuf,
}

/// Where a server keeps its data.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Database {
    /// In a file.
    File(PathBuf),
    /// In memory.
    Memory,
}

impl From<PathBuf> for Database {
    fn from(path: PathBuf) -> Self {
        if path.to_str() == Some(":memory:") { Self::Memory } else { Self::File(path) }
    }
}

fn file(text: &str) -> Result<PathBuf, &'static str> {
    if text == ":memory:" {
        return Err("name a file; a database in memory ends with this command");
    }
    Ok(text.into())
}
