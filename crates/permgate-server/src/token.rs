//! Access tokens: minted at sign-in, verified on every request. The only code that trusts a token.
//!
//! HS256 with a random 256-bit key: whoever verifies here is who minted, so a public key would
//! have no reader; with one algorithm and one key there is no algorithm to be confused about; and
//! the key lies in the database beside the password hashes, which need the same protection.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::config::Config;
use crate::secret::{RandomnessError, base64url, random_bytes};

/// The longest token looked at, in bytes. Ours have about 300; whatever is longer is refused
/// before any of it is decoded.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose token it is.
    pub subject: String,
    /// The moment from which it is no longer valid.
    pub expires_at: Timestamp,
}

/// Mints and verifies tokens with one key.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    issuer: String,
    audience: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: u64,
    exp: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    jti: String,
}

impl Tokens {
    /// Tokens of the configured issuer and audience under a key.
    #[must_use]
    pub fn new(key: &[u8; 32], config: &Config) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        // The library reads the system clock; `verify` compares with ours instead.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            validation,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
        }
    }

    /// A token for a subject, valid from `now` until `expires_at`.
    ///
    /// # Errors
    /// When there is no randomness for its `jti`, or it cannot be signed.
    pub fn mint(
        &self,
        subject: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<String, TokenError> {
        let jti = random_bytes().map_err(TokenError::Randomness)?;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: subject.into(),
            iat: now.unix_seconds(),
            exp: expires_at.unix_seconds(),
            nbf: None,
            jti: base64url(&jti),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| TokenError::Unsigned(error.to_string()))
    }

    /// Verifies signature, algorithm, issuer, audience and time.
    ///
    /// # Errors
    /// When any of them does not hold, or the token is too long or has critical extensions
    /// (RFC 7515 §4.1.11), none of which are understood here.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| TokenError::Invalid)?;
        if data.header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let now = now.unix_seconds();
        if data.claims.exp <= now {
            return Err(TokenError::Expired);
        }
        if data.claims.nbf.is_some_and(|not_before| not_before > now) {
            return Err(TokenError::Invalid);
        }
        let expires_at = Timestamp::from_unix_ms(data.claims.exp.saturating_mul(1000));
        Ok(Verified { subject: data.claims.sub, expires_at })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why there is no token, or why one does not hold. Which check failed stays unsaid on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is longer than [`MAX_TOKEN_BYTES`].
    TooLong,
    /// It is malformed, forged, or meant for somebody else.
    Invalid,
    /// Its time is over.
    Expired,
    /// No randomness for its identifier.
    Randomness(RandomnessError),
    /// It could not be signed.
    Unsigned(String),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the token is longer than 4096 bytes; sign in again"),
            Self::Invalid => f.write_str("the token is not valid here; sign in again"),
            Self::Expired => f.write_str("the token has expired; sign in again"),
            Self::Randomness(error) => error.fmt(f),
            Self::Unsigned(error) => write!(f, "the token could not be signed: {error}; try again"),
        }
    }
}

impl std::error::Error for TokenError {}
