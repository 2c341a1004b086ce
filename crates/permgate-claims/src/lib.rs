//! What identity providers write into their tokens, read into the types of the core.
//!
//! The core asks for it ([`permgate_core::session::Effect::ReadClaims`]) and is told
//! ([`permgate_core::session::Event::ClaimsRead`]): [`read`] is what lies between. Where in a token
//! something stands, rules say ([`ClaimRule`]), which the option `claims` holds or names.
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
