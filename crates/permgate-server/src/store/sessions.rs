//! Cookie sessions, and the tokens that are no longer valid.

use super::StoreError;
use crate::clock::Timestamp;
use crate::secret::DigestBytes;

/// The sessions and tokens of a store.
pub trait Sessions: Send + Sync + 'static {
    /// Stores a new cookie session, and forgets those that have ended.
    ///
    /// # Errors
    /// When the store fails.
    fn open_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError>;

    /// The session whose secret has this digest, unless it has ended.
    ///
    /// # Errors
    /// When the store fails.
    fn session(&self, digest: &DigestBytes, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// The open sessions of a subject, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    fn sessions(&self, subject: &str, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Records the last use of a session.
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

    /// Ends all sessions and tokens of a subject, except for one session; returns whether the
    /// subject exists.
    ///
    /// # Errors
    /// When the store fails.
    fn close_all(
        &self,
        subject: &str,
        but: Option<&DigestBytes>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Sets the password of a subject, and ends all sessions and tokens except for one session;
    /// returns false if the old hash is no longer the current one.
    ///
    /// # Errors
    /// When the store fails.
    fn change_password(&self, change: &PasswordChange, now: Timestamp) -> Result<bool, StoreError>;

    /// The mark of a token that is made for a subject now and expires at `expires_at`. A token
    /// without this mark is not accepted.
    ///
    /// # Errors
    /// When the store fails.
    fn token_mark(
        &self,
        subject: &str,
        expires_at: Timestamp,
    ) -> Result<Option<TokenMark>, StoreError>;

    /// Makes a token of a subject invalid until it expires, and forgets revoked tokens that have
    /// expired. The digest is that of its `jti` (RFC 7519 §4.1.7).
    ///
    /// The latest end among the forgotten tokens is remembered: if the clock is set back, a token
    /// of the same epoch that ends no later is refused, since it may be one of them.
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

    /// The current version of the subject of a token, if the token is still valid: neither it nor
    /// all tokens of its subject were revoked, and it cannot be one of the forgotten tokens.
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
    /// The name by which its owner and administrators refer to it; it authenticates nothing.
    pub id: String,
    /// The subject of the session.
    pub subject: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, accurate to some minutes.
    pub seen_at: Timestamp,
    /// The `User-Agent` of its sign-in.
    pub agent: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A change of a subject's password.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The subject.
    pub subject: String,
    /// The hash that the old password matched.
    pub old_hash: String,
    /// The PHC string of the new one's hash.
    pub new_hash: String,
    /// The session that is kept.
    pub but: Option<DigestBytes>,
}

/// The marks that tie a token to the moment of its issue, without a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenMark {
    /// Rises when a new token would end before tokens that were already forgotten, which happens
    /// only after the clock was set back.
    pub epoch: u64,
    /// Rises when a subject signs out everywhere; tokens of earlier generations are no longer
    /// valid.
    pub generation: u64,
}
