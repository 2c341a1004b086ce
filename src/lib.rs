//! The browser shell of permgate: performs what the core decides.
//!
//! A call, an answer or a timer → the shell makes an event of it → the session handles the event
//! and returns effects → the shell performs them, with nothing borrowed, so that JavaScript that
//! calls back in finds a consistent state. The TypeScript in `js/` is the only
//! caller; nothing here is meant to be used from JavaScript directly.

mod asks;
mod binding;
pub mod border;
mod clock;
mod decider;
mod dom;
mod engine;
mod host;
mod options;
mod past;
mod shell;
mod snapshot;
#[cfg(feature = "whole")]
mod standalone;
mod transport;

pub use binding::Binding;
pub use dom::Nodes;
pub use engine::Engine;
pub use host::Host;
pub use options::Options;
#[cfg(feature = "whole")]
pub use standalone::{decode_unverified, parse_requirement};

/// Two and a half kilobytes smaller (brotli) than the standard library's allocator.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
