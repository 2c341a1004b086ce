//! Users: the list, and their data for signing in.

use permgate_core::Grant;

use super::StoreError;
use crate::seed::Seed;

/// The largest page of the list, in users: a page of users with many grants stays below 1 MB.
pub const MAX_PAGE: usize = 500;

/// The users of a store.
pub trait Accounts: Send + Sync + 'static {
    /// Fills a store that has no users yet; returns whether it did.
    ///
    /// # Errors
    /// When the store fails.
    fn plant(&self, seed: &Seed) -> Result<bool, StoreError>;

    /// Whether there is any user.
    ///
    /// # Errors
    /// When the store fails.
    fn has_users(&self) -> Result<bool, StoreError>;

    /// The user with this user name, and the hash of their password.
    ///
    /// # Errors
    /// When the store fails.
    fn account(&self, username: &str) -> Result<Option<Account>, StoreError>;

    /// The user with this subject.
    ///
    /// # Errors
    /// When the store fails.
    fn user(&self, subject: &str) -> Result<Option<User>, StoreError>;

    /// Users sorted by user name: the first `limit` of those whose name comes after `after`.
    ///
    /// # Errors
    /// When the store fails.
    fn users_after(&self, after: &str, limit: usize) -> Result<Vec<User>, StoreError>;

    /// All users, by user name. There may be many, so this is for tests and tools only.
    ///
    /// # Errors
    /// When the store fails.
    fn users(&self) -> Result<Vec<User>, StoreError> {
        let mut users: Vec<User> = Vec::new();
        loop {
            let after = users.last().map_or("", |user| &user.username).to_owned();
            let page = self.users_after(&after, MAX_PAGE)?;
            let is_last = page.len() < MAX_PAGE;
            users.extend(page);
            if is_last {
                return Ok(users);
            }
        }
    }
}

/// A user's data for signing in.
#[derive(Clone, Debug)]
pub struct Account {
    /// The stable identifier of the user.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// The PHC string of the password's hash.
    pub password_hash: String,
    /// The version of their permissions.
    pub version: u64,
}

/// A user as administrators see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The stable identifier of the user: the subject.
    pub id: String,
    /// The name to sign in with.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// Names of roles, sorted.
    pub roles: Vec<String>,
    /// Grants in addition to those of the roles, sorted.
    pub grants: Vec<Grant>,
    /// The version of their permissions.
    pub version: u64,
    /// Takes a new value with each change that administrators make to the user.
    pub revision: u64,
}
