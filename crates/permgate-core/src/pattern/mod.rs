//! Patterns of grants: the name of one permission or of several, in the dialect of the pattern.

mod error;
mod lowercase;
pub(crate) mod segments;
pub(crate) mod shiro;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use crate::language::{Dialect, Language};
use crate::parts::SHIRO;
use crate::permission::{Permission, check_name};
use crate::text::has;
pub use error::PatternError;

/// A permission pattern.
///
/// In the dialect `segments`, `invoice` does not cover `invoice:edit`, and `invoice:*` does not
/// cover `invoice`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    // INVARIANT: valid in the language; in the dialect `shiro` trimmed and in lower case.
    text: Box<str>,
    language: Language,
}

impl Pattern {
    /// Checks a pattern in the default language.
    ///
    /// # Errors
    /// See [`Pattern::parse_in`].
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::parse_in(text, Language::default())
    }

    /// Checks a pattern.
    ///
    /// # Errors
    /// When the text is not a name ([`crate::PermissionError`]), has a `*` that is not a whole
    /// segment (in the dialect `segments`), or a part without a word (in the dialect `shiro`).
    pub fn parse_in(text: &str, language: Language) -> Result<Self, PatternError> {
        let separator = language.separator.character();
        let text = match language.dialect {
            Dialect::Shiro if SHIRO => Cow::Owned(shiro::fold(text, separator)),
            _ => Cow::Borrowed(text),
        };
        check_name(&text).map_err(PatternError::Name)?;
        match language.dialect {
            Dialect::Segments => segments::check_stars(&text, separator)?,
            Dialect::Shiro if SHIRO => shiro::check_parts(&text, separator)?,
            Dialect::Shiro | Dialect::Exact => {}
        }
        Ok(Self { text: text.into(), language })
    }

    /// The pattern as it was written; in the dialect `shiro` in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The language of the pattern.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the pattern covers only the permission of its own name.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match self.language.dialect {
            Dialect::Segments => !has(&self.text, '*'),
            Dialect::Shiro => false,
            Dialect::Exact => true,
        }
    }

    /// Whether the pattern covers a permission.
    #[must_use]
    pub fn covers(&self, permission: &Permission) -> bool {
        Self::parse_in(permission.as_str(), self.language).is_ok_and(|name| self.includes(&name))
    }

    /// Whether the pattern covers every permission that `other`, of the same language, covers.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        let separator = self.language.separator.character();
        match self.language.dialect {
            Dialect::Segments => segments::covers(&self.text, &other.text, separator),
            Dialect::Shiro if SHIRO => shiro::covers(&self.text, &other.text, separator),
            Dialect::Shiro | Dialect::Exact => self.text == other.text,
        }
    }

    /// Whether both patterns, of the same language, cover a common permission.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let separator = self.language.separator.character();
        match self.language.dialect {
            Dialect::Segments => segments::overlaps(&self.text, &other.text, separator),
            Dialect::Shiro if SHIRO => shiro::overlaps(&self.text, &other.text, separator),
            Dialect::Shiro | Dialect::Exact => self.text == other.text,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
