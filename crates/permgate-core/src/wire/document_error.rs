//! Why a JSON value is not a permission document: the path, and the error there.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;
use core::ops::Deref;

use crate::catalogue::CatalogueError;
use crate::json::{JsonError, JsonErrorKind, Value};
use crate::parts::CATALOGUE;
use crate::pattern::PatternError;
use crate::resource::ResourceError;

/// A permission document, a claim of a token or an option that could not be read.
///
/// It is as small as a pointer, since every function that reads returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError(Box<Details>);

/// The path of the error, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The path, such as `permissions[3]`; empty for the document itself.
    pub path: String,
    /// What is wrong there.
    pub kind: DocumentErrorKind,
}

impl Deref for DocumentError {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

/// The kinds of errors of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentErrorKind {
    /// The text is not JSON.
    Json(JsonError),
    /// The text is a page, not JSON: the endpoint fell through to the application's HTML.
    Html,
    /// A value has the wrong type.
    WrongType {
        /// The type that is needed.
        needed: &'static str,
        /// The type of the value.
        found: &'static str,
    },
    /// The document has none of the keys for permissions.
    NoPermissions,
    /// A claim of a token, or its rule, is wrong; with the message.
    Claim(&'static str),
    /// A permission pattern is malformed.
    Pattern(PatternError),
    /// A resource pattern is malformed.
    Resource(ResourceError),
    /// A word is not in the list of allowed words.
    UnknownWord {
        /// The allowed words.
        words: &'static str,
    },
    /// An unknown option.
    UnknownOption,
    /// An unknown member of a grant, which may be a condition.
    UnknownCondition,
    /// A key such as `deny` in place of `denied`.
    MeansDenied,
    /// A packed set belongs to an unknown catalogue.
    UnknownCatalogue {
        /// The id of the needed catalogue.
        packed_with: String,
        /// The id of the known catalogue.
        held: Option<String>,
    },
    /// A catalogue is malformed, or bits do not belong to it.
    Catalogue(CatalogueError),
    /// More than [`super::MAX_GRANTS`] grants.
    TooManyGrants,
    /// More than [`super::MAX_MEMBERS`] roles, groups or scopes.
    TooManyMembers,
}

impl DocumentError {
    /// An error at a path.
    #[cold]
    #[must_use]
    pub fn new(path: &Path<'_>, kind: DocumentErrorKind) -> Self {
        Self::at(path.to_string(), kind)
    }

    /// An error at a path that is already text.
    #[cold]
    #[must_use]
    pub fn at(path: String, kind: DocumentErrorKind) -> Self {
        Self(Box::new(Details { path, kind }))
    }

    /// Reads a text that must be JSON.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn json(text: &str) -> Result<Value, Self> {
        Value::parse(text).map_err(|error| {
            let html =
                error.kind == JsonErrorKind::Unexpected && text.trim_ascii_start().starts_with('<');
            Self::new(
                &Path::Root,
                if html { DocumentErrorKind::Html } else { DocumentErrorKind::Json(error) },
            )
        })
    }

    /// An error about the type of a value.
    #[cold]
    #[must_use]
    pub fn wrong_type(path: &Path<'_>, needed: &'static str, found: &Value) -> Self {
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
                "the document has none of `permissions`, `grants`, `packed` at its top; send an empty `permissions` if nothing is granted, or name another layout in the option `format`",
            ),
            Kind::Claim(sentence) => f.write_str(sentence),
            Kind::Pattern(error) => error.fmt(f),
            Kind::Resource(error) => error.fmt(f),
            Kind::UnknownWord { words } => write!(f, "use one of {words}"),
            Kind::UnknownOption => f.write_str("there is no such option; is it spelled right?"),
            Kind::UnknownCondition => f.write_str(
                "a grant has only `permission`, `resource` and `effect`; leave out this member, or the whole grant",
            ),
            Kind::MeansDenied => f.write_str("write denials under the key `denied`"),
            Kind::UnknownCatalogue { packed_with, held: None } => write!(
                f,
                "the set was packed with the catalogue `{packed_with}`; pass that in the option `catalogue`"
            ),
            Kind::UnknownCatalogue { packed_with, held: Some(held) } if CATALOGUE => write!(
                f,
                "the set was packed with the catalogue `{packed_with}`, but the option `catalogue` is `{held}`; use the same for both"
            ),
            Kind::Catalogue(error) if CATALOGUE => error.fmt(f),
            // Errors of parts that this build does not have.
            Kind::UnknownCatalogue { .. } | Kind::Catalogue(_) => Ok(()),
            Kind::TooManyMembers => f.write_str(
                "there are more than 16384 roles, groups or scopes; send those that the application asks for",
            ),
            Kind::TooManyGrants => f.write_str("there are more than 262144 grants; use `*` in some of them"),
        }
    }
}

impl core::error::Error for DocumentError {}

/// A path in a document; made into text only for an error.
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The document itself.
    Root,
    /// A member of an object.
    Key(&'a Path<'a>, &'a str),
    /// An item of an array.
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
