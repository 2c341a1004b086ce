//! The checks of the fuzz targets, one module for each: they check properties, not only panics.
//!
//! Inputs are texts that people can read and write: the first letters select options (`0` is always
//! the first choice), and lines follow. So every seed and every finding can be read directly.

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
