//! Verifies tokens (RFC 7515, RFC 7519, RFC 8725): signature, issuer, audience and time.

use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::download::DownloadError;
use super::keys::{Algorithm, Keys};
use super::source::KeySource;
use crate::authority::SessionId;
use crate::clock::{Clock, Timestamp};
use crate::problem::Problem;

/// The longest token that is read, in bytes: about as much as servers accept in one header.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// How far the clock of the provider may be ahead of ours, in seconds.
const SKEW_SECONDS: u64 = 60;

/// A token that was verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The subject of the token (`sub`), unique for its issuer.
    pub subject: String,
    /// When the token expires (`exp`).
    pub expires_at: Timestamp,
    /// The session at the provider (`sid`), or else the token itself (`jti`); none if it has
    /// neither claim.
    pub session: Option<SessionId>,
    /// All claims of the token. Those above are checked; the others are as the provider wrote them.
    pub claims: Value,
}

/// Verifies the tokens of one issuer for one audience.
pub struct Verifier {
    issuer: String,
    audience: String,
    keys: KeySource,
    clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// The claims that are checked. A duplicate claim is an error.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Seconds,
    nbf: Option<Seconds>,
    sid: Option<String>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A moment as in tokens (RFC 7519 §2, `NumericDate`), with or without a fraction.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Seconds {
    Whole(u64),
    Fractional(f64),
}

impl Seconds {
    fn whole(self) -> u64 {
        match self {
            Self::Whole(seconds) => seconds,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the cast saturates, and `NaN` becomes 0, which is long ago"
            )]
            Self::Fractional(seconds) => seconds as u64,
        }
    }
}

impl Verifier {
    /// Verifies tokens of `issuer` (exactly their `iss`) for `audience` (in their `aud`).
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: KeySource,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), keys, clock }
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// When the token is not valid, or there are no keys to verify it with.
    pub async fn verify(&self, token: &str) -> Result<Token, TokenError> {
        let signed = Signed::parse(token)?;
        let keys = self.keys.keys(signed.key_id.as_deref()).await.map_err(TokenError::NoKeys)?;
        let payload = signed.payload(&keys)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| TokenError::Invalid)?;
        self.check(&claims)?;
        let session = claims.sid.as_ref().or(claims.jti.as_ref());
        Ok(Token {
            expires_at: Timestamp::from_unix_ms(claims.exp.whole().saturating_mul(1000)),
            session: session.map(SessionId::from),
            claims: serde_json::from_slice(&payload).map_err(|_| TokenError::Invalid)?,
            subject: claims.sub,
        })
    }

    /// Whether a token has expired.
    pub(super) fn has_expired(&self, token: &Token) -> bool {
        token.expires_at <= self.clock.now()
    }

    fn check(&self, claims: &Claims) -> Result<(), TokenError> {
        let is_ours = match &claims.aud {
            Audience::One(audience) => *audience == self.audience,
            Audience::Several(audiences) => audiences.contains(&self.audience),
        };
        if claims.iss != self.issuer || !is_ours || claims.sub.is_empty() {
            return Err(TokenError::Invalid);
        }
        let now = self.clock.now().unix_seconds();
        if claims.exp.whole() <= now {
            return Err(TokenError::Expired);
        }
        let begins = claims.nbf.map_or(0, Seconds::whole);
        if begins > now.saturating_add(SKEW_SECONDS) {
            return Err(TokenError::Invalid);
        }
        Ok(())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// A compact JWS (RFC 7515 §3.1): three parts of strict base64url, and a header that names a
/// supported algorithm. Keys and addresses in the header (`jku`, `jwk`, `x5u`, `x5c`) are ignored.
pub(super) struct Signed<'a> {
    algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Signed<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Invalid)?;
        // A fourth part would leave a dot in a part, which is not base64url.
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Invalid)?;
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| TokenError::Invalid)?;
        // No extension is supported (RFC 7515 §4.1.11).
        let is_token = header.crit.is_none() && header.typ.as_deref().is_none_or(is_token_type);
        let algorithm = Algorithm::named(&header.alg).filter(|_| is_token);
        Ok(Self {
            algorithm: algorithm.ok_or(TokenError::Invalid)?,
            key_id: header.kid,
            signed,
            payload,
            signature: decode(signature)?,
        })
    }

    /// The payload, if the signature was made with the key that the token means. The algorithm in
    /// the header must be that of the key.
    pub(super) fn payload(&self, keys: &Keys) -> Result<Vec<u8>, TokenError> {
        let key = keys.find(self.key_id.as_deref(), self.algorithm).ok_or(TokenError::Invalid)?;
        if !key.verifies(self.signed.as_bytes(), &self.signature) {
            return Err(TokenError::Invalid);
        }
        decode(self.payload)
    }
}

/// Whether this is the type of an access or identity token, and not of a logout token or a proof of
/// possession (RFC 8725 §3.11).
fn is_token_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Invalid)
}

/// Why a token is refused. It does not tell which check failed, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is longer than [`MAX_TOKEN_BYTES`].
    TooLong,
    /// The token is malformed, forged, or meant for another audience.
    Invalid,
    /// The token has expired.
    Expired,
    /// There are no keys to verify it with.
    NoKeys(DownloadError),
}

impl TokenError {
    /// 503: tokens cannot be judged now.
    pub(super) fn unavailable(&self) -> Problem {
        tracing::error!("{self}");
        let detail = "the keys of the identity provider are not available; try again in a moment";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-keys", "Tokens cannot be judged", detail)
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the token is longer than 16 KiB; ask for a shorter one"),
            Self::Invalid => f.write_str("the token is not valid here; sign in again"),
            Self::Expired => f.write_str("the token has expired; sign in again"),
            Self::NoKeys(error) => write!(f, "there are no keys to verify tokens with: {error}"),
        }
    }
}

impl std::error::Error for TokenError {}

#[cfg(test)]
mod tests;
