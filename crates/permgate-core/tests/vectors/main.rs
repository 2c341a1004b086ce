//! The vectors of `tests/vectors/*.json`, which every build of the core must satisfy; this test uses
//! the native build.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod decisions;
mod documents;
mod file;
mod packed;
mod requirements;
mod shiro;
mod tokens;
