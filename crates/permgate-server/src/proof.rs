//! What showed who somebody is, in the form in which the store knows it and can end it.

use crate::clock::Timestamp;
use crate::secret::DigestBytes;
use crate::store::{Store, StoreError};
use permgate_axum::{SessionId, Standing};

/// Credentials that were good when they came. Whether they still are, the store tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A cookie session, by the digest of its secret.
    Session(DigestBytes),
    /// A token whose signature held.
    Token {
        /// The digest of its `jti` (RFC 7519 §4.1.7).
        digest: DigestBytes,
        /// Whose token it is.
        subject: String,
        /// The moment from which it is no longer valid.
        expires_at: Timestamp,
    },
}

impl Proof {
    /// The digest by which the store knows it.
    #[must_use]
    pub fn digest(&self) -> &DigestBytes {
        match self {
            Self::Session(digest) | Self::Token { digest, .. } => digest,
        }
    }

    /// Whom it shows at this moment; nobody when it has expired, was ended, or they are no longer
    /// a user.
    ///
    /// # Errors
    /// When the store fails.
    pub fn holder(
        &self,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let (subject, expires_at) = match self {
            Self::Session(digest) => match store.session(digest, now)? {
                Some(session) => (session.subject, session.expires_at),
                None => return Ok(None),
            },
            Self::Token { digest, subject, expires_at } => {
                if *expires_at <= now || store.is_token_revoked(digest)? {
                    return Ok(None);
                }
                (subject.clone(), *expires_at)
            }
        };
        let standing = store.standing(&subject)?;
        Ok(standing.map(|held| Standing {
            expires_at: Some(expires_at),
            session: Some(SessionId::from(self.digest())),
            ..Standing::new(held.subject, held.version, held.set)
        }))
    }

    /// Ends it, so that it shows nobody from now on; tells whose it was, if it was any good.
    ///
    /// # Errors
    /// When the store fails.
    pub fn end(&self, store: &dyn Store, now: Timestamp) -> Result<Option<String>, StoreError> {
        match self {
            Self::Session(digest) => store.close_session(digest),
            Self::Token { digest, subject, expires_at } => {
                store.revoke_token(digest, *expires_at, now)?;
                Ok(Some(subject.clone()))
            }
        }
    }
}
