//! The permissions of a subject, and the roles behind them.

use permgate_core::set::Memberships;
use permgate_core::{Grant, Pattern, PermissionSet};

/// The permissions of a subject at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The subject.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// Rises whenever `roles` or `set` change.
    pub version: u64,
    /// Names of roles, sorted.
    pub roles: Vec<String>,
    /// The grants of the roles and of the user.
    pub set: PermissionSet,
}

impl Standing {
    /// Collects roles and grants.
    pub fn new(
        subject: String,
        name: String,
        version: u64,
        roles: Vec<String>,
        grants: impl IntoIterator<Item = Grant>,
    ) -> Self {
        let memberships =
            Memberships { roles: Some(roles.clone().into_boxed_slice()), ..Memberships::default() };
        let set = PermissionSet::new(grants).with_memberships(memberships);
        Self { subject, name, version, roles, set }
    }
}

/// A role as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// The display name.
    pub title: String,
    /// The grants, sorted.
    pub permissions: Vec<Pattern>,
    /// How many users have it.
    pub members: u64,
    /// Takes a new value with each change of its title or its permissions.
    pub revision: u64,
}
