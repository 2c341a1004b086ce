//! Password hashes: Argon2id, at a cost that tests can lower.

use std::fmt;

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash};

/// The longest password in bytes: hashing time grows with the length, and no user types a kilobyte.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// The shortest password for a new user, in characters (NIST SP 800-63B §5.1.1).
pub const MIN_PASSWORD: usize = 8;

/// Whether a password's length is allowed for a user.
pub(crate) fn has_allowed_length(password: &str) -> bool {
    password.chars().count() >= MIN_PASSWORD && password.len() <= MAX_PASSWORD_BYTES
}

/// The cost of one Argon2id hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// Passes over the memory, at least 1.
    pub passes: u32,
}

impl PasswordCost {
    /// The lowest cost that the algorithm allows: a real hash, fast enough for tests.
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
/// When the cost is out of range or the system provides no randomness.
pub fn hash_password(password: &str, cost: PasswordCost) -> Result<String, PasswordError> {
    Memory::default().hash(password, cost)
}

/// Whether a hash was made from this password. A hash that cannot be read matches no password.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    Memory::default().verify(password, hash)
}

/// The memory in which hashes are computed, kept for reuse: 19 MiB at the default cost. Allocators
/// seldom give freed memory back to the system, so each thread would keep its own.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

impl Memory {
    pub(crate) fn hash(
        &mut self,
        password: &str,
        cost: PasswordCost,
    ) -> Result<String, PasswordError> {
        let error = |error: &dyn fmt::Display| PasswordError(error.to_string());
        // One lane: the server hashes several passwords at once rather than one on several cores.
        let params = Params::new(cost.memory_kib, cost.passes, 1, None);
        let params = params.map_err(|cause| error(&cause))?;
        let mut salt = [0; Salt::RECOMMENDED_LENGTH];
        getrandom::fill(&mut salt).map_err(|cause| error(&cause))?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let output = self.work(&hasher, password, &salt, Params::DEFAULT_OUTPUT_LEN);
        let output = output.map_err(|cause| error(&cause))?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: hasher.params().try_into().map_err(|cause| error(&cause))?,
            salt: Some(Salt::new(&salt).map_err(|cause| error(&cause))?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    pub(crate) fn verify(&mut self, password: &str, hash: &str) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else { return false };
        let algorithm = Algorithm::try_from(hash.algorithm.as_str());
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
        let (Ok(algorithm), Ok(version), Ok(params)) =
            (algorithm, version, Params::try_from(&hash))
        else {
            return false;
        };
        let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
        let hasher = Argon2::new(algorithm, version, params);
        // `Output` compares in constant time.
        self.work(&hasher, password, salt, expected.len())
            .is_ok_and(|computed| computed == *expected)
    }

    fn work(
        &mut self,
        hasher: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        length: usize,
    ) -> Result<Output, password_hash::Error> {
        let needed = hasher.params().block_count();
        if self.0.len() < needed {
            self.0.resize(needed, Block::default());
        }
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length).ok_or(password_hash::Error::OutputSize)?;
        let password = password.as_bytes();
        hasher.hash_password_into_with_memory(password, salt, output, self.0.as_mut_slice())?;
        Ok(Output::new(output)?)
    }

    /// Frees the memory beyond this cost, after a hash of a higher cost was verified.
    pub(crate) fn shrink_to(&mut self, cost: PasswordCost) {
        let usual = usize::try_from(cost.memory_kib).unwrap_or(usize::MAX);
        if self.0.len() > usual {
            self.0.truncate(usual);
            self.0.shrink_to_fit();
        }
    }
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
