//! The keys of a store: the keys that sign tokens, one after the other, and the root key from which
//! others are derived.

use std::fmt;

use super::{Author, ChangeError, StoreError};
use crate::clock::Timestamp;

/// The keys of a store.
pub trait Keys: Send + Sync + 'static {
    /// The key from which device cookies and the codes of the audit trail are derived; it is made
    /// at the first call.
    ///
    /// # Errors
    /// When the store fails.
    fn root_key(&self) -> Result<[u8; 32], StoreError>;

    /// The keys under which tokens are signed and verified; the first key is made at the first
    /// call.
    ///
    /// # Errors
    /// When the store fails.
    fn signing_keys(&self) -> Result<SigningKeys, StoreError>;

    /// Makes a new signing key, and returns the keys that are used from now on.
    ///
    /// # Errors
    /// When the author may not rotate keys, or the store fails.
    fn rotate_keys(&self, rotation: &Rotation, by: &Author) -> Result<SigningKeys, ChangeError>;
}

/// What happens to the old keys, and to tokens that they signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Existing tokens are accepted until this moment, by which the last of them has expired.
    KeepUntil(Timestamp),
    /// All tokens and all sessions end at once.
    EndAll,
}

/// The author of a key rotation on the command line, where no user is signed in. It is not a
/// subject.
pub const OPERATOR: &str = "operator";

/// The keys under which tokens are signed and verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeys {
    /// The key that signs.
    pub current: SigningKey,
    /// The keys that still verify, each until a moment.
    pub retired: Vec<(SigningKey, Timestamp)>,
}

impl From<SigningKey> for SigningKeys {
    fn from(current: SigningKey) -> Self {
        Self { current, retired: Vec::new() }
    }
}

/// A signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in the headers of tokens, the `kid` (RFC 7515 §4.1.4).
    pub kid: String,
    /// The key.
    pub key: [u8; 32],
    /// When it was made.
    pub made_at: Timestamp,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
