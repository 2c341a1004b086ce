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
    /// The claim that was to be read is not in the token.
    AbsentClaim,
    /// A permission pattern is none.
    Pattern(PatternError),
    /// A resource pattern is none.
    Resource(ResourceError),
    /// A word that is none of those there are.
    UnknownWord {
        /// Those there are.
        words: &'static str,
    },
    /// A key that no option has.
    UnknownOption,
    /// Flags without the names of the bits.
    NoFlags,
    /// A member of a grant that may narrow it, and is not known.
    UnknownCondition,
    /// A key that is not `denied`, but means it.
    MeansDenied,
    /// A number so large that whoever wrote it may have lost bits.
    LostBits,
    /// A preset of a name that there is not.
    UnknownPreset,
    /// A path that is neither an array of keys nor a JSON Pointer (RFC 6901).
    BadPointer,
    /// The claim is one that users edit themselves.
    UserEditable,
    /// The provider left the claim out of the token, since it was too long.
    LeftOut,
    /// The claim is told for each tenant, and no tenant is set.
    NoTenant,
    /// A packed set is of a catalogue that is not known.
    UnknownCatalogue {
        /// The id that was asked for.
        asked: String,
        /// The id of the catalogue that is known.
        held: Option<String>,
    },
    /// A catalogue is none, or bits are not of it.
    Catalogue(CatalogueError),
    /// More than [`super::MAX_GRANTS`] grants.
    TooManyGrants,
    /// More than [`super::MAX_MEMBERS`] roles, groups or scopes.
    TooManyMembers,
}

impl DocumentError {
    #[cold]
    pub(crate) fn new(path: &Path<'_>, kind: DocumentErrorKind) -> Self {
        Self::at(path.to_string(), kind)
    }

    #[cold]
    pub(super) fn at(path: String, kind: DocumentErrorKind) -> Self {
        Self(Box::new(Details { path, kind }))
    }

    /// Reads a text that must be JSON.
    pub(crate) fn json(text: &str) -> Result<Value, Self> {
        Value::parse(text).map_err(|error| {
            let html =
                error.kind == JsonErrorKind::Unexpected && text.trim_start().starts_with('<');
            Self::new(
                &Path::Root,
                if html { DocumentErrorKind::Html } else { DocumentErrorKind::Json(error) },
            )
        })
    }

    #[cold]
    pub(crate) fn wrong_type(path: &Path<'_>, needed: &'static str, found: &Value) -> Self {
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
                "the document holds none of `permissions`, `grants`, `packed`; send an empty `permissions` if nothing is granted",
            ),
            Kind::AbsentClaim => f.write_str(
                "the token has no such claim; name the right one in the option `claims`, or say `absentIsEmpty: true` there if the provider leaves it out for users who have none",
            ),
            Kind::Pattern(error) => error.fmt(f),
            Kind::Resource(error) => error.fmt(f),
            Kind::UnknownWord { words } => write!(f, "one of {words} is needed"),
            Kind::UnknownOption => f.write_str("there is no such option; is it spelled right?"),
            Kind::UnknownCondition => f.write_str(
                "a grant has `permission`, `resource` and `effect`; what else may narrow it cannot be kept, so leave the grant out or the member",
            ),
            Kind::NoFlags => f.write_str("name the bits, from the least significant"),
            Kind::MeansDenied => f.write_str("the key of what is denied is `denied`"),
            Kind::LostBits => f.write_str(
                "a number above 2^53 has lost bits in most programs; send it as a string of decimal digits",
            ),
            Kind::UnknownPreset => f.write_str(
                "there is no such preset; docs/guide/sources.md lists them, and a rule with a `path` reads any claim",
            ),
            Kind::BadPointer => f.write_str(
                "a path is an array of keys or a JSON Pointer such as `/realm_access/roles`",
            ),
            Kind::UserEditable => f.write_str(
                "users edit this claim themselves; read permissions from one that they cannot, such as `app_metadata`",
            ),
            Kind::LeftOut => f.write_str(
                "the provider left this claim out, since it was too long; have it limited to what the application needs, or use the option `endpoint`",
            ),
            Kind::NoTenant => f.write_str("this claim is told for each tenant; set one with `setTenant`"),
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
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
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
