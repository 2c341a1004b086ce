//! Why a text is not JSON.

use core::fmt;

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// Where, in bytes from the start of the text.
    pub position: usize,
}

/// The kinds of errors of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// The text is longer than [`super::MAX_BYTES`].
    TooLong,
    /// Arrays and objects are nested deeper than [`super::MAX_DEPTH`].
    TooDeep,
    /// Something that JSON does not allow here.
    Unexpected,
    /// The text ends too early.
    UnexpectedEnd,
    /// Text follows the value.
    TrailingText,
    /// An object has the same key twice.
    DuplicateKey,
    /// An unknown escape, or half of a surrogate pair.
    BadEscape,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            JsonErrorKind::TooLong => "the text is longer than 16 MiB",
            JsonErrorKind::TooDeep => "arrays and objects are nested deeper than 32 levels",
            JsonErrorKind::Unexpected => "the text is not JSON",
            JsonErrorKind::UnexpectedEnd => "the text ends in the middle of a value",
            JsonErrorKind::TrailingText => "text follows the JSON value",
            JsonErrorKind::DuplicateKey => "an object has the same key twice",
            JsonErrorKind::BadEscape => "a string has an escape that JSON does not allow",
        })?;
        write!(f, " (at byte {})", self.position)
    }
}

impl core::error::Error for JsonError {}
