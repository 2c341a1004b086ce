//! The words for what went wrong: a stable code for programs, a sentence for people.

use core::fmt;

use super::effect::Problem;

impl Problem {
    /// The stable code of JavaScript's errors.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MalformedDocument(_) => "malformed-document",
            Self::MalformedToken(_) => "malformed-token",
            Self::MalformedClaims(_) => "malformed-claims",
            Self::TokenExpired => "token-expired",
            Self::TokenNotYetValid => "token-not-yet-valid",
            Self::TokenProvider(_) => "token-provider",
            Self::SubjectMismatch { .. } => "subject-mismatch",
            Self::TenantMismatch { .. } | Self::TokenOfAnotherTenant => "tenant-mismatch",
            Self::ClaimLeftOut(_) => "claim-left-out",
            Self::PolicyProvider(_) => "policy-provider",
            Self::MalformedPolicies(_) => "malformed-policies",
            Self::OlderVersion { .. } => "older-version",
            Self::UnexpectedNotModified => "unexpected-not-modified",
            Self::Status(_) => "http-status",
            Self::Network(_) => "network",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::Unauthorized => "unauthenticated",
            Self::RenewalFailed(_) => "renewal",
            Self::NoPush => "no-push",
            Self::MalformedMessage(_) => "malformed-message",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedDocument(error) => write!(f, "the permission document is not one: {error}"),
            Self::MalformedToken(error) => error.fmt(f),
            Self::TokenExpired => f.write_str("the token has expired; give a new one with `setToken`"),
            Self::TokenNotYetValid => f.write_str(
                "the token is not valid yet (`nbf`); check the clocks of this device and of the issuer",
            ),
            Self::TokenProvider(message) => write!(f, "the option `token` failed: {message}"),
            Self::SubjectMismatch { asked, answered } => write!(
                f,
                "the endpoint answered about `{answered}`, but the token is about `{asked}`; make `subject` the token's `sub`, or leave it out",
            ),
            Self::TenantMismatch { asked, answered } => write!(
                f,
                "the answer is about the tenant `{answered}`, but `{asked}` is set; answer about the tenant that is asked for",
            ),
            Self::MalformedClaims(error)
            | Self::ClaimLeftOut(error)
            | Self::MalformedPolicies(error) => error.fmt(f),
            Self::TokenOfAnotherTenant => f.write_str(
                "the token is the one of the tenant before; give one of the new tenant, or read a claim with `{tenant}` in its path",
            ),
            Self::PolicyProvider(message) => {
                write!(f, "the option `catalogue` or `rolePermissions` failed: {message}")
            }
            Self::OlderVersion { known, came } => write!(
                f,
                "the endpoint answered with version {came}, but version {known} is known; a replica may lag behind",
            ),
            Self::UnexpectedNotModified => f.write_str(
                "the endpoint answered 304, but nothing is held; it must answer 304 only to `If-None-Match`",
            ),
            Self::Status(status) => write!(f, "the endpoint answered with status {status}"),
            Self::Network(message) => write!(f, "the endpoint cannot be reached: {message}"),
            Self::Timeout => f.write_str("the endpoint did not answer in time"),
            Self::TooLarge => f.write_str("the permission document is longer than 16 MiB"),
            Self::RenewalFailed(message) => {
                write!(f, "the option `onUnauthenticated` failed: {message}")
            }
            Self::NoPush => f.write_str(
                "the server pushes in none of the ways that `push` names; are the addresses right?",
            ),
            Self::MalformedMessage(error) => write!(f, "a pushed message is none: {error}"),
            Self::Unauthorized => f.write_str("the endpoint answered 401; sign in, then call `refresh` or `setToken`"),
        }
    }
}

impl core::error::Error for Problem {}
