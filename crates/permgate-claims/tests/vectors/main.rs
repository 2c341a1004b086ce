//! The vectors of `tests/vectors/claims.json`: the permissions in the tokens of providers.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod claims;
#[path = "../../../permgate-core/tests/vectors/file.rs"]
#[expect(dead_code, reason = "other vectors use the rest of it")]
mod file;
