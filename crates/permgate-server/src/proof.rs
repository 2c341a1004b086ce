//! The proof of a user's identity, in the form in which the store can look it up and end it.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::secret::DigestBytes;
use crate::store::{Store, StoreError, TokenMark};
use crate::token::Verified;
use permgate_axum::{SessionId, SetCache, SharedSet, Standing};

/// How far in the future credentials may have been issued: a clock that is set back by no more than
/// this signs nobody out.
const AHEAD: Duration = Duration::from_secs(60);

/// Credentials that were valid when the request came. The store knows whether they are still valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A cookie session, by the digest of its secret.
    Session(DigestBytes),
    /// A token whose signature was verified.
    Token {
        /// The digest of its `jti` (RFC 7519 §4.1.7).
        digest: DigestBytes,
        /// The subject of the token.
        subject: String,
        /// The marks that tie it to the moment of its issue.
        mark: TokenMark,
        /// When the token was issued.
        issued_at: Timestamp,
        /// The moment from which it is no longer valid.
        expires_at: Timestamp,
    },
}

impl From<Verified> for Proof {
    fn from(verified: Verified) -> Self {
        let Verified { subject, issued_at, expires_at, digest, mark } = verified;
        Self::Token { digest, subject, mark, issued_at, expires_at }
    }
}

impl Proof {
    /// The digest under which the store knows the proof.
    #[must_use]
    pub fn digest(&self) -> &DigestBytes {
        match self {
            Self::Session(digest) | Self::Token { digest, .. } => digest,
        }
    }

    /// When the proof expires, if it says so itself.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::Session(_) => None,
            Self::Token { expires_at, .. } => Some(*expires_at),
        }
    }

    /// The user of the proof at this moment; none if the proof has expired or was ended, or the
    /// user no longer exists. Only the set may come from the cache, under the version that the
    /// store has now.
    ///
    /// # Errors
    /// When the store fails.
    pub fn holder(
        &self,
        store: &dyn Store,
        sets: &SetCache,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        match self.quick_holder(store, sets, now)? {
            Quick::Nobody => Ok(None),
            Quick::Known { standing, .. } => Ok(Some(standing)),
            Quick::NotBuilt { subject, expires_at } => {
                // The version may have risen meanwhile; `built` has the version that belongs to its
                // set.
                let Some(built) = store.standing(&subject)? else { return Ok(None) };
                let set = SharedSet::from(built.set);
                sets.insert(&subject, built.version, set.clone());
                Ok(Some(self.standing(subject, built.version, set, expires_at)))
            }
        }
    }

    /// Like `holder`, in some microseconds, unless the set has to be built.
    pub(crate) fn quick_holder(
        &self,
        store: &dyn Store,
        sets: &SetCache,
        now: Timestamp,
    ) -> Result<Quick, StoreError> {
        let mut seen_at = None;
        let (subject, version, expires_at) = match self {
            Self::Session(digest) => {
                let session = store.session(digest, now)?;
                let session = session.filter(|session| !is_ahead(session.created_at, now));
                let Some(session) = session else { return Ok(Quick::Nobody) };
                seen_at = Some(session.seen_at);
                let version = store.version(&session.subject)?;
                (session.subject, version, session.expires_at)
            }
            Self::Token { digest, subject, mark, issued_at, expires_at } => {
                if *expires_at <= now || is_ahead(*issued_at, now) {
                    return Ok(Quick::Nobody);
                }
                let version = store.token_version(digest, subject, *mark, *expires_at)?;
                (subject.clone(), version, *expires_at)
            }
        };
        let Some(version) = version else { return Ok(Quick::Nobody) };
        Ok(match sets.get(&subject, version) {
            Some(set) => {
                let standing = self.standing(subject, version, set, expires_at);
                Quick::Known { standing, seen_at }
            }
            None => Quick::NotBuilt { subject, expires_at },
        })
    }

    fn standing(
        &self,
        subject: String,
        version: u64,
        set: SharedSet,
        expires_at: Timestamp,
    ) -> Standing {
        Standing {
            expires_at: Some(expires_at),
            session: Some(SessionId::from(self.digest())),
            ..Standing::new(subject, version, set)
        }
    }

    /// Whether there is something to end, regardless of the clock: it may be wrong, and ended
    /// credentials must not become valid again when it is put right.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn can_be_ended(&self, store: &dyn Store) -> Result<bool, StoreError> {
        Ok(match self {
            Self::Session(digest) => store.session(digest, Timestamp::from_unix_ms(0))?.is_some(),
            Self::Token { digest, subject, mark, expires_at, .. } => {
                store.token_version(digest, subject, *mark, *expires_at)?.is_some()
            }
        })
    }

    /// Ends the proof, so that it is no longer accepted; returns its subject, if it was valid.
    ///
    /// # Errors
    /// When the store fails.
    pub fn end(&self, store: &dyn Store, now: Timestamp) -> Result<Option<String>, StoreError> {
        match self {
            Self::Session(digest) => store.close_session(digest, now),
            Self::Token { digest, subject, mark, expires_at, .. } => {
                store.revoke_token(digest, subject, mark.epoch, *expires_at, now)?;
                Ok(Some(subject.clone()))
            }
        }
    }
}

/// Whether something was issued in the future, seen from now, because the clock was ahead at that
/// time. Without this check, a token issued while the clock showed 2099 would be valid until then.
fn is_ahead(made_at: Timestamp, now: Timestamp) -> bool {
    made_at > now.plus(AHEAD)
}

/// The user of a proof, as far as it is known without building a set.
pub(crate) enum Quick {
    /// The proof is not valid.
    Nobody,
    /// The proof is valid, and the set is in the cache.
    Known {
        /// The subject.
        standing: Standing,
        /// When the session was last used, as far as the store knows.
        seen_at: Option<Timestamp>,
    },
    /// The proof is valid, and the set is not in the cache.
    NotBuilt {
        /// The subject of the set.
        subject: String,
        /// When the proof expires.
        expires_at: Timestamp,
    },
}
