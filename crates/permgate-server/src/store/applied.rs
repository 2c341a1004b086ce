//! The result of a change to users or roles, or the reason why it was not made.

use super::{Role, StoreError, User};
use crate::bus::Announcement;
use crate::rules::Refusal;

/// The result of a change.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The changed user or role as it is now.
    pub state: Changed,
    /// The users whose permissions differ.
    pub affected: Vec<Affected>,
    /// The subject whose sessions or tokens were ended.
    pub signed_out: Option<String>,
}

/// A user whose permissions differ after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The subject.
    pub subject: String,
    /// The new version.
    pub version: u64,
    /// The names of the catalogue of which less is granted than before.
    pub revoked: Vec<String>,
    /// Whether the user still exists.
    pub remains: bool,
}

impl From<Affected> for Announcement {
    fn from(affected: Affected) -> Self {
        let Affected { subject, version, revoked, remains } = affected;
        if remains {
            Self::Changed { subject, version, revoked }
        } else {
            Self::SubjectRemoved { subject }
        }
    }
}

/// The changed user or role as it is now.
#[derive(Clone, Debug)]
pub enum Changed {
    /// A user.
    User(User),
    /// A role.
    Role(Role),
    /// It no longer exists.
    Removed,
}

/// Why a change was not made.
#[derive(Debug)]
pub enum ChangeError {
    /// The actor no longer exists.
    NoActor,
    /// There is no such user.
    NoUser(String),
    /// There is no such role.
    NoRole(String),
    /// The name is taken.
    Taken(String),
    /// There is no such session.
    NoSession(String),
    /// Another user changed it meanwhile; this is the current state.
    Differs(Box<Changed>),
    /// A rule forbids it.
    Refused(Refusal),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for ChangeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
