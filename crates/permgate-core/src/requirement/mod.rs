//! Requirements of elements and calls, as text and as trees.

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
