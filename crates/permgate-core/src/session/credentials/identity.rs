//! Whose permissions are asked for, as far as the credentials tell.

use alloc::string::String;

/// The user that credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Identity {
    /// Only the server knows: a cookie, a token that names nobody, or no credentials yet.
    Untold,
    /// The token names its subject, unique within its issuer (RFC 7519 §4.1.2).
    Named {
        /// Who issued the token, where it says so.
        issuer: Option<String>,
        /// The subject.
        subject: String,
    },
}

impl Identity {
    /// The issuer of the token, where it is told.
    pub(in crate::session) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Named { issuer, .. } => issuer.as_deref(),
            Self::Untold => None,
        }
    }

    /// The subject, where it is told.
    pub(in crate::session) fn subject(&self) -> Option<&str> {
        match self {
            Self::Named { subject, .. } => Some(subject),
            Self::Untold => None,
        }
    }
}
