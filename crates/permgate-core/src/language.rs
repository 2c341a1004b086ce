//! The language of permission names: the separator of segments, and the patterns that a
//! grant may use.

use crate::parts::SHIRO;

/// The permissions that a grant covers beside its own name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// `*` covers exactly one segment, as the last segment one or more; alone it covers everything.
    #[default]
    Segments,
    /// Apache Shiro's `WildcardPermission`: lists with commas, missing trailing parts are covered,
    /// upper and lower case are the same.
    Shiro,
    /// No wildcards: `*` is a character like any other.
    Exact,
}

impl Dialect {
    /// The dialect with this name in the options: `segments`, `shiro` or `exact`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "segments" => Some(Self::Segments),
            "shiro" if SHIRO => Some(Self::Shiro),
            "exact" => Some(Self::Exact),
            _ => None,
        }
    }
}

/// The separator of the segments of a permission's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Separator {
    /// `invoice:edit`
    #[default]
    Colon,
    /// `invoice.edit`
    Dot,
    /// `invoice/edit`
    Slash,
}

impl Separator {
    /// The separator as it is written in the options: `:`, `.` or `/`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            ":" => Some(Self::Colon),
            "." => Some(Self::Dot),
            "/" => Some(Self::Slash),
            _ => None,
        }
    }

    /// The character.
    #[must_use]
    pub fn character(self) -> char {
        match self {
            Self::Colon => ':',
            Self::Dot => '.',
            Self::Slash => '/',
        }
    }
}

/// How the names of permissions are written. An instance, and a server, uses one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    /// The permissions that a grant covers beside its own name.
    pub dialect: Dialect,
    /// The separator of segments.
    pub separator: Separator,
}
