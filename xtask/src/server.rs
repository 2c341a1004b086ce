//! Builds the server that the demo runs and the package tests talk to.

use crate::error::Result;
use crate::paths;
use crate::shell::cargo;
use std::path::PathBuf;

/// Builds `permgate-server` and returns the program.
///
/// The development profile: it optimises the password hashing, and builds several times faster.
pub(crate) fn build() -> Result<PathBuf> {
    cargo()
        .words("build --package permgate-server --bin permgate-server --locked")
        .advice("the compiler's message above gives the reason")
        .run()?;
    Ok(paths::target().join(format!("debug/permgate-server{}", std::env::consts::EXE_SUFFIX)))
}
