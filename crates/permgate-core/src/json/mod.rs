//! A small strict JSON reader and writer (RFC 8259), the same in the browser and on the server.
//!
//! Unlike `JSON.parse` it refuses duplicate keys, which two readers may understand differently
//! (RFC 8259 §4), and it is bounded in bytes and depth.

mod error;
mod limits;
mod reader;
mod value;
mod writer;

pub use error::{JsonError, JsonErrorKind};
pub use limits::{MAX_BYTES, MAX_DEPTH};
pub use value::{Number, Value};
pub use writer::Writer;

#[cfg(test)]
mod tests;
