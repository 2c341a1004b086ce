//! Helpers for the tests of several crates: a performer of a session's effects, and random numbers.

mod performer;
mod random;

pub use performer::Performer;
pub use random::Random;
