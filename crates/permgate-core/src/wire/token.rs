//! A compact JWS (RFC 7515 §7.1), decoded without verifying its signature.
//!
//! A browser cannot keep a secret and need not verify signatures: the server that answers the
//! requests does. The claims read here decide what is shown, never what is allowed.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::base64url;
use crate::json::{JsonError, Value};
use crate::text::parts;

/// The longest token in bytes. Servers refuse request headers above 8 to 16 KiB; a token that only
/// the page reads may be larger, but more than 1 MiB is a mistake.
pub const MAX_TOKEN_BYTES: usize = 1024 * 1024;

/// The two readable parts of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The JOSE header (RFC 7515 §4).
    pub header: Value,
    /// The claims (RFC 7519 §4).
    pub claims: Value,
    times: Times,
}

/// The claim that names the subject (RFC 7519 §4.1.2).
const SUBJECT: &str = "sub";

/// The end of the year 9999: a later date is one in milliseconds.
const LATEST_SECONDS: u64 = 253_402_300_799;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    expires: Option<u64>,
    not_before: Option<u64>,
    issued: Option<u64>,
}

impl Token {
    /// Reads a token without verifying it.
    ///
    /// # Errors
    /// When the text is not three parts of unpadded base64url, header and claims are not JSON
    /// objects in UTF-8, or `exp`, `nbf` or `iat` is not a number.
    pub fn decode_unverified(text: &str) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let mut found = parts(text, '.');
        let (Some(header), Some(claims), Some(signature), None) =
            (found.next(), found.next(), found.next(), found.next())
        else {
            return Err(match parts(text, '.').count() {
                5 => TokenError::Encrypted,
                _ => TokenError::NotThreeParts,
            });
        };
        decode(signature)?;
        let (header, claims) = (object(header)?, object(claims)?);
        let times = Times {
            expires: time(&claims, "exp")?,
            not_before: time(&claims, "nbf")?,
            issued: time(&claims, "iat")?,
        };
        Ok(Self { header, claims, times })
    }

    /// The JSON texts of header and claims, as they were written, of a valid token.
    ///
    /// # Errors
    /// As [`Token::decode_unverified`].
    pub fn texts_unverified(text: &str) -> Result<[String; 2], TokenError> {
        Self::decode_unverified(text)?;
        let mut found = parts(text, '.').map(utf8);
        match (found.next(), found.next()) {
            (Some(header), Some(claims)) => Ok([header?, claims?]),
            _ => Err(TokenError::NotThreeParts),
        }
    }

    /// The subject of the token: `sub` (RFC 7519 §4.1.2), which many back ends write as an integer.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        name(self.claims.member(SUBJECT)?)
    }

    /// The subject in the claim at this path; in `sub` when the path is empty.
    #[must_use]
    pub fn subject_at(&self, path: &[String]) -> Option<&str> {
        if path.is_empty() {
            return self.subject();
        }
        name(path.iter().try_fold(&self.claims, |value, key| value.member(key))?)
    }

    /// The issuer: `iss` (RFC 7519 §4.1.1). A subject is unique only within its issuer.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.claims.text("iss")
    }

    /// The end of validity: `exp` (RFC 7519 §4.1.4), in seconds since the epoch.
    #[must_use]
    pub fn expires_seconds(&self) -> Option<u64> {
        self.times.expires
    }

    /// The time of issue: `iat` (RFC 7519 §4.1.6), in seconds since the epoch.
    #[must_use]
    pub fn issued_seconds(&self) -> Option<u64> {
        self.times.issued
    }

    /// The start of validity: `nbf` (RFC 7519 §4.1.5), in seconds since the epoch.
    #[must_use]
    pub fn not_before_seconds(&self) -> Option<u64> {
        self.times.not_before
    }
}

/// The name of a subject: a string, or the digits of an integer.
fn name(value: &Value) -> Option<&str> {
    match value {
        Value::String(name) => Some(name),
        Value::Number(number) => number.integer(),
        _ => None,
    }
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    base64url::decode(part).ok_or(TokenError::NotBase64Url)
}

fn utf8(part: &str) -> Result<String, TokenError> {
    let bytes = decode(part)?;
    // The reader of streams takes UTF-8 by chunks, too: one check for both.
    match bytes.utf8_chunks().next() {
        None => Ok(String::new()),
        Some(chunk) if chunk.invalid().is_empty() => Ok(chunk.valid().into()),
        Some(_) => Err(TokenError::NotUtf8),
    }
}

fn object(part: &str) -> Result<Value, TokenError> {
    match Value::parse(&utf8(part)?).map_err(TokenError::Json)? {
        object @ Value::Object(_) => Ok(object),
        _ => Err(TokenError::NotAnObject),
    }
}

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, perhaps with a fraction.
fn time(claims: &Value, claim: &'static str) -> Result<Option<u64>, TokenError> {
    match claims.member(claim) {
        None => Ok(None),
        // A date before 1970 is past.
        Some(Value::Number(number)) if number.is_negative() => Ok(Some(0)),
        // A date in milliseconds cannot be compared: the token is refused.
        Some(Value::Number(number)) => match number.floor() {
            Some(seconds) if seconds <= LATEST_SECONDS => Ok(Some(seconds)),
            _ => Err(TokenError::BadTime(claim)),
        },
        Some(_) => Err(TokenError::BadTime(claim)),
    }
}

/// Why a text is not a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// The token is longer than [`MAX_TOKEN_BYTES`].
    TooLong,
    /// The token is not three parts joined by dots.
    NotThreeParts,
    /// The token has five parts: a JWE, which only its recipient can read.
    Encrypted,
    /// A part is not base64url without padding.
    NotBase64Url,
    /// Header or claims are not UTF-8.
    NotUtf8,
    /// Header or claims are not JSON.
    Json(JsonError),
    /// Header or claims are JSON, but not an object.
    NotAnObject,
    /// A date is not a number of seconds.
    BadTime(&'static str),
    /// The token cannot be sent: it holds characters other than printable ASCII.
    NotSendable,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the token is longer than 1 MiB"),
            Self::NotThreeParts => f.write_str(
                "the token is not a signed JWT of three parts; an opaque token has nothing to read, use the option `endpoint`",
            ),
            Self::Encrypted => f.write_str(
                "the token is encrypted (five parts) and can be read only by its recipient; use the option `endpoint`",
            ),
            Self::NotBase64Url => f.write_str("a part of the token is not base64url without padding"),
            Self::NotUtf8 => f.write_str("a part of the token is not UTF-8"),
            Self::Json(error) => write!(f, "a part of the token cannot be read: {error}"),
            Self::NotAnObject => f.write_str("a part of the token is not a JSON object"),
            Self::NotSendable => f.write_str(
                "the token holds a character that a header cannot, such as a line break; give it as it was issued",
            ),
            Self::BadTime(claim) => {
                write!(f, "the claim `{claim}` is not a number of seconds since 1970")
            }
        }
    }
}

impl core::error::Error for TokenError {}
