//! Why a text is not a permission pattern.

use core::fmt;

use crate::permission::PermissionError;

/// Why a text is not a permission pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// The text is not a name.
    Name(PermissionError),
    /// A segment has a `*` beside other characters.
    PartialWildcard,
    /// In the dialect `shiro`: the text consists only of separators, or a part only of commas.
    OnlyDividers,
    /// In the dialect `shiro`: a name is joined from parts, and a part is a list or blank.
    NotOneWord,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name(error) => return error.fmt(f),
            Self::PartialWildcard => {
                "`*` must stand for a whole segment; write `invoice:*` instead of `inv*`"
            }
            Self::NotOneWord => {
                "a part of a name is blank, or holds `,` or the separator; in this dialect it must be one word"
            }
            Self::OnlyDividers => {
                "there is nothing between the dividers; write a word such as `printer:print,query`"
            }
        })
    }
}

impl core::error::Error for PatternError {}
