//! The user of a session, as far as the credentials show.

use alloc::string::String;

/// The user that credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Identity {
    /// Only the server knows the user: for a cookie, a token that names no user, or no credentials
    /// yet.
    Untold,
    /// The token names its subject, unique within its issuer (RFC 7519 §4.1.2).
    Named {
        /// The issuer of the token, if it names one.
        issuer: Option<String>,
        /// The subject.
        subject: String,
    },
}

impl Identity {
    /// The issuer of the token, if it names one.
    pub(in crate::session) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Named { issuer, .. } => issuer.as_deref(),
            Self::Untold => None,
        }
    }

    /// The subject, if it is known.
    pub(in crate::session) fn subject(&self) -> Option<&str> {
        match self {
            Self::Named { subject, .. } => Some(subject),
            Self::Untold => None,
        }
    }
}
