//! The checks of the fuzz targets, one module each: they check properties, and not only panics.
//!
//! Inputs are texts that people can read and write: first letters that choose (`0` is the first
//! choice everywhere), then lines. So every seed and every finding can be read directly.

mod input;
mod naive;
mod versions;

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
