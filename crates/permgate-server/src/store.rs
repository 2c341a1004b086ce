//! Where users, roles, sessions and records are kept, seen from the rest of the server.
//!
//! One trait for each concern. Nothing that decides is kept in memory: every answer is that of the
//! database, so that several processes may stand before one database some day.

mod accounts;
mod administration;
mod applied;
mod change;
mod error;
mod loss;
mod members;
mod records;
mod rights;
mod schema;
mod sessions;
mod sqlite;
mod standing;
mod tables;

pub use accounts::{Account, Accounts, MAX_PAGE, User};
pub use applied::{Affected, Applied, ChangeError, Changed};
pub use change::Change;
pub use error::StoreError;
pub use records::{MAX_RECORDS_PER_PAGE, Record, RecordFields, Records, Written};
pub use rights::Rights;
pub use sessions::{PasswordChange, Session, Sessions, TokenMark};
pub use sqlite::SqliteStore;
pub use standing::{Role, Standing};

use crate::revision::IfMatch;

/// A store. Its methods block, so that they are called off the asynchronous threads.
///
/// INVARIANT: whatever a method returned `Ok` for survives a crash of the process, and every
/// call that begins afterwards sees it.
pub trait Store: Accounts + Rights + Sessions + Records {}

impl<T: Accounts + Rights + Sessions + Records> Store for T {}

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod tests;
