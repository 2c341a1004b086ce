//! The dialect `segments`, also used by resources: `*` stands for one segment, as the last segment
//! for one or more, and alone for everything. A covered segment has at least one character.

use super::error::PatternError;
use crate::text::{has, parts};

/// The pattern that covers everything, even names that begin with a separator, such as
/// `/invoices/42`.
const EVERYTHING: &str = "*";

/// A `*` must be a whole segment: `inv*` looks like a prefix match, which does not exist.
pub(crate) fn check_stars(text: &str, separator: char) -> Result<(), PatternError> {
    if parts(text, separator).any(|segment| segment.len() > 1 && has(segment, '*')) {
        Err(PatternError::PartialWildcard)
    } else {
        Ok(())
    }
}

/// Whether every word of the pattern `narrow` is a word of the pattern `wide`.
pub(crate) fn covers(wide: &str, narrow: &str, separator: char) -> bool {
    if wide == EVERYTHING {
        return true;
    }
    let (mut wide, mut narrow) =
        (parts(wide, separator).peekable(), parts(narrow, separator).peekable());
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

/// Whether a word belongs to both patterns.
pub(super) fn overlaps(a: &str, b: &str, separator: char) -> bool {
    if a == EVERYTHING || b == EVERYTHING {
        return true;
    }
    let (mut a, mut b) = (parts(a, separator).peekable(), parts(b, separator).peekable());
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
