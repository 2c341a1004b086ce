//! Reads an input: letters that select options, then text.

use permgate_core::{Dialect, Language, Separator};
use std::borrow::Cow;

/// The part of an input that has not been read yet.
pub(crate) struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The next byte; `0` at the end of the input.
    pub(crate) fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => b'0',
        }
    }

    /// One of several values, selected by the next byte: `0` selects the first, `1` the second, and
    /// so on, modulo their number.
    pub(crate) fn choice<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte().wrapping_sub(b'0')) % of.len()]
    }

    /// A language, selected by two letters: the dialect and the separator.
    pub(crate) fn language(&mut self) -> Language {
        Language {
            dialect: self.choice(&[Dialect::Segments, Dialect::Shiro, Dialect::Exact]),
            separator: self.choice(&[Separator::Colon, Separator::Dot, Separator::Slash]),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The rest of the input; malformed UTF-8 is replaced.
    pub(crate) fn text(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }
}
