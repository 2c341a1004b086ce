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
        /// Grants in addition to those of the roles.
        grants: Vec<Grant>,
    },
    /// Sets the roles of a user.
    SetUserRoles {
        /// The subject.
        id: String,
        /// Names of roles.
        roles: Vec<String>,
    },
    /// Sets the grants of a user.
    SetUserGrants {
        /// The subject.
        id: String,
        /// Grants in addition to those of the roles.
        grants: Vec<Grant>,
    },
    /// Removes a user.
    RemoveUser {
        /// The subject.
        id: String,
    },
    /// Sets the password of a user, and ends all their sessions and tokens.
    SetUserPassword {
        /// The subject.
        id: String,
        /// The PHC string of the password's hash.
        password_hash: String,
    },
    /// Ends all sessions and tokens of a user, or one session.
    EndUserSessions {
        /// The subject.
        id: String,
        /// The session to end; without it, all sessions and tokens end.
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
    /// Replaces the content of a role.
    SetRole {
        /// Its name.
        name: String,
        /// The display name.
        title: String,
        /// The grants.
        permissions: Vec<Pattern>,
    },
    /// Removes a role, also from its members.
    RemoveRole {
        /// Its name.
        name: String,
    },
}

impl Change {
    /// The permission that the change requires.
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
