//! Requirements: what an element or a call asks for, as text and as a tree.

mod error;
mod lexer;
mod parser;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use error::{RequirementError, RequirementErrorKind};

use crate::language::Language;
use crate::pattern::Pattern;

/// The longest requirement in bytes of UTF-8: what a person can read, and what a hostile
/// attribute may cost.
pub const MAX_REQUIREMENT_BYTES: usize = 4096;

/// How deep parentheses and negations may be nested: the evaluation recurses this deep at most.
pub const MAX_DEPTH: usize = 32;

/// How many permissions, roles, groups and scopes may be named: each is looked up, whenever the
/// requirement is decided. The longest lists in the field, of menus, stay below 50.
pub const MAX_ATOMS: usize = 256;

/// Permissions joined by `&`, `|`, `!` and parentheses.
///
/// `!` binds tighter than `&`, and `&` tighter than `|`. `&&` and `||` mean the same as `&` and `|`.
/// A name that holds white space or one of `& | ! ( ) "` is written in double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement(Node);

impl Requirement {
    /// Reads a requirement in the default language.
    ///
    /// # Errors
    /// See [`Requirement::parse_in`].
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        Self::parse_in(text, Language::default())
    }

    /// Reads a requirement.
    ///
    /// # Errors
    /// When the text is empty, too long, nested too deep, of too many parts or not of the grammar;
    /// the error holds the byte at which reading stopped, and says what to write instead.
    pub fn parse_in(text: &str, language: Language) -> Result<Self, RequirementError> {
        parser::parse(text, language).map(Self)
    }

    /// The tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.0
    }

    /// Calls `look` with every permission, role, group and scope that is named.
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
    // A nested node of the same kind keeps its parentheses: the tree is kept, not only its meaning.
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

/// What one leaf of a requirement asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom(Kind);

/// The four things that can be asked for.
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
    /// What is asked for.
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

#[cfg(test)]
mod tests;
