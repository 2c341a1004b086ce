//! The storage of users, roles, sessions and records, as the rest of the server sees it.
//!
//! One trait for each concern. Nothing that decides is cached in memory: every answer comes from
//! the database, so that several processes could share one database some day.

mod accounts;
mod administration;
mod applied;
pub mod audit;
mod change;
mod credentials;
mod error;
pub mod keys;
mod loss;
mod members;
mod records;
mod restored;
mod rights;
mod schema;
mod sessions;
mod sqlite;
mod standing;
mod tables;
mod trail;

pub use accounts::{Account, Accounts, MAX_PAGE, User};
pub use applied::{Affected, Applied, ChangeError, Changed};
pub use audit::{Audit, Author};
pub use change::Change;
pub use error::StoreError;
pub use keys::{Keys, Rotation, SigningKey, SigningKeys};
pub use records::{MAX_RECORDS_PER_PAGE, Record, RecordFields, Records, Written};
pub use rights::Rights;
pub use sessions::{PasswordChange, Session, Sessions, TokenMark};
pub use sqlite::{SqliteStore, back_up};
pub use standing::{Role, Standing};

use crate::revision::IfMatch;

/// A store. Its methods block, so they are called off the asynchronous threads.
///
/// INVARIANT: the effect of a call that returned `Ok` survives a crash of the process, and every
/// call that begins afterwards sees it.
pub trait Store: Accounts + Audit + Keys + Rights + Sessions + Records {}

impl<T: Accounts + Audit + Keys + Rights + Sessions + Records> Store for T {}

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod tests;
