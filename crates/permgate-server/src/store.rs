//! Where users, roles, sessions and records are kept, seen from the rest of the server.

mod administration;
mod change;
mod error;
mod loss;
mod schema;
mod sqlite;
mod tables;

use permgate_core::set::Memberships;
use permgate_core::{Grant, Language, Pattern, PermissionSet};

use crate::clock::Timestamp;
use crate::secret::DigestBytes;
use crate::seed::Seed;

pub use change::{Affected, Applied, Change, ChangeError, Changed};
pub use error::StoreError;
pub use sqlite::SqliteStore;

/// A store. Its methods block, so that they are called off the asynchronous threads.
///
/// INVARIANT: whatever a method returned `Ok` for survives a crash of the process, and every
/// call that begins afterwards sees it.
pub trait Store: Send + Sync + 'static {
    /// The language that the patterns in it are read in.
    fn language(&self) -> Language;

    /// The key under which tokens are signed; made at the first call.
    ///
    /// # Errors
    /// When the store fails.
    fn signing_key(&self) -> Result<[u8; 32], StoreError>;

    /// Fills a store that has no users yet; tells whether it did.
    ///
    /// # Errors
    /// When the store fails.
    fn plant(&self, seed: &Seed) -> Result<bool, StoreError>;

    /// Who has this user name, and the hash of their password.
    ///
    /// # Errors
    /// When the store fails.
    fn account(&self, username: &str) -> Result<Option<Account>, StoreError>;

    /// What a subject may do at this moment.
    ///
    /// # Errors
    /// When the store fails.
    fn standing(&self, subject: &str) -> Result<Option<Standing>, StoreError>;

    /// The version at which a subject stands at this moment: what [`Store::standing`] would tell,
    /// without building the set.
    ///
    /// # Errors
    /// When the store fails.
    fn version(&self, subject: &str) -> Result<Option<u64>, StoreError>;

    /// The version at which the subject of a token stands at this moment, unless the token was
    /// revoked: what [`Store::is_token_revoked`] and [`Store::version`] tell, in one read.
    ///
    /// # Errors
    /// When the store fails.
    fn token_version(&self, digest: &DigestBytes, subject: &str)
    -> Result<Option<u64>, StoreError>;

    /// Whether a read would begin at once, and need not wait for another one to end.
    fn is_free(&self) -> bool;

    /// Keeps a new cookie session, and forgets those that are over.
    ///
    /// # Errors
    /// When the store fails.
    fn open_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError>;

    /// The session whose secret has this digest, unless it is over.
    ///
    /// # Errors
    /// When the store fails.
    fn session(&self, digest: &DigestBytes, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends a session, and tells whose it was.
    ///
    /// # Errors
    /// When the store fails.
    fn close_session(&self, digest: &DigestBytes) -> Result<Option<String>, StoreError>;

    /// Makes a token invalid until it expires, and forgets those that have. The digest is that of
    /// its `jti` (RFC 7519 §4.1.7).
    ///
    /// # Errors
    /// When the store fails.
    fn revoke_token(
        &self,
        digest: &DigestBytes,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Whether the token was revoked whose `jti` has this digest. One that has expired may have
    /// been forgotten.
    ///
    /// # Errors
    /// When the store fails.
    fn is_token_revoked(&self, digest: &DigestBytes) -> Result<bool, StoreError>;

    /// All users, by user name.
    ///
    /// # Errors
    /// When the store fails.
    fn users(&self) -> Result<Vec<User>, StoreError>;

    /// All roles, by name.
    ///
    /// # Errors
    /// When the store fails.
    fn roles(&self) -> Result<Vec<Role>, StoreError>;

    /// Makes one change to users or roles, if `actor` may make it, and raises the version of
    /// every subject whose permissions differ afterwards: all of it or nothing.
    ///
    /// # Errors
    /// When the change is refused, names what is not there, or the store fails.
    fn administer(&self, actor: &str, change: &Change) -> Result<Applied, ChangeError>;

    /// The records of a page, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    fn records(&self, page: &str) -> Result<Vec<Record>, StoreError>;

    /// Adds a record; none when the page already has [`MAX_RECORDS_PER_PAGE`].
    ///
    /// # Errors
    /// When the store fails.
    fn add_record(
        &self,
        page: &str,
        fields: &RecordFields,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError>;

    /// Replaces the fields of a record; none when it is not there.
    ///
    /// # Errors
    /// When the store fails.
    fn change_record(
        &self,
        page: &str,
        id: i64,
        fields: &RecordFields,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError>;

    /// Removes a record; tells whether it was there.
    ///
    /// # Errors
    /// When the store fails.
    fn remove_record(&self, page: &str, id: i64) -> Result<bool, StoreError>;
}

/// How many records a page holds at most: lists are sent whole, and this keeps one below 1 MB.
pub const MAX_RECORDS_PER_PAGE: usize = 500;

/// What signing in needs.
#[derive(Clone, Debug)]
pub struct Account {
    /// The stable name of the user.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// The PHC string of the password's hash.
    pub password_hash: String,
    /// The version of their permissions.
    pub version: u64,
}

/// What a subject may do, at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose standing.
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

/// A cookie session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The digest of its secret. The secret itself is only in the cookie.
    pub digest: DigestBytes,
    /// Whose session.
    pub subject: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// A user as administrators see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The stable name of the user: the subject.
    pub id: String,
    /// The name to sign in with.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// Names of roles, sorted.
    pub roles: Vec<String>,
    /// Grants beside those of the roles, sorted.
    pub grants: Vec<Grant>,
    /// The version of their permissions.
    pub version: u64,
}

/// A role as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it allows, sorted.
    pub permissions: Vec<Pattern>,
    /// How many users have it.
    pub members: u64,
}

/// A record of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, never given twice.
    pub id: i64,
    /// What can be changed about it.
    pub fields: RecordFields,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What can be changed about a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFields {
    /// One line.
    pub title: String,
    /// In cents.
    pub amount: i64,
    /// One word or two.
    pub status: String,
    /// Some lines.
    pub note: String,
}

#[cfg(test)]
mod tests;
