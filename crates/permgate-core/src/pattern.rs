//! What a grant covers: a permission name in which `*` may stand for segments.

use alloc::boxed::Box;
use core::fmt;

use crate::permission::{Permission, PermissionError, SEPARATOR, check_name};

/// A permission pattern in the `segments` dialect.
///
/// `*` covers exactly one segment, as the last segment one or more; `*` alone covers everything.
/// `invoice` does not cover `invoice:edit`, and `invoice:*` does not cover `invoice`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// Checks a pattern.
    ///
    /// # Errors
    /// When it is no name ([`PermissionError`]), or holds a `*` that is not a whole segment.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        check_name(text).map_err(PatternError::Name)?;
        check_stars(text, SEPARATOR)?;
        Ok(Self(text.into()))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it holds no `*`, so that it covers the one permission of its name.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether it covers a permission.
    #[must_use]
    pub fn covers(&self, permission: &Permission) -> bool {
        covers(&self.0, permission.as_str(), SEPARATOR)
    }

    /// Whether everything that `other` covers is covered.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        covers(&self.0, &other.0, SEPARATOR)
    }

    /// Whether there is a permission that both cover.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        overlaps(&self.0, &other.0, SEPARATOR)
    }
}

impl From<Permission> for Pattern {
    fn from(permission: Permission) -> Self {
        Self(permission.as_str().into())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A `*` must be a whole segment: `inv*` would look like a prefix match and is none.
pub(crate) fn check_stars(text: &str, separator: char) -> Result<(), PatternError> {
    if text.split(separator).any(|segment| segment.len() > 1 && segment.contains('*')) {
        Err(PatternError::PartialWildcard)
    } else {
        Ok(())
    }
}

/// Whether every word of the pattern `narrow` is a word of the pattern `wide`.
pub(crate) fn covers(wide: &str, narrow: &str, separator: char) -> bool {
    let (mut wide, mut narrow) =
        (wide.split(separator).peekable(), narrow.split(separator).peekable());
    loop {
        match (wide.next(), narrow.next()) {
            (None, None) => return true,
            (Some("*"), Some(first)) if wide.peek().is_none() => return !first.is_empty(),
            (Some(_), Some("*")) if narrow.peek().is_none() => return false,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

/// Whether some word belongs to both patterns.
pub(crate) fn overlaps(a: &str, b: &str, separator: char) -> bool {
    let (mut a, mut b) = (a.split(separator).peekable(), b.split(separator).peekable());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some("*"), Some(other)) if a.peek().is_none() => return !other.is_empty(),
            (Some(other), Some("*")) if b.peek().is_none() => return !other.is_empty(),
            (Some("*"), Some(segment)) | (Some(segment), Some("*")) if !segment.is_empty() => {}
            (Some(x), Some(y)) if x == y => {}
            _ => return false,
        }
    }
}

/// Why a text is not a permission pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// It is not a name at all.
    Name(PermissionError),
    /// A `*` stands beside other characters in a segment.
    PartialWildcard,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::PartialWildcard => f.write_str(
                "`*` must stand for a whole segment; write `invoice:*` instead of `inv*`",
            ),
        }
    }
}

impl core::error::Error for PatternError {}

#[cfg(test)]
mod tests;
