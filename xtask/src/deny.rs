//! Checks the licences and sources of all linked crates, and finds duplicate and banned crates.
//!
//! Known vulnerabilities (advisories) are looked up in a database that has to be downloaded from
//! GitHub, so they are checked by a separate command, on machines that reach it: `cargo xtask deny
//! --advisories`.

use crate::error::Result;
use crate::shell::command;
use crate::tools;

/// `cargo xtask deny`.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<()> {
    let mut checks = CHECKS.to_owned();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("advisories") => checks.push_str(" advisories"),
            other => return Err(other.unexpected().into()),
        }
    }
    println!("{}", check(&checks)?);
    Ok(())
}

/// The checks that download nothing but the crates themselves.
const CHECKS: &str = "licenses bans sources";

/// The step of continuous integration.
pub(crate) fn briefly() -> Result<String> {
    check(CHECKS)
}

fn check(checks: &str) -> Result<String> {
    command(tools::cargo_deny()?)
        .words("--workspace --locked --log-level error check --hide-inclusion-graph --show-stats")
        .words(checks)
        .advice("`deny.toml` lists what is allowed, with reasons")
        .run()?;
    Ok(checks.to_owned())
}
