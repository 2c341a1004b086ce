//! Random secrets and the digests under which they are kept.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type DigestBytes = [u8; 32];

/// 256 bits from the operating system: guessing one is not feasible, so a plain digest is enough
/// to keep it by (a password would need a slow hash).
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random_bytes() -> Result<[u8; 32], RandomnessError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| RandomnessError(error.to_string()))?;
    Ok(bytes)
}

/// The SHA-256 digest of some bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> DigestBytes {
    Sha256::digest(bytes).into()
}

/// Unpadded base64url (RFC 4648 §5), which fits into headers and cookies as it is.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The operating system has no randomness to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomnessError(String);

impl fmt::Display for RandomnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the operating system gave no randomness: {}; try again", self.0)
    }
}

impl std::error::Error for RandomnessError {}
