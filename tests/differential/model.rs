//! The generated values: a set in the test's own terms, and requirements as trees.

use serde_json::Value;

/// The kind of a grant's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Segments,
    Shiro,
    Exact,
}

/// A grant in the test's own terms.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) permission: String,
    pub(crate) resource: Option<String>,
    pub(crate) allows: bool,
}

/// A permission set: its text, and its meaning.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) dialect: Dialect,
    pub(crate) separator: char,
    /// The options of an instance, as `createPermissions` takes them.
    pub(crate) options: Value,
    pub(crate) document: Value,
    pub(crate) catalogue: Option<Vec<String>>,
    /// All grants: of lists, of packed sets, of roles.
    pub(crate) grants: Vec<Grant>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) scopes: Option<Vec<String>>,
}

/// A requirement.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Permission(String),
    Role(String),
    Group(String),
    Scope(String),
    Not(Box<Question>),
    All(Vec<Question>),
    Any(Vec<Question>),
}

/// The answer to a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Granted,
    Denied,
    Unknown,
}

impl Answer {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}
