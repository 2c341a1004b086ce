//! What the fuzz targets check, one module each: properties, not only that nothing panics.
//!
//! Inputs are texts that people can read and write: first letters that choose (`0` is the first
//! choice everywhere), then lines. So every seed and every finding can be read as it is.

mod input;
mod naive;

pub mod challenge;
pub mod document;
pub mod event_stream;
pub mod grant_pattern;
pub mod json;
pub mod length;
pub mod options;
pub mod packed_set;
pub mod push_message;
pub mod requirement;
pub mod session;
pub mod token;
