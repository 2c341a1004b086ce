//! The matrix: applications of many stacks, in development and production, and the table of their
//! results in `docs/compatibility.md`.

use crate::count;
use crate::dist;
use crate::error::Result;
use crate::npm;
use crate::paths;
use crate::test::package_suite;

/// The stacks that continuous integration runs: the fastest of each kind.
const BRIEFLY: [&str; 5] = ["vite8", "react", "vitest-jsdom", "vitest-happy-dom", "jest"];

#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    list: bool,
    only: Vec<String>,
}

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    let options = parse(arguments)?;
    if options.list {
        return npm::node()
            .folder(paths::in_root("pkg-tests"))
            .words("stacks/run.mjs --list")
            .advice("the message above names the stack that could not be read")
            .run();
    }
    println!("== package");
    dist::build()?;
    println!("== stacks");
    package_suite("stacks")?
        .words("-- --table")
        .words(&options.only.join(" "))
        .advice("docs/compatibility.md lists the checks that failed, and target/stacks/report.json has their errors")
        .run()?;
    println!("\nthe table in docs/compatibility.md now has the results of this run");
    Ok(())
}

/// The stacks that continuous integration runs; the package has been built. Returns how many checks
/// passed.
pub(crate) fn briefly() -> Result<String> {
    let output = package_suite("stacks")?
        .arg("--")
        .words(&BRIEFLY.join(" "))
        .advice("`cargo xtask matrix --only NAME` repeats one stack, and updates the table")
        .tee()?;
    count::required(&output)
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    use lexopt::prelude::{Long, ValueExt as _};
    let mut options = Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("list") => options.list = true,
            Long("only") => options.only.push(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests;
