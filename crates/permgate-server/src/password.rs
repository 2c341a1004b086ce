//! Password hashes: Argon2id, at a cost that tests can lower.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// The longest password in bytes: hashing is linear in it, and nobody types a kilobyte.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// What one Argon2id hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// Passes over the memory, at least 1.
    pub passes: u32,
}

impl PasswordCost {
    /// The least that the algorithm allows: real, and fast enough for tests.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };
}

impl Default for PasswordCost {
    /// 19 MiB and two passes, the cost that OWASP's password storage cheat sheet recommends.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// Hashes a password with a fresh salt, as a PHC string.
///
/// # Errors
/// When the cost is out of range or the system has no randomness to give.
pub fn hash_password(password: &str, cost: PasswordCost) -> Result<String, PasswordError> {
    let hasher = hasher(cost)?;
    let hash: PasswordHash = hasher
        .hash_password(password.as_bytes())
        .map_err(|error| PasswordError(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed. A hash that cannot be read matches nothing.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn hasher(cost: PasswordCost) -> Result<Argon2<'static>, PasswordError> {
    // One lane: the server hashes several passwords at once rather than one on several cores.
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)
        .map_err(|error| PasswordError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Why a password could not be hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordError(String);

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot hash a password: {}; check the password cost", self.0)
    }
}

impl std::error::Error for PasswordError {}
