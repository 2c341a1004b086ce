//! The part of permgate that decides: what a permission is, what a set grants, and how long a set
//! may be used.
//!
//! The crate is `no_std` with `alloc` and has no IO, no clock and no randomness. The code that
//! embeds it passes the time ([`session::Now`]) and events ([`session::Event`]), and performs the
//! effects that it returns ([`session::Effect`]). The same code decides in the browser, on the
//! server and in tests.
#![no_std]

extern crate alloc;
// The tests include a file that refers to this crate by its name.
#[cfg(test)]
extern crate self as permgate_core;

mod base64url;
pub mod catalogue;
pub mod decision;
pub mod grant;
mod index;
pub mod json;
pub mod language;
mod order;
mod parts;
pub mod pattern;
pub mod permission;
pub mod requirement;
pub mod resource;
pub mod session;
pub mod set;
mod text;
mod time;
pub mod wire;
mod words;

pub use catalogue::{Catalogue, CatalogueError};
pub use decision::{Decision, Outcome, Reason};
pub use grant::{Effect, Grant};
pub use language::{Dialect, Language, Separator};
pub use pattern::{Pattern, PatternError};
pub use permission::{Permission, PermissionError};
pub use requirement::{Requirement, RequirementError};
pub use resource::{Resource, ResourceError, ResourcePattern};
pub use set::PermissionSet;
