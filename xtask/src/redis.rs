//! The server of Redis for the tests of several nodes: found, or installed where the system's
//! packages can be.

use crate::browsers::{debian, program};
use crate::error::{Result, TaskError};
use std::path::PathBuf;

/// Valkey is the same for the tests.
const NAMES: [&str; 2] = ["redis-server", "valkey-server"];
const ADVICE: &str =
    "install Redis or Valkey, or name the server's program in the variable REDIS_SERVER";

/// Finds the server's program; installs it on Debian and Ubuntu.
pub(crate) fn server() -> Result<PathBuf> {
    let mut found = program::locate("REDIS_SERVER", &NAMES)?;
    if found.is_none() {
        debian::install("a server of Redis", "redis-server", "1 MB", ADVICE)?;
        found = program::locate("REDIS_SERVER", &NAMES)?;
    }
    found.ok_or_else(|| {
        TaskError::new("redis-server is missing after the installation").advice(ADVICE)
    })
}
