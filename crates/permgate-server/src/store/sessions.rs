//! Cookie sessions, and the tokens that no longer count.

use super::StoreError;
use crate::clock::Timestamp;
use crate::secret::DigestBytes;

/// The sessions and tokens of a store.
pub trait Sessions: Send + Sync + 'static {
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

    /// The sessions of a subject that are not over, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    fn sessions(&self, subject: &str, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Remembers that a session was used.
    ///
    /// # Errors
    /// When the store fails.
    fn touch_session(&self, digest: &DigestBytes, now: Timestamp) -> Result<(), StoreError>;

    /// Ends a session, and returns its subject.
    ///
    /// # Errors
    /// When the store fails.
    fn close_session(
        &self,
        digest: &DigestBytes,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError>;

    /// Ends all sessions and tokens of a subject, but for one session; tells whether there is
    /// such a subject.
    ///
    /// # Errors
    /// When the store fails.
    fn close_all(
        &self,
        subject: &str,
        but: Option<&DigestBytes>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives a subject another password, and ends all sessions and tokens but for one session;
    /// tells whether the old hash was still the one that counts.
    ///
    /// # Errors
    /// When the store fails.
    fn change_password(&self, change: &PasswordChange, now: Timestamp) -> Result<bool, StoreError>;

    /// The mark of a token that is made for a subject now, and is to expire then. A token without
    /// this mark is not accepted.
    ///
    /// # Errors
    /// When the store fails.
    fn token_mark(
        &self,
        subject: &str,
        expires_at: Timestamp,
    ) -> Result<Option<TokenMark>, StoreError>;

    /// Makes a token of a subject invalid until it expires, and forgets those that have. The digest
    /// is that of its `jti` (RFC 7519 §4.1.7).
    ///
    /// Of the tokens that are forgotten, the latest end is remembered: should the clock be set
    /// back, a token of the same epoch that ends no later is refused, since it may be one of them.
    ///
    /// # Errors
    /// When the store fails.
    fn revoke_token(
        &self,
        digest: &DigestBytes,
        subject: &str,
        epoch: u64,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The version at which the subject of a token stands at this moment, if the token still
    /// counts: neither it nor all of its subject's were revoked, and it is none of those that may
    /// have been forgotten.
    ///
    /// # Errors
    /// When the store fails.
    fn token_version(
        &self,
        digest: &DigestBytes,
        subject: &str,
        mark: TokenMark,
        expires_at: Timestamp,
    ) -> Result<Option<u64>, StoreError>;
}

/// A cookie session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The digest of its secret. The secret itself is only in the cookie.
    pub digest: DigestBytes,
    /// The name by which its owner and administrators know it; it opens nothing.
    pub id: String,
    /// The subject of the session.
    pub subject: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, some minutes late.
    pub seen_at: Timestamp,
    /// The `User-Agent` of its sign-in.
    pub agent: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Another password for a subject.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The subject of the password.
    pub subject: String,
    /// The hash that the old password matched.
    pub old_hash: String,
    /// The PHC string of the new one's hash.
    pub new_hash: String,
    /// The session that continues.
    pub but: Option<DigestBytes>,
}

/// The marks that tie a token to the moment of its issue, without a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenMark {
    /// Rises when a new token would end before tokens that were already forgotten: only after the
    /// clock was set back.
    pub epoch: u64,
    /// Rises when a subject signs out everywhere; tokens of earlier generations no longer count.
    pub generation: u64,
}
