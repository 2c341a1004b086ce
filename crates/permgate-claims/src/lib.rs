//! Reads the claims of identity providers' tokens into the types of the core.
//!
//! The core asks for this ([`permgate_core::session::Effect::ReadClaims`]) and gets the result
//! ([`permgate_core::session::Event::ClaimsRead`]); [`read`] does the reading. Rules
//! ([`ClaimRule`]), which the option `claims` contains or names, say where in a token to read.
#![no_std]

extern crate alloc;

mod error;
mod names;
mod presets;
mod reader;
mod rule;
mod rules;

pub use error::ClaimErrorKind;
pub use reader::{read, read_token};
pub use rule::{ClaimRule, ClaimShape, ClaimTarget, Split};
pub use rules::of_options;

#[cfg(test)]
mod tests;
