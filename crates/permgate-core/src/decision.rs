//! The answer to a question: granted, denied or unknown, and why.

use core::fmt;

use crate::grant::Grant;
use crate::requirement::Atom;
use crate::words::words;

/// The answer to a requirement, in Kleene's strong three-valued logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The requirement is met. Only with this outcome may elements be shown.
    Granted,
    /// The requirement is known not to be met.
    Denied,
    /// The answer is not known.
    Unknown,
}

impl Outcome {
    /// The word used in attributes, JSON and JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

impl core::ops::Not for Outcome {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Granted => Self::Denied,
            Self::Denied => Self::Granted,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// The reason of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// This grant allows it.
    GrantedBy(&'a Grant),
    /// This grant denies it, which overrides every allow.
    DeniedBy(&'a Grant),
    /// The subject is a member of the role, group or scope asked for.
    Member,
    /// No grant allows it.
    NotGranted,
    /// No permission set has been loaded, or the set says nothing about it.
    NotLoaded,
    /// No permission set could be loaded.
    LoadFailed,
    /// The permission set is too old to be used.
    Expired,
    /// Nobody is signed in.
    Unauthenticated,
    /// The requirement or resource could not be read.
    MalformedRequirement,
    /// The catalogue holds no permission of this name.
    UnknownPermission,
    /// The server revoked the permission; the next answer says whether a part of it is left.
    Revoked,
}

impl<'a> Reason<'a> {
    words! {
        /// The stable code of JSON and JavaScript.
        pub fn code, all in CODES {
            Self::GrantedBy(_) => "granted-by",
            Self::DeniedBy(_) => "denied-by",
            Self::Member => "member",
            Self::NotGranted => "not-granted",
            Self::NotLoaded | Self::LoadFailed => "not-loaded",
            Self::Expired => "expired",
            Self::Unauthenticated => "unauthenticated",
            Self::MalformedRequirement => "malformed-requirement",
            Self::UnknownPermission => "unknown-permission",
            Self::Revoked => "revoked",
        }
    }

    /// The grant that decided, if any.
    #[must_use]
    pub fn grant(self) -> Option<&'a Grant> {
        match self {
            Self::GrantedBy(grant) | Self::DeniedBy(grant) => Some(grant),
            _ => None,
        }
    }
}

/// An outcome with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The outcome.
    pub outcome: Outcome,
    /// The reason.
    pub reason: Reason<'a>,
    /// The part of the requirement that decided; none when no part could be asked.
    pub atom: Option<&'a Atom>,
}

impl<'a> Decision<'a> {
    /// A decision made before any part of the requirement was evaluated.
    #[must_use]
    pub fn unknown(reason: Reason<'a>) -> Self {
        Self { outcome: Outcome::Unknown, reason, atom: None }
    }

    /// The decision on a requirement that could not be read: denied, never unknown, since no
    /// later answer can change it.
    #[must_use]
    pub fn malformed() -> Self {
        Self { outcome: Outcome::Denied, reason: Reason::MalformedRequirement, atom: None }
    }

    /// Whether the outcome is `Granted`.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        self.outcome == Outcome::Granted
    }
}

/// One English sentence.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(atom) = self.atom {
            write!(f, "`{atom}` ")?;
        }
        match self.reason {
            Reason::GrantedBy(grant) => write!(f, "is granted by {grant}"),
            Reason::DeniedBy(grant) => write!(f, "is denied by {grant}"),
            Reason::Member => f.write_str("is held"),
            Reason::NotGranted => f.write_str("is not granted"),
            Reason::NotLoaded if self.atom.is_some() => {
                f.write_str("is not reported by the source")
            }
            Reason::NotLoaded => f.write_str("permissions are not loaded yet"),
            Reason::LoadFailed => {
                f.write_str("permissions could not be loaded; the event `error` says why")
            }
            Reason::Expired => f.write_str("permissions have expired and could not be renewed"),
            Reason::Unauthenticated => f.write_str("nobody is signed in"),
            Reason::MalformedRequirement => f.write_str("the requirement cannot be read"),
            Reason::UnknownPermission => {
                f.write_str("is not in the catalogue; is its name spelled right?")
            }
            Reason::Revoked => f.write_str("was revoked; new permissions are being loaded"),
        }
    }
}
