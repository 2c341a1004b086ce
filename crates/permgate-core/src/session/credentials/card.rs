//! A token that was read once: its user, and when it begins and ends.

use alloc::string::String;

use super::identity::Identity;
use crate::session::problem::Problem;
use crate::time::{Millis, Wall};
use crate::wire::{Reading, Token, TokenError};

/// How far in the future `nbf` may be (RFC 7519 §4.1.5 allows some leeway).
const CLOCK_SKEW: Millis = Millis::from_seconds(300);

/// The registered claims of a token (RFC 7519 §4.1).
#[derive(Debug)]
struct Card {
    subject: Option<String>,
    issuer: Option<String>,
    expires: Option<Wall>,
    not_before: Option<Wall>,
    issued: Option<Wall>,
}

/// Whether a header can contain this text (RFC 9110 §5.5).
pub(in crate::session) fn is_sendable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A token that the session knows.
#[derive(Debug)]
pub(in crate::session) struct Known {
    text: String,
    card: Result<Card, TokenError>,
    /// The tenant that was selected when the token first came.
    tenant: Option<String>,
}

impl Known {
    /// Reads a token that came while the tenant of this reading was selected.
    pub(in crate::session) fn read(text: String, reading: &Reading) -> Self {
        let card = Token::decode_unverified(&text).map(|token| Card {
            subject: token.subject_at(&reading.subject_claim).map(String::from),
            issuer: token.issuer().map(String::from),
            expires: token.expires_seconds().map(Wall::from_seconds),
            not_before: token.not_before_seconds().map(Wall::from_seconds),
            issued: token.issued_seconds().map(Wall::from_seconds),
        });
        Self { text, card, tenant: reading.tenant.clone() }
    }

    /// Whether the text can be a token at all: a header can contain it (RFC 9110 §5.5), and it is
    /// not empty.
    pub(in crate::session) fn is_plausible(&self) -> bool {
        !self.text.is_empty() && is_sendable(&self.text)
    }

    pub(in crate::session) fn text(&self) -> &str {
        &self.text
    }

    pub(in crate::session) fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The user of the token.
    pub(in crate::session) fn identity(&self) -> Identity {
        match &self.card {
            Ok(Card { subject: Some(subject), issuer, .. }) if !subject.is_empty() => {
                Identity::Named { issuer: issuer.clone(), subject: subject.clone() }
            }
            _ => Identity::Untold,
        }
    }

    /// When it expires, if it says so.
    pub(in crate::session) fn end(&self) -> Option<Wall> {
        self.card.as_ref().ok()?.expires
    }

    /// When it was issued, if it says so, and unless it had expired by then.
    pub(in crate::session) fn issued(&self) -> Option<Wall> {
        let card = self.card.as_ref().ok()?;
        card.issued.filter(|issued| card.expires.is_none_or(|end| *issued < end))
    }

    /// When it expires, if it can be read and is valid now.
    ///
    /// # Errors
    /// When it cannot be read, has expired, or is not valid yet.
    pub(in crate::session) fn valid_until(&self, now: Wall) -> Result<Option<Wall>, Problem> {
        let card = self.card.as_ref().map_err(|error| Problem::MalformedToken(error.clone()))?;
        if card.expires.is_some_and(|end| now >= end) {
            return Err(Problem::TokenExpired);
        }
        if card.not_before.is_some_and(|start| start > now + CLOCK_SKEW) {
            return Err(Problem::TokenNotYetValid);
        }
        Ok(card.expires)
    }
}
