//! `test`, and what only continuous integration needs.

use crate::arguments;
use crate::deny;
use crate::error::{Result, TaskError};
use crate::fuzz;
use crate::matrix;
use crate::redis;
use crate::shell::command;
use crate::test;
use std::collections::BTreeSet;

/// How many random questions the differential test asks: enough for every change, and soon over.
const QUESTIONS: u32 = 150_000;

/// How many seeds the simulation lives through: some 5 000 hours of virtual time in seconds.
const SEEDS: u32 = 5_000;

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    arguments::no_more(arguments)?;
    let before = untracked()?;
    let mut steps = test::suite(QUESTIONS, SEEDS);
    steps.push(test::step(
        "deny",
        "licences, banned crates and sources of what is linked",
        deny::briefly,
    ));
    steps.push(test::step(
        "stacks",
        "the fastest applications of the matrix, in development and production",
        matrix::briefly,
    ));
    steps.push(test::step("nodes", "several nodes of a back end on a server of Redis", nodes));
    steps.push(test::step("fuzz-lints", "cargo fmt and clippy on the fuzz targets", fuzz::lints));
    steps.push(test::step("fuzz", "every fuzz target, for some seconds", fuzz::briefly));
    steps.push(test::step("locks", "lock files are as committed", lock_files));
    steps
        .push(test::step("leftovers", "the suite left nothing behind", move || leftovers(&before)));
    test::run_steps(&steps, false)
}

/// What `permgate/backend` does over Redis, with the server and connections that fail.
fn nodes() -> Result<String> {
    let suite = test::package_suite("nodes")?.env("REDIS_SERVER", redis::server()?);
    test::counted(suite)
}

/// Nothing that ran may have had to change a lock file.
fn lock_files() -> Result<String> {
    command("git")
        .words("diff --exit-code --stat -- *Cargo.lock *package-lock.json")
        .advice("the lock files are not those that are committed: commit them")
        .run()?;
    Ok(String::new())
}

/// What the suite generates is ignored by git; anything else is new among the untracked files.
fn leftovers(before: &BTreeSet<String>) -> Result<String> {
    let after = untracked()?;
    let new: Vec<&str> = after.difference(before).map(String::as_str).collect();
    if new.is_empty() {
        return Ok(String::new());
    }
    Err(TaskError::new(format!("the suite left files behind: {}", new.join(", ")))
        .advice("generate them below target/, or name them in .gitignore"))
}

fn untracked() -> Result<BTreeSet<String>> {
    let list = command("git").words("ls-files --others --exclude-standard").text()?;
    Ok(list.lines().map(str::to_owned).collect())
}
