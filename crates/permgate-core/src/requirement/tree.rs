//! A requirement as a tree, and the text of a tree.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::lexer;
use crate::pattern::Pattern;

/// Permissions joined by `&`, `|`, `!` and parentheses.
///
/// `!` binds tighter than `&`, and `&` tighter than `|`. `&&` and `||` mean the same as `&` and
/// `|`. A name that holds white space or one of `& | ! ( ) "` is written in double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement(pub(super) Node);

impl Requirement {
    /// The tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.0
    }

    /// Calls `look` with every permission, role, group and scope of the requirement.
    pub fn for_each_atom(&self, look: &mut dyn FnMut(&Atom)) {
        fn go(node: &Node, look: &mut dyn FnMut(&Atom)) {
            match node {
                Node::Atom(atom) => look(atom),
                Node::Not(inner) => go(inner, look),
                Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| go(part, look)),
            }
        }
        go(&self.0, look);
    }
}

/// Writes the shortest text that parses to the same tree.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, Binding::Any)
    }
}

/// A part of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// One permission, role, group or scope.
    Atom(Atom),
    /// The opposite.
    Not(alloc::boxed::Box<Node>),
    /// All of at least two parts.
    All(Vec<Node>),
    /// Any of at least two parts.
    Any(Vec<Node>),
}

/// How tightly the surroundings of a node bind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Any,
    All,
    Not,
}

impl Node {
    fn write(&self, f: &mut fmt::Formatter<'_>, around: Binding) -> fmt::Result {
        match self {
            Self::Atom(atom) => fmt::Display::fmt(atom, f),
            Self::Not(inner) => {
                f.write_str("!")?;
                inner.write(f, Binding::Not)
            }
            Self::All(parts) => write_joined(f, parts, " & ", Binding::All, around),
            Self::Any(parts) => write_joined(f, parts, " | ", Binding::Any, around),
        }
    }
}

fn write_joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Node],
    joint: &str,
    own: Binding,
    around: Binding,
) -> fmt::Result {
    // A nested node of the same kind keeps its parentheses, so that the tree stays the same and not
    // only its meaning.
    let inner = if own == Binding::Any { Binding::All } else { Binding::Not };
    let grouped = around > own;
    if grouped {
        f.write_str("(")?;
    }
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(joint)?;
        }
        part.write(f, inner)?;
    }
    if grouped { f.write_str(")") } else { Ok(()) }
}

/// A leaf of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom(pub(super) Kind);

/// The four kinds of leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A permission; with `*`, every permission that the pattern stands for.
    Permission(Pattern),
    /// A role, written `role(admin)`.
    Role(String),
    /// A group, written `group(staff)`.
    Group(String),
    /// A scope, written `scope(profile)`.
    Scope(String),
}

impl Atom {
    /// The kind and name of the leaf.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.0
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (form, name) = match &self.0 {
            Kind::Permission(pattern) => return write_name(f, pattern.as_str()),
            Kind::Role(name) => ("role(", name),
            Kind::Group(name) => ("group(", name),
            Kind::Scope(name) => ("scope(", name),
        };
        f.write_str(form)?;
        write_name(f, name)?;
        f.write_str(")")
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if name.chars().any(lexer::needs_quotes) {
        f.write_str("\"")?;
        for part in name.split_inclusive(['"', '\\']) {
            match part.strip_suffix(['"', '\\']) {
                Some(start) => {
                    f.write_str(start)?;
                    f.write_str(if part.ends_with('"') { "\\\"" } else { "\\\\" })?;
                }
                None => f.write_str(part)?,
            }
        }
        f.write_str("\"")
    } else {
        f.write_str(name)
    }
}
