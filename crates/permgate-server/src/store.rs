//! Where users, roles, sessions and records are kept, seen from the rest of the server.
//!
//! One trait for each concern. Nothing that decides is kept in memory: every answer is that of the
//! database, so that several processes may stand before one database some day.

mod accounts;
mod administration;
mod change;
mod error;
mod loss;
mod members;
mod records;
mod rights;
mod schema;
mod sessions;
mod sqlite;
mod tables;

pub use accounts::{Account, Accounts, MAX_PAGE, User};
pub use change::{Affected, Applied, Change, ChangeError, Changed};
pub use error::StoreError;
pub use records::{MAX_RECORDS_PER_PAGE, Record, RecordFields, Records, Written};
pub use rights::{Rights, Role, Standing};
pub use sessions::{PasswordChange, Session, Sessions, TokenMark};
pub use sqlite::SqliteStore;

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
