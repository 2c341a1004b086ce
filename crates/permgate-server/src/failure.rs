//! The error with which the program ends, in one line.

/// The error that the program prints before it ends.
pub(crate) type Failure = Box<dyn std::error::Error>;
