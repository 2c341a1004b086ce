//! Resources: the concrete path of a question, and the pattern of a grant.

use alloc::boxed::Box;
use core::fmt;

use crate::pattern::segments::{check_stars, covers};
use crate::text::has;

/// The separator of the segments of a resource.
pub const SEPARATOR: char = '/';

/// The longest resource in bytes of UTF-8: the length of a long URL path.
pub const MAX_RESOURCE_BYTES: usize = 2048;

/// A concrete path such as `tenants/acme/invoices/42`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(Box<str>);

impl Resource {
    /// Checks a path.
    ///
    /// # Errors
    /// When the path is empty, too long, or holds a control character or a `*`.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        check_path(text)?;
        if has(text, '*') {
            return Err(ResourceError::Wildcard);
        }
        Ok(Self(text.into()))
    }

    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A path in which `*` covers one segment, as the last segment one or more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourcePattern(Box<str>);

impl ResourcePattern {
    /// Checks a pattern.
    ///
    /// # Errors
    /// When the pattern is empty, too long, or holds a control character or a `*` that is not a
    /// whole segment.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        check_path(text)?;
        check_stars(text, SEPARATOR).map_err(|_| ResourceError::PartialWildcard)?;
        Ok(Self(text.into()))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern covers a resource.
    #[must_use]
    pub fn covers(&self, resource: &Resource) -> bool {
        covers(&self.0, &resource.0, SEPARATOR)
    }
}

fn check_path(text: &str) -> Result<(), ResourceError> {
    if text.is_empty() {
        Err(ResourceError::Empty)
    } else if text.len() > MAX_RESOURCE_BYTES {
        Err(ResourceError::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(ResourceError::ControlCharacter)
    } else {
        Ok(())
    }
}

/// Why a text is not a resource or resource pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceError {
    /// The text is empty.
    Empty,
    /// The text is longer than [`MAX_RESOURCE_BYTES`].
    TooLong,
    /// The text holds a control character.
    ControlCharacter,
    /// A concrete resource holds `*`.
    Wildcard,
    /// A segment has a `*` beside other characters.
    PartialWildcard,
}

impl fmt::Display for ResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the resource is empty; leave it out to ask in general",
            Self::TooLong => "the resource is longer than 2048 bytes; shorten it",
            Self::ControlCharacter => "the resource holds a control character; remove it",
            Self::Wildcard => "the resource has a `*`; ask about one path",
            Self::PartialWildcard => "`*` must stand for a whole segment, as in `invoices/*`",
        })
    }
}

impl core::error::Error for ResourceError {}
