//! What tests of several crates stand on: the performer of a session's effects, and random numbers.

mod performer;
mod random;

pub use performer::Performer;
pub use random::Random;
