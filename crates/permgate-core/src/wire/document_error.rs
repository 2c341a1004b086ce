//! Why a JSON value is no permission document: the path to the place, and what stands there.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;
use core::ops::Deref;

use crate::catalogue::CatalogueError;
use crate::json::{JsonError, JsonErrorKind, Value};
use crate::pattern::PatternError;
use crate::resource::ResourceError;

/// A permission document, a claim of a token or an option that could not be read.
///
/// One pointer wide: it travels through every function that reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError(Box<Details>);

/// Where a document could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Where: `permissions[3]`; empty for the document itself.
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
    /// A claim of a token, or the rule for it, is not as it should be; with the sentence.
    Claim(&'static str),
    /// A permission pattern is malformed.
    Pattern(PatternError),
    /// A resource pattern is malformed.
    Resource(ResourceError),
    /// A word is not in the list of allowed words.
    UnknownWord {
        /// Those there are.
        words: &'static str,
    },
    /// A key that no option has.
    UnknownOption,
    /// A member of a grant that may narrow it, and is not known.
    UnknownCondition,
    /// A key that is not `denied`, but means it.
    MeansDenied,
    /// A packed set is of a catalogue that is not known.
    UnknownCatalogue {
        /// The id that was asked for.
        asked: String,
        /// The id of the catalogue that is known.
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
    /// An error at a place.
    #[cold]
    #[must_use]
    pub fn new(path: &Path<'_>, kind: DocumentErrorKind) -> Self {
        Self::at(path.to_string(), kind)
    }

    /// An error at a place that is written already.
    #[cold]
    #[must_use]
    pub fn at(path: String, kind: DocumentErrorKind) -> Self {
        Self(Box::new(Details { path, kind }))
    }

    /// Reads a text that must be JSON.
    ///
    /// # Errors
    /// When it is not.
    pub fn json(text: &str) -> Result<Value, Self> {
        Value::parse(text).map_err(|error| {
            let html =
                error.kind == JsonErrorKind::Unexpected && text.trim_start().starts_with('<');
            Self::new(
                &Path::Root,
                if html { DocumentErrorKind::Html } else { DocumentErrorKind::Json(error) },
            )
        })
    }

    /// Another type stands where one is needed.
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
            Kind::UnknownWord { words } => write!(f, "one of {words} is needed"),
            Kind::UnknownOption => f.write_str("there is no such option; is it spelled right?"),
            Kind::UnknownCondition => f.write_str(
                "a grant has `permission`, `resource` and `effect`; a condition cannot be kept, so leave out this member, or the grant",
            ),
            Kind::MeansDenied => f.write_str("the key of what is denied is `denied`"),
            Kind::UnknownCatalogue { asked, held: None } => write!(
                f,
                "the set is packed by the catalogue `{asked}`, and there is none; give it in the option `catalogue`"
            ),
            Kind::UnknownCatalogue { asked, held: Some(held) } => write!(
                f,
                "the set is packed by the catalogue `{asked}`, but the option `catalogue` gave `{held}`; give the same to both"
            ),
            Kind::Catalogue(error) => error.fmt(f),
            Kind::TooManyMembers => f.write_str(
                "there are more than 16384 roles, groups or scopes; send those that the application asks for",
            ),
            Kind::TooManyGrants => f.write_str("there are more than 262144 grants; use `*` in some of them"),
        }
    }
}

impl core::error::Error for DocumentError {}

/// Where in a document something stands; made into text only when an error needs it.
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
