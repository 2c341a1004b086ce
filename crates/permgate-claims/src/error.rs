//! What can be wrong with a claim, or with the rule for it, and with nothing else.

use alloc::string::String;

use permgate_core::json::Value;
use permgate_core::wire::{DocumentError, DocumentErrorKind, Path};

/// What can be wrong with a claim or a rule; each has a sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimErrorKind {
    /// The claim that was to be read is not in the token.
    AbsentClaim,
    /// Flags without the names of the bits.
    NoFlags,
    /// A number so large that the program that wrote it may have lost bits.
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
}

impl ClaimErrorKind {
    /// What is wrong, and what to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AbsentClaim => {
                "the token has no such claim; name the right one in the option `claims`, or say `absentIsEmpty: true` there if the provider leaves it out for users who have none"
            }
            Self::NoFlags => "name the bits, from the least significant",
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
                "users edit this claim themselves; read permissions from one that they cannot, such as `app_metadata`"
            }
            Self::LeftOut => {
                "the provider left this claim out, since it was too long; have it limited to what the application needs, or use the option `endpoint`"
            }
            Self::NoTenant => "this claim is told for each tenant; set one with `setTenant`",
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
