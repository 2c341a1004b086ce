//! Why a JSON value is no permission document: the path to the place, and what stands there.

use alloc::string::{String, ToString};
use core::fmt;

use crate::json::{JsonError, Value};
use crate::pattern::PatternError;
use crate::resource::ResourceError;

/// A permission document, or a claim of a token, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// Where: `permissions[3]`; empty for the document itself.
    pub path: String,
    /// What is wrong there.
    pub kind: DocumentErrorKind,
}

/// What can be wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentErrorKind {
    /// The text is not JSON.
    Json(JsonError),
    /// The text is a page, not JSON: the endpoint fell through to the application's HTML.
    Html,
    /// One type stands where another is needed.
    WrongType {
        /// What is needed.
        needed: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// None of the keys that hold permissions is there.
    NoPermissions,
    /// The claim that was to be read is not in the token.
    AbsentClaim,
    /// A permission pattern is none.
    Pattern(PatternError),
    /// A resource pattern is none.
    Resource(ResourceError),
    /// An effect other than `allow` or `deny`.
    UnknownEffect,
}

impl DocumentError {
    pub(super) fn new(path: &Path<'_>, kind: DocumentErrorKind) -> Self {
        Self { path: path.to_string(), kind }
    }

    pub(super) fn wrong_type(path: &Path<'_>, needed: &'static str, found: &Value) -> Self {
        Self::new(path, DocumentErrorKind::WrongType { needed, found: found.kind() })
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use DocumentErrorKind as Kind;
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        match &self.kind {
            Kind::Json(error) => error.fmt(f),
            Kind::Html => f.write_str(
                "the answer is an HTML page, not JSON; check the endpoint's address and that the server does not fall back to index.html there",
            ),
            Kind::WrongType { needed, found } => write!(f, "{needed} is needed, not {found}"),
            Kind::NoPermissions => f.write_str(
                "the document holds none of `permissions`, `grants`; send an empty `permissions` if nothing is granted",
            ),
            Kind::AbsentClaim => f.write_str(
                "the token has no such claim; name the one that holds the permissions in the option `claims`",
            ),
            Kind::Pattern(error) => error.fmt(f),
            Kind::Resource(error) => error.fmt(f),
            Kind::UnknownEffect => f.write_str("the effect is neither `allow` nor `deny`"),
        }
    }
}

impl core::error::Error for DocumentError {}

/// Where in a document something stands; made into text only when an error needs it.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
