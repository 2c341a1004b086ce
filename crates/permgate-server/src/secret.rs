//! Random secrets, and the digests under which they are stored.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type DigestBytes = [u8; 32];

/// 256 random bits from the operating system. They cannot be guessed, so that a plain digest is
/// enough to store them (a password needs a slow hash).
///
/// # Errors
/// When the operating system provides no randomness.
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

/// Unpadded base64url (RFC 4648 §5), which needs no escaping in headers and cookies.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key for message authentication codes: HMAC with SHA-256 (RFC 2104).
#[derive(Clone)]
pub struct Mac(Hmac<Sha256>);

impl Mac {
    /// A key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        // The same as `new_from_slice`, which accepts keys of any length: padded with zeros.
        let mut block = [0; 64];
        for (padded, byte) in block.iter_mut().zip(key) {
            *padded = *byte;
        }
        Self(Hmac::new(&block.into()))
    }

    /// A key for another purpose, which reveals nothing about this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self::new(&self.sign(purpose.as_bytes()))
    }

    /// The code of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> DigestBytes {
        self.0.clone().chain_update(message).finalize().into_bytes().into()
    }

    /// Whether this is the code of a message, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], code: &[u8]) -> bool {
        self.0.clone().chain_update(message).verify_slice(code).is_ok()
    }
}

/// The operating system provided no randomness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomnessError(String);

impl fmt::Display for RandomnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the operating system gave no randomness: {}; try again", self.0)
    }
}

impl std::error::Error for RandomnessError {}
