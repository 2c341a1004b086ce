//! The claims of a token, as the oracle reads them.

use permgate_core::wire::Token;

/// A token that was read.
pub(super) struct Card {
    pub(super) text: String,
    /// The subject that it names.
    pub(super) who: Option<String>,
    /// When it was issued, in seconds since 1970.
    pub(super) issued: Option<u64>,
    /// When it ends, in seconds since 1970.
    pub(super) end: Option<u64>,
}

impl Card {
    /// Reads a token whose subject is in the claim at this path.
    pub(super) fn read(text: &str, claim: &[String]) -> Self {
        let token = Token::decode_unverified(text).ok();
        let named = token.as_ref().and_then(|token| token.subject_at(claim));
        Self {
            text: text.to_owned(),
            who: named.map(String::from),
            issued: token.as_ref().and_then(Token::issued_seconds),
            end: token.as_ref().and_then(Token::expires_seconds),
        }
    }
}
