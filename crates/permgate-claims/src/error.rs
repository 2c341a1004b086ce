//! The errors of claims and of the rules for them.

use alloc::string::String;

use permgate_core::json::Value;
use permgate_core::wire::{DocumentError, DocumentErrorKind, Path};

/// An error of a claim or a rule; each has a sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimErrorKind {
    /// The token does not have the claim of the rule.
    AbsentClaim,
    /// Flags without the names of the bits.
    NoFlags,
    /// A number so large that the program that wrote it may have lost bits.
    LostBits,
    /// There is no preset of this name.
    UnknownPreset,
    /// A path that is neither an array of keys nor a JSON Pointer (RFC 6901).
    BadPointer,
    /// Users can edit the claim.
    UserEditable,
    /// The provider left the claim out of the token because it was too long.
    LeftOut,
    /// The claim has values per tenant, and no tenant is selected.
    NoTenant,
}

impl ClaimErrorKind {
    /// What is wrong, and what to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AbsentClaim => {
                "the token has no such claim; name the right one in the option `claims`, or set `absentIsEmpty: true` there if users without permissions have no such claim"
            }
            Self::NoFlags => "list the names of the bits, the least significant first",
            Self::LostBits => {
                "a number above 2^53 has lost bits in most programs; send it as a string of decimal digits"
            }
            Self::UnknownPreset => {
                "there is no such preset; docs/guide/sources.md lists them, and a rule with a `path` reads any claim"
            }
            Self::BadPointer => {
                "a path is an array of keys or a JSON Pointer such as `/realm_access/roles`"
            }
            Self::UserEditable => {
                "users can edit this claim; read permissions from one that they cannot edit, such as `app_metadata`"
            }
            Self::LeftOut => {
                "the provider left out this claim because it was too long; shorten it there, or use the option `endpoint`"
            }
            Self::NoTenant => "this claim has values per tenant; select one with `setTenant`",
        }
    }

    pub(crate) fn at(self, path: &Path<'_>) -> DocumentError {
        DocumentError::new(path, self.into())
    }

    pub(crate) fn at_text(self, path: String) -> DocumentError {
        DocumentError::at(path, self.into())
    }
}

impl From<ClaimErrorKind> for DocumentErrorKind {
    fn from(kind: ClaimErrorKind) -> Self {
        Self::Claim(kind.sentence())
    }
}

/// Reads a text within a claim that must be JSON.
pub(crate) fn json(text: &str, path: &Path<'_>) -> Result<Value, DocumentError> {
    Value::parse(text).map_err(|error| DocumentError::new(path, DocumentErrorKind::Json(error)))
}
