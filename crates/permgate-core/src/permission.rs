//! A permission name such as `invoice:edit`: validated once, compared byte by byte afterwards.

use alloc::boxed::Box;
use core::fmt;

use crate::text::has;

/// The longest permission name, role or resource segment list in bytes of UTF-8.
///
/// Names are typed by people and repeated on every element; 256 bytes is four times the longest
/// one seen in the field, and keeps a hostile document from making every comparison expensive.
pub const MAX_NAME_BYTES: usize = 256;

/// The name of one permission, without wildcards.
///
/// Names are UTF-8, case-sensitive, between 1 and [`MAX_NAME_BYTES`] bytes, without control
/// characters and without `*` (which only patterns have).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(Box<str>);

impl Permission {
    /// Checks a name.
    ///
    /// # Errors
    /// When the name is empty, too long, or holds a control character or `*`.
    pub fn parse(name: &str) -> Result<Self, PermissionError> {
        check_name(name)?;
        if has(name, '*') {
            return Err(PermissionError::Wildcard);
        }
        Ok(Self(name.into()))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The checks of all names, patterns included.
pub(crate) fn check_name(name: &str) -> Result<(), PermissionError> {
    if name.is_empty() {
        Err(PermissionError::Empty)
    } else if name.len() > MAX_NAME_BYTES {
        Err(PermissionError::TooLong)
    } else if name.chars().any(char::is_control) {
        Err(PermissionError::ControlCharacter)
    } else {
        Ok(())
    }
}

/// Why a text is not the name of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionError {
    /// The text is empty.
    Empty,
    /// The text is longer than [`MAX_NAME_BYTES`].
    TooLong,
    /// The text holds a control character, NUL and line breaks included.
    ControlCharacter,
    /// The text has a `*`, which only grants may have.
    Wildcard,
}

impl fmt::Display for PermissionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name is empty; write one such as `invoice:edit`",
            Self::TooLong => "the name is longer than 256 bytes; shorten it",
            Self::ControlCharacter => "the name holds a control character; remove it",
            Self::Wildcard => "the name has a `*`, which only grants may have; name one permission",
        })
    }
}

impl core::error::Error for PermissionError {}
