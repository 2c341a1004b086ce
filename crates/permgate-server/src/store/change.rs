//! A change to users or roles: what is asked for, what it came to, why it was not made.

use permgate_core::{Grant, Pattern};

use super::{Role, StoreError, User};
use crate::bus::Announcement;
use crate::rules::Refusal;

/// A change to users or roles.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new user.
    AddUser {
        /// The name to sign in with.
        username: String,
        /// The name to show.
        name: String,
        /// The PHC string of the password's hash.
        password_hash: String,
        /// Names of roles.
        roles: Vec<String>,
        /// Grants beside those of the roles.
        grants: Vec<Grant>,
    },
    /// Other roles for a user.
    SetUserRoles {
        /// The subject.
        id: String,
        /// Names of roles.
        roles: Vec<String>,
    },
    /// Other grants for a user.
    SetUserGrants {
        /// The subject.
        id: String,
        /// Grants beside those of the roles.
        grants: Vec<Grant>,
    },
    /// No longer a user.
    RemoveUser {
        /// The subject.
        id: String,
    },
    /// Another password for a user, which ends all their sessions and tokens.
    SetUserPassword {
        /// The subject.
        id: String,
        /// The PHC string of the password's hash.
        password_hash: String,
    },
    /// An end to all sessions and tokens of a user, or to one session.
    EndUserSessions {
        /// The subject.
        id: String,
        /// The one session to end; all of them, and all tokens, when there is none.
        session: Option<String>,
    },
    /// A new role.
    AddRole {
        /// Its name.
        name: String,
        /// What people call it.
        title: String,
        /// What it allows.
        permissions: Vec<Pattern>,
    },
    /// Another content for a role.
    SetRole {
        /// Its name.
        name: String,
        /// What people call it.
        title: String,
        /// What it allows.
        permissions: Vec<Pattern>,
    },
    /// No longer a role, for nobody.
    RemoveRole {
        /// Its name.
        name: String,
    },
}

impl Change {
    /// The permission that it takes.
    #[must_use]
    pub fn required(&self) -> &'static str {
        match self {
            Self::AddUser { .. } => "user:create",
            Self::SetUserRoles { .. }
            | Self::SetUserGrants { .. }
            | Self::SetUserPassword { .. }
            | Self::EndUserSessions { .. } => "user:edit",
            Self::RemoveUser { .. } => "user:delete",
            Self::AddRole { .. } => "role:create",
            Self::SetRole { .. } => "role:edit",
            Self::RemoveRole { .. } => "role:delete",
        }
    }
}

/// What a change came to.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What was changed, as it is now.
    pub state: Changed,
    /// Whose permissions differ.
    pub affected: Vec<Affected>,
    /// The subject whose sessions or tokens were ended.
    pub signed_out: Option<String>,
}

/// Somebody whose permissions differ after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Whose permissions.
    pub subject: String,
    /// The version that now counts.
    pub version: u64,
    /// The names of the catalogue that are less granted than before.
    pub revoked: Vec<String>,
    /// Whether they are still a user.
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

/// What was changed, as it is now.
#[derive(Clone, Debug)]
pub enum Changed {
    /// A user.
    User(User),
    /// A role.
    Role(Role),
    /// It is no longer there.
    Removed,
}

/// Why a change was not made.
#[derive(Debug)]
pub enum ChangeError {
    /// The actor is no longer a user.
    NoActor,
    /// There is no such user.
    NoUser(String),
    /// There is no such role.
    NoRole(String),
    /// The name is taken.
    Taken(String),
    /// There is no such session.
    NoSession(String),
    /// Somebody else changed it: what it is now.
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
