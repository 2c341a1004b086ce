//! Why a text is not a requirement, where, and what to write instead.

use core::fmt;

use crate::pattern::PatternError;

/// A requirement that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementError {
    /// What is wrong.
    pub kind: RequirementErrorKind,
    /// The byte of UTF-8 at which it is wrong, counted from the start of the text.
    pub position: usize,
}

/// What can be wrong with a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequirementErrorKind {
    /// The text is longer than [`super::MAX_REQUIREMENT_BYTES`].
    TooLong,
    /// Parentheses and negations are nested deeper than [`super::MAX_DEPTH`].
    TooDeep,
    /// More than [`super::MAX_ATOMS`] permissions, roles, groups and scopes are named.
    TooMany,
    /// A name or `(` is missing here.
    MissingName,
    /// Two names are side by side. Other languages read that as all of them, or as any of them;
    /// here it is an error.
    MissingOperator,
    /// A `(` is not closed.
    MissingClose,
    /// A `)` closes nothing.
    UnexpectedClose,
    /// A `"` is not closed.
    UnclosedQuote,
    /// A `\` in quotes is not before `"` or `\`.
    UnknownEscape,
    /// A name other than `role`, `group` or `scope` is directly before `(`.
    UnknownForm,
    /// A name is malformed.
    Name(PatternError),
}

impl fmt::Display for RequirementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use RequirementErrorKind as Kind;
        f.write_str(match &self.kind {
            Kind::Name(error) => return error.fmt(f),
            Kind::TooLong => "the requirement is longer than 4096 bytes; shorten it",
            Kind::TooDeep => "the requirement is nested deeper than 32 levels; flatten it",
            Kind::TooMany => {
                "more than 256 names stand in one requirement; use `*` or a role for a part of them"
            }
            Kind::MissingName => "a permission name is missing; write one such as `invoice:edit`",
            Kind::MissingOperator => {
                "two names stand side by side; write `&` between them if both are needed, `|` if one is enough"
            }
            Kind::MissingClose => "a `(` is not closed; add `)`",
            Kind::UnexpectedClose => "a `)` closes nothing; remove it or add `(`",
            Kind::UnclosedQuote => "a `\"` is not closed; add one after the name",
            Kind::UnknownEscape => "in quotes only `\\\"` and `\\\\` are escapes",
            Kind::UnknownForm => {
                "only `role(…)`, `group(…)` and `scope(…)` are written with parentheses; put `&` or `|` before `(`"
            }
        })
    }
}

impl core::error::Error for RequirementError {}
