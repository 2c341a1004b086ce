//! Access tokens: minted at sign-in, verified on every request. Only this code trusts tokens.
//!
//! They are signed with HS256 and random 256-bit keys. The server that verifies is the one that
//! mints, so a public key would have no reader; with one algorithm there is none to confuse; and
//! the keys lie in the database beside the password hashes, which need the same protection. One key
//! signs; earlier keys verify until the last token that they signed has expired.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::Catalogue;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::config::Config;
use crate::secret::{DigestBytes, Mac, RandomnessError, base64url, digest, random_bytes};
use crate::store::{SigningKey, SigningKeys, Standing, TokenMark};

/// The longest token that is read, in bytes. Ours have about 300, and some hundred more with
/// [`PageClaims`]; a longer token is refused before any of it is decoded.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// The one algorithm (RFC 7518 §3.2).
const ALGORITHM: &str = "HS256";

/// The content of a verified token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The subject of the token.
    pub subject: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The digest of its identifier, its `jti` (RFC 7519 §4.1.7).
    pub digest: DigestBytes,
    /// The marks that tie it to the moment of its issue.
    pub mark: TokenMark,
}

/// Mints and verifies tokens.
pub struct Tokens {
    ring: RwLock<Arc<Ring>>,
    issuer: String,
    audience: String,
}

/// The keys in the form in which they are used.
struct Ring {
    current: Key,
    retired: Vec<(Key, Timestamp)>,
}

struct Key {
    kid: String,
    mac: Mac,
    /// The header of every token that is signed with it, in base64url.
    header: String,
}

impl Key {
    fn new(key: &SigningKey) -> Self {
        let header = json!({ "typ": "JWT", "alg": ALGORITHM, "kid": key.kid }).to_string();
        let (kid, mac) = (key.kid.clone(), Mac::new(&key.key));
        Self { kid, mac, header: base64url(header.as_bytes()) }
    }
}

impl Ring {
    fn new(keys: &SigningKeys) -> Self {
        let retired = keys.retired.iter().map(|(key, until)| (Key::new(key), *until));
        Self { current: Key::new(&keys.current), retired: retired.collect() }
    }

    /// The key of this name, if it verifies at this moment. Without a name it is the current key:
    /// tokens had no names of keys in the past.
    fn find(&self, kid: Option<&str>, now: Timestamp) -> Option<&Mac> {
        let Some(kid) = kid.filter(|kid| *kid != self.current.kid) else {
            return Some(&self.current.mac);
        };
        let mut retired = self.retired.iter();
        let (key, until) = retired.find(|(key, _)| key.kid == kid)?;
        (*until > now).then_some(&key.mac)
    }
}

/// Claims for the page that holds the token. The server itself reads none of them: it decides from
/// the store at the moment of each request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageClaims {
    /// `<catalogue id>.<bits>`: the general grants, one bit for each permission of the catalogue. A
    /// hundred permissions are 18 characters of bits.
    pub permissions: String,
    /// Names of roles; none where they would make the token longer than [`MAX_TOKEN_BYTES`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

impl PageClaims {
    /// The permissions and roles of a standing.
    #[must_use]
    pub fn new(standing: &Standing, catalogue: &Catalogue) -> Self {
        let permissions = format!("{}.{}", catalogue.id(), catalogue.pack_alone(&standing.set));
        Self { permissions, roles: Some(standing.roles.clone()) }
    }
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
    /// The epoch and the generation of [`TokenMark`].
    #[serde(default)]
    epoch: u64,
    #[serde(default)]
    generation: u64,
}

/// The fields of a header that are read (RFC 7515 §4.1).
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// The claims of a new token.
#[derive(Serialize)]
struct Minted<'a> {
    #[serde(flatten)]
    claims: Claims,
    #[serde(flatten)]
    page: Option<&'a PageClaims>,
}

impl Tokens {
    /// Mints and verifies tokens of the configured issuer and audience under these keys.
    #[must_use]
    pub fn new(keys: &SigningKeys, config: &Config) -> Self {
        Self {
            ring: RwLock::new(Arc::new(Ring::new(keys))),
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
        }
    }

    /// Signs and verifies with other keys from now on.
    pub fn replace_keys(&self, keys: &SigningKeys) {
        let ring = Arc::new(Ring::new(keys));
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A token for a subject, valid from `now` until `expires_at`, with claims for the page.
    ///
    /// # Errors
    /// When there is no randomness for its `jti`, or it cannot be signed.
    pub fn mint(
        &self,
        subject: &str,
        page: Option<&PageClaims>,
        mark: TokenMark,
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
            epoch: mark.epoch,
            generation: mark.generation,
        };
        let mut minted = Minted { claims, page };
        let token = self.sign(&minted)?;
        let Some(page) = page.filter(|_| token.len() > MAX_TOKEN_BYTES) else { return Ok(token) };
        // Too long to be accepted: a user with that many roles must be able to sign in all the
        // same.
        let shorter = PageClaims { roles: None, ..page.clone() };
        minted.page = Some(&shorter);
        self.sign(&minted)
    }

    fn sign(&self, minted: &Minted<'_>) -> Result<String, TokenError> {
        let claims = serde_json::to_vec(minted);
        let claims = claims.map_err(|error| TokenError::Unsigned(error.to_string()))?;
        let Key { mac, header, .. } = &self.ring().current;
        let signed = format!("{header}.{}", base64url(&claims));
        let signature = base64url(&mac.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    /// Verifies signature, algorithm, issuer, audience and time.
    ///
    /// # Errors
    /// When any of them is wrong, or the token is too long or has critical extensions (RFC 7515
    /// §4.1.11), none of which are supported.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, TokenError> {
        let payload = self.payload(token, now)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| TokenError::Invalid)?;
        if claims.iss != self.issuer || claims.aud != self.audience {
            return Err(TokenError::Invalid);
        }
        let now = now.unix_seconds();
        if claims.exp <= now {
            return Err(TokenError::Expired);
        }
        if claims.nbf.is_some_and(|not_before| not_before > now) {
            return Err(TokenError::Invalid);
        }
        let moment = |seconds: u64| Timestamp::from_unix_ms(seconds.saturating_mul(1000));
        let (issued_at, expires_at) = (moment(claims.iat), moment(claims.exp));
        let mark = TokenMark { epoch: claims.epoch, generation: claims.generation };
        let digest = digest(claims.jti.as_bytes());
        Ok(Verified { subject: claims.sub, issued_at, expires_at, digest, mark })
    }

    /// The payload of a compact JWS with a valid signature (RFC 7515 §5.2): exactly three parts of
    /// strict base64url, and a header of this algorithm without critical extensions.
    pub(crate) fn payload(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Invalid)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Invalid)?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Invalid);
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| TokenError::Invalid)?;
        if header.alg != ALGORITHM || header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        // The algorithm is fixed, never taken from the header, and the comparison takes constant
        // time. A fourth part would leave a dot in the signature, which is not base64url.
        let signature = decode(signature)?;
        let ring = self.ring();
        let mac = ring.find(header.kid.as_deref(), now).ok_or(TokenError::Invalid)?;
        if mac.verify(signed.as_bytes(), &signature) {
            decode(payload)
        } else {
            Err(TokenError::Invalid)
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a token was not made or not accepted. It does not tell which check failed, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is longer than [`MAX_TOKEN_BYTES`].
    TooLong,
    /// It is malformed, forged, or meant for somebody else.
    Invalid,
    /// It has expired.
    Expired,
    /// The system provides no randomness for its identifier.
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
