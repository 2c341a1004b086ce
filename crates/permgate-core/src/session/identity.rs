//! Whose permissions are asked for, as far as the credentials tell.

use alloc::string::String;

use crate::wire::Token;

/// Whoever the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Only the server knows: a cookie, or no credentials yet.
    Untold,
    /// The token names its subject, unique within its issuer (RFC 7519 §4.1.2).
    Named { issuer: Option<String>, subject: String },
    /// A token that cannot be read: another token may be another user.
    Opaque(String),
}

impl Identity {
    pub(super) fn of(token: &str) -> Self {
        let named = Token::decode_unverified(token).ok().and_then(|token| {
            let subject = token.subject()?.into();
            Some(Self::Named { issuer: token.issuer().map(String::from), subject })
        });
        named.unwrap_or_else(|| Self::Opaque(token.into()))
    }

    /// Who says so, where it is told.
    pub(super) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Named { issuer, .. } => issuer.as_deref(),
            Self::Untold | Self::Opaque(_) => None,
        }
    }

    /// The subject, where it is told.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Named { subject, .. } => Some(subject),
            Self::Untold | Self::Opaque(_) => None,
        }
    }
}
