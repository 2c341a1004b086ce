//! The audit trail: changes with their authors and times, and refusals.
//!
//! The entry of a change is committed in the transaction of that change. An event that changes
//! nothing (a refusal, a failed sign-in, a sign-in by token) is counted, with one entry for all
//! equal events of an hour, and written a little later.
//!
//! No entry contains the name of a user, nor any text that was typed into a sign-in: subjects are
//! numbers, and their names are looked up when the trail is read. So the trail of a removed user is
//! pseudonymous from then on, without any change to it.

use std::time::Duration;

use serde_json::Value;

use super::StoreError;
use crate::clock::Timestamp;

/// How long an entry is kept after its event last happened: 90 days.
pub const KEPT_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How many counted entries of one kind there are for each hour, in addition to one for all others:
/// an attack of 90 days takes about 60 MB.
pub const MAX_COUNTED_PER_HOUR: usize = 64;

/// About how many entries are kept of each kind of event that users without administration rights
/// can cause: a user who may edit one record could fill the disk. Entries of administrators are all
/// kept.
pub const MAX_KEPT: usize = 100_000;

/// The largest number of entries on one page.
pub const MAX_ENTRIES_PER_PAGE: usize = 500;

/// The trail of a store.
pub trait Audit: Send + Sync + 'static {
    /// Some entries, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    fn trail(&self, wanted: &Wanted, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Writes the counted events.
    ///
    /// # Errors
    /// When the store fails.
    fn count(&self, counted: &[Counted]) -> Result<(), StoreError>;
}

/// The author and time of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The subject.
    pub subject: String,
    /// The moment.
    pub at: Timestamp,
}

/// A filter for entries; an absent field does not restrict them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only entries older than the one with this number.
    pub before: Option<i64>,
    /// Only entries of this actor.
    pub actor: Option<String>,
    /// Only entries about this target, such as `users/u-5`.
    pub target: Option<String>,
    /// Only entries of this act.
    pub act: Option<String>,
}

/// An entry of the trail.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number; rises with each entry.
    pub id: i64,
    /// When the event first happened.
    pub at: Timestamp,
    /// When the event last happened.
    pub last_at: Timestamp,
    /// How often the event happened.
    pub count: u64,
    /// The actor; none for a failed sign-in.
    pub actor: Option<Who>,
    /// The act: the text of an [`Act`].
    pub act: String,
    /// The target, such as `users/u-5`, `roles/cashier` or `pages/invoice/records/3`; for a
    /// refusal, the permission that was missing.
    pub target: String,
    /// The user that is the target, if any.
    pub target_user: Option<Who>,
    /// The state before; null if the target did not exist.
    pub before: Value,
    /// The state afterwards; null if the target no longer exists.
    pub after: Value,
}

/// A subject, with its user name as long as the user exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The subject.
    pub subject: String,
    /// The user name; none if the user no longer exists.
    pub username: Option<String>,
}

/// An event that changed nothing, and how often it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The event.
    pub what: Uncommitted,
    /// How often it happened, at least once.
    pub count: u64,
    /// The first time.
    pub at: Timestamp,
    /// The last time.
    pub last_at: Timestamp,
}

/// An event that changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uncommitted {
    /// The act.
    pub act: Act,
    /// The actor; none for a failed sign-in.
    pub actor: Option<String>,
    /// The target; none for events that are no longer counted separately.
    pub target: Option<String>,
}

/// The acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// A user was added.
    AddUser,
    /// A user got different roles.
    SetUserRoles,
    /// A user got different grants.
    SetUserGrants,
    /// An administrator set a new password for a user.
    SetUserPassword,
    /// An administrator ended sessions of a user.
    EndUserSessions,
    /// A user was removed.
    RemoveUser,
    /// A role was added.
    AddRole,
    /// A role got a different content.
    SetRole,
    /// A role was removed.
    RemoveRole,
    /// A record was added.
    AddRecord,
    /// A record was changed.
    ChangeRecord,
    /// A record was removed.
    RemoveRecord,
    /// A user signed in by cookie.
    OpenSession,
    /// A session ended before its time.
    EndSession,
    /// A user ended all their sessions and tokens.
    EndAllSessions,
    /// A user changed their password.
    ChangePassword,
    /// A new signing key was made.
    RotateKeys,
    /// All sessions and tokens were ended.
    EndAllCredentials,
    /// The database was restored from a backup, which was made at the time of the entry.
    Restore,
    /// A user signed in by token. Counted.
    SignInByToken,
    /// A wrong password or an unknown name. Counted.
    FailSignIn,
    /// A refusal because of a missing permission. Counted.
    Refuse,
}

impl Act {
    /// Whether users without administration rights can cause the event, so that only [`MAX_KEPT`]
    /// entries of it are kept.
    #[must_use]
    pub const fn is_bounded(self) -> bool {
        matches!(
            self,
            Self::AddRecord
                | Self::ChangeRecord
                | Self::RemoveRecord
                | Self::OpenSession
                | Self::EndSession
                | Self::EndAllSessions
                | Self::ChangePassword
        )
    }

    /// Its name in the trail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AddUser => "user.add",
            Self::SetUserRoles => "user.roles",
            Self::SetUserGrants => "user.grants",
            Self::SetUserPassword => "user.password",
            Self::EndUserSessions => "user.sessions",
            Self::RemoveUser => "user.remove",
            Self::AddRole => "role.add",
            Self::SetRole => "role.change",
            Self::RemoveRole => "role.remove",
            Self::AddRecord => "record.add",
            Self::ChangeRecord => "record.change",
            Self::RemoveRecord => "record.remove",
            Self::OpenSession => "session.open",
            Self::EndSession => "session.end",
            Self::EndAllSessions => "session.end-all",
            Self::ChangePassword => "password.change",
            Self::RotateKeys => "keys.rotate",
            Self::EndAllCredentials => "keys.end-all",
            Self::Restore => "database.restore",
            Self::SignInByToken => "sign-in.token",
            Self::FailSignIn => "sign-in.failed",
            Self::Refuse => "refused",
        }
    }
}
