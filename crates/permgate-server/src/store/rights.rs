//! The rights of users: roles, grants, and the changes of administrators.

use permgate_core::Language;

use super::{Applied, Author, Change, ChangeError, IfMatch, Role, Standing, StoreError};

/// The roles and grants of a store.
pub trait Rights: Send + Sync + 'static {
    /// The language in which the store's patterns are read.
    fn language(&self) -> Language;

    /// The permissions of a subject at this moment.
    ///
    /// # Errors
    /// When the store fails.
    fn standing(&self, subject: &str) -> Result<Option<Standing>, StoreError>;

    /// The current version of a subject, as in [`Rights::standing`], without building the set.
    ///
    /// # Errors
    /// When the store fails.
    fn version(&self, subject: &str) -> Result<Option<u64>, StoreError>;

    /// Whether a read would begin at once, without waiting for another one to end.
    fn is_free(&self) -> bool;

    /// All roles, by name.
    ///
    /// # Errors
    /// When the store fails.
    fn roles(&self) -> Result<Vec<Role>, StoreError>;

    /// The role of this name.
    ///
    /// # Errors
    /// When the store fails.
    fn role(&self, name: &str) -> Result<Option<Role>, StoreError>;

    /// Makes one change to users or roles, if `author` may make it and its target still has the
    /// revision that the author saw; raises the version of every subject whose permissions differ
    /// afterwards; and writes an entry of the audit trail: all of it or nothing.
    ///
    /// # Errors
    /// When the change is refused or names something that does not exist, its target has another
    /// revision, or the store fails.
    fn administer_if(
        &self,
        author: &Author,
        change: &Change,
        if_match: &IfMatch,
    ) -> Result<Applied, ChangeError>;

    /// Makes one change at any revision, at the beginning of time.
    ///
    /// # Errors
    /// As [`Rights::administer_if`].
    #[cfg(test)]
    fn administer(&self, actor: &str, change: &Change) -> Result<Applied, ChangeError> {
        let at = crate::Timestamp::from_unix_ms(0);
        self.administer_if(&Author { subject: actor.into(), at }, change, &IfMatch::Any)
    }
}
