//! A change to users or roles that an administrator asks for.

use permgate_core::{Grant, Pattern};

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
        /// The display name.
        title: String,
        /// The grants.
        permissions: Vec<Pattern>,
    },
    /// Another content for a role.
    SetRole {
        /// Its name.
        name: String,
        /// The display name.
        title: String,
        /// The grants.
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
