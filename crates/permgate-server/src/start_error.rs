//! Why a server does not start.

use std::fmt;

use permgate_core::CatalogueError;

use crate::password::PasswordError;
use crate::seed::SeedError;
use crate::store::StoreError;

/// Why a server could not be set up.
#[derive(Debug)]
pub enum StartError {
    /// The store failed.
    Store(StoreError),
    /// The password cost is out of range.
    Password(PasswordError),
    /// The demo's data could not be made.
    Seed(SeedError),
    /// The catalogue has names that the configured language cannot express.
    Catalogue(CatalogueError),
    /// The store reads its patterns in another language than the configured one.
    Language,
    /// A configured origin is not valid.
    Origin(String, String),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Password(error) => error.fmt(f),
            Self::Seed(error) => error.fmt(f),
            Self::Catalogue(error) => {
                write!(
                    f,
                    "the catalogue cannot be written in this dialect: {error}; choose another dialect"
                )
            }
            Self::Language => f.write_str(
                "the store is read in another language than the configured one; \
                 open it with `in_language`",
            ),
            Self::Origin(origin, error) => {
                write!(
                    f,
                    "`{origin}` is not an origin: {error}; write for example `https://app.example`"
                )
            }
        }
    }
}

impl std::error::Error for StartError {}
