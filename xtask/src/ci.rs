//! The steps of `test`, and those that only continuous integration needs.

use crate::deny;
use crate::error::{Result, TaskError};
use crate::fuzz;
use crate::matrix;
use crate::paths;
use crate::redis;
use crate::shell::command;
use crate::test;
use std::collections::BTreeSet;

/// The number of random questions of the differential test: enough to check each change, and fast.
const QUESTIONS: u32 = 150_000;

/// The number of seeds of the simulation: some 5 000 hours of virtual time in seconds.
const SEEDS: u32 = 5_000;

/// The disk space that a run from a clean checkout needs, in GiB: builds, packages of the
/// applications, browsers.
const ROOM_GIB: u64 = 8;

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    let keep_going = keep_going(arguments)?;
    let before = untracked()?;
    let mut steps = vec![test::step("room", "enough disk space for the builds", room)];
    steps.extend(test::suite(QUESTIONS, SEEDS));
    steps.push(test::step(
        "deny",
        "licences, banned crates and sources of all linked crates",
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
    test::run_steps(&steps, keep_going)
}

/// Whether to continue after a failure, to find all failures in one run.
fn keep_going(mut arguments: lexopt::Parser) -> Result<bool> {
    let mut found = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("keep-going") => found = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(found)
}

/// On a full disk, a build fails midway, with the error of the program that wrote last.
fn room() -> Result<String> {
    // POSIX: a line of headings, then 1024-byte blocks, of which the fourth column is free.
    let table = command("df").words("-Pk .").text()?;
    let free = free_gib(&table).ok_or_else(|| TaskError::new("`df -Pk .` prints no free space"))?;
    if free < ROOM_GIB && !is_built() {
        return Err(TaskError::new(format!(
            "{free} GiB are free on this disk, and a run from a clean checkout needs {ROOM_GIB}"
        ))
        .advice("free some space, for example by `cargo clean` in other checkouts"));
    }
    Ok(format!("{free} GiB are free"))
}

/// The free space in the output of `df -Pk`, in GiB, rounded down.
fn free_gib(table: &str) -> Option<u64> {
    let blocks: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(blocks / (1024 * 1024))
}

/// A checkout that has been tested before needs little more.
fn is_built() -> bool {
    paths::target().join("stacks").exists()
}

/// `permgate/backend` over Redis, while the server and connections fail.
fn nodes() -> Result<String> {
    let suite = test::package_suite("nodes")?.env("REDIS_SERVER", redis::server()?);
    test::counted(suite)
}

/// No step may have changed a lock file.
fn lock_files() -> Result<String> {
    command("git")
        .words("diff --exit-code --stat -- *Cargo.lock *package-lock.json")
        .advice("the lock files differ from the committed ones; commit the changed files")
        .run()?;
    Ok(String::new())
}

/// Generated files are ignored by git; other new files are untracked.
fn leftovers(before: &BTreeSet<String>) -> Result<String> {
    let after = untracked()?;
    let new: Vec<&str> = after.difference(before).map(String::as_str).collect();
    if new.is_empty() {
        return Ok(String::new());
    }
    Err(TaskError::new(format!("the suite left files behind: {}", new.join(", ")))
        .advice("write such files below target/, or list them in .gitignore"))
}

fn untracked() -> Result<BTreeSet<String>> {
    let list = command("git").words("ls-files --others --exclude-standard").text()?;
    Ok(list.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
