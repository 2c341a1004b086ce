//! The problems of a session: a stable code for programs, and a sentence for people.

use alloc::string::String;
use core::fmt;

use crate::parts::{CLAIMS, POLICIES};
use crate::wire::{DocumentError, TokenError};
use crate::words::words;

/// A problem, with advice. It never changes the held set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The answer is not a permission document.
    MalformedDocument(DocumentError),
    /// The token cannot be read.
    MalformedToken(TokenError),
    /// A claim of the token is absent or has the wrong shape.
    MalformedClaims(DocumentError),
    /// The token's `exp` is past.
    TokenExpired,
    /// The token's `nbf` is further ahead than clocks differ.
    TokenNotYetValid,
    /// The application's function for the token failed.
    TokenProvider(String),
    /// The answer is about another user than the token.
    SubjectMismatch {
        /// The subject of the token.
        expected: String,
        /// The subject of the answer.
        answered: String,
    },
    /// The answer is about another tenant than the requested one.
    TenantMismatch {
        /// The selected tenant.
        expected: String,
        /// The tenant of the answer.
        answered: String,
    },
    /// The token came while another tenant was selected, and has no claims about tenants.
    TokenOfAnotherTenant,
    /// The provider left a claim out of the token: its content is unknown.
    ClaimLeftOut(DocumentError),
    /// The application's function for the policies failed.
    PolicyProvider(String),
    /// The catalogue or the role map cannot be read.
    MalformedPolicies(DocumentError),
    /// The answer is older than what was already known.
    OlderVersion {
        /// The known version.
        known: u64,
        /// The version of the answer.
        received: u64,
    },
    /// The server's counter restarted: an older version was accepted after all.
    VersionRestarted {
        /// The version that was known.
        known: u64,
        /// The version that was accepted.
        received: u64,
    },
    /// A 304, but there is no document that could be unchanged.
    UnexpectedNotModified,
    /// A status that is neither success, 304 nor 401.
    Status(u16),
    /// The request did not get through.
    Network(String),
    /// No answer in time.
    Timeout,
    /// The body is longer than any document.
    TooLarge,
    /// 401: nobody is signed in.
    Unauthorized,
    /// The application's function for new credentials failed.
    RenewalFailed(String),
    /// None of the transports of push works.
    NoPush,
    /// There is no source to fetch a set from.
    NoSource,
    /// A message of the stream cannot be read.
    MalformedMessage(DocumentError),
}

impl Problem {
    words! {
        /// The stable code of the error in JavaScript.
        pub fn code, all in CODES {
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
            Self::VersionRestarted { .. } => "version-restarted",
            Self::UnexpectedNotModified => "unexpected-not-modified",
            Self::Status(_) => "http-status",
            Self::Network(_) => "network",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::Unauthorized => "unauthenticated",
            Self::RenewalFailed(_) => "renewal",
            Self::NoPush => "no-push",
            Self::NoSource => "no-source",
            Self::MalformedMessage(_) => "malformed-message",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedDocument(error) => write!(f, "this is not a valid permission document: {error}"),
            Self::MalformedToken(error) => error.fmt(f),
            Self::TokenExpired => f.write_str("the token has expired; pass a new one to `setToken`"),
            Self::TokenNotYetValid => f.write_str(
                "the token is not valid yet (`nbf`); check the clocks of this device and the issuer",
            ),
            Self::TokenProvider(message) => write!(f, "the option `token` failed: {message}"),
            Self::SubjectMismatch { expected, answered } => write!(
                f,
                "the document is for `{answered}`, but the token is for `{expected}`; set `subject` to the token's `sub`, or leave it out",
            ),
            Self::TenantMismatch { expected, answered } => write!(
                f,
                "the document is for the tenant `{answered}`, but `{expected}` is selected; answer for the requested tenant",
            ),
            Self::MalformedClaims(error)
            | Self::ClaimLeftOut(error)
            | Self::MalformedPolicies(error)
                if CLAIMS || POLICIES =>
            {
                error.fmt(f)
            }
            Self::TokenOfAnotherTenant if CLAIMS => f.write_str(
                "this token was issued while another tenant was selected; pass one for the current tenant, or read a claim with `{tenant}` in its path",
            ),
            Self::PolicyProvider(message) if POLICIES => {
                write!(f, "the option `catalogue` or `rolePermissions` failed: {message}")
            }
            Self::OlderVersion { known, received } => write!(
                f,
                "the endpoint answered with version {received}, but version {known} is known; a replica may lag behind",
            ),
            Self::VersionRestarted { known, received } => write!(
                f,
                "the endpoint's version fell from {known} to {received}, which three loads confirmed; after restoring a backup, continue counting above {known}",
            ),
            Self::UnexpectedNotModified => f.write_str(
                "the endpoint answered 304, but no document is held; answer 304 only to `If-None-Match`",
            ),
            Self::Status(status) => write!(
                f,
                "the endpoint answered with status {status}; check that it is up, its address, and that the development server forwards it",
            ),
            Self::Network(message) => write!(
                f,
                "the endpoint cannot be reached: {message}; check that it is up, and its CORS headers if it has another origin",
            ),
            Self::Timeout => f.write_str("the endpoint did not answer in time"),
            Self::TooLarge => f.write_str("the permission document is longer than 16 MiB"),
            Self::RenewalFailed(message) => {
                write!(f, "the option `onUnauthenticated` failed: {message}")
            }
            Self::NoPush => f.write_str(
                "no transport of the option `push` works; check the addresses, and that no proxy buffers the stream",
            ),
            Self::NoSource => f.write_str(
                "there is nothing to fetch from; give the option `endpoint` or `token` beside `bootstrap`",
            ),
            Self::MalformedMessage(error) => write!(f, "a push message could not be read: {error}"),
            Self::Unauthorized => f.write_str("the endpoint answered 401; sign in, then call `refresh` or `setToken`"),
            // These belong to parts that this build does not have.
            Self::MalformedClaims(_)
            | Self::ClaimLeftOut(_)
            | Self::MalformedPolicies(_)
            | Self::TokenOfAnotherTenant
            | Self::PolicyProvider(_) => Ok(()),
        }
    }
}

impl core::error::Error for Problem {}
