//! What is generated: a set as the test means it, and requirements as trees.

use serde_json::Value;

/// What a grant stands for beside its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Segments,
    Shiro,
    Exact,
}

/// A grant, as the test means it.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) permission: String,
    pub(crate) resource: Option<String>,
    pub(crate) allows: bool,
}

/// A permission set: how it is written, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) dialect: Dialect,
    pub(crate) separator: char,
    /// The options of an instance, as `createPermissions` takes them.
    pub(crate) options: Value,
    pub(crate) document: Value,
    pub(crate) catalogue: Option<Vec<String>>,
    /// All of them: of lists, of packed sets, of what roles stand for.
    pub(crate) grants: Vec<Grant>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) scopes: Option<Vec<String>>,
}

/// A requirement.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Permission(String),
    Role(String),
    Group(String),
    Scope(String),
    Not(Box<Asked>),
    All(Vec<Asked>),
    Any(Vec<Asked>),
}

/// What is known of a requirement.
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
