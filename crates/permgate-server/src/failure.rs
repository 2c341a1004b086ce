//! Why the program ends with an error: any error, told in one line.

/// The error that the program prints before it ends.
pub(crate) type Failure = Box<dyn std::error::Error>;
