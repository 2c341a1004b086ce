//! The vectors of `tests/vectors/claims.json`: what is read out of the tokens of providers.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod claims;
#[path = "../../../permgate-core/tests/vectors/file.rs"]
#[expect(dead_code, reason = "other vectors use the rest of it")]
mod file;
