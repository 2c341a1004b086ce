//! Requirements: what an element or a call asks for, as text and as a tree.

mod error;
mod lexer;
mod limits;
mod parser;
mod tree;

pub use error::{RequirementError, RequirementErrorKind};
pub use limits::{MAX_ATOMS, MAX_DEPTH, MAX_REQUIREMENT_BYTES};
pub use tree::{Atom, Kind, Node, Requirement};

#[cfg(test)]
mod tests;
