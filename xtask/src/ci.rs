//! `test`, and what only continuous integration needs.

use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{cargo, command};
use crate::test;
use std::collections::BTreeSet;

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    crate::no_more(arguments)?;
    let before = untracked()?;
    let mut steps = test::suite();
    if paths::in_root("fuzz/Cargo.toml").is_file() {
        steps.push(test::step("fuzz", "the fuzz targets compile", fuzz_targets));
    }
    steps.push(test::step("locks", "lock files are as committed", lock_files));
    steps
        .push(test::step("leftovers", "the suite left nothing behind", move || leftovers(&before)));
    test::run_steps(&steps, false)
}

fn fuzz_targets() -> Result<String> {
    cargo()
        .words("check --manifest-path fuzz/Cargo.toml --bins")
        .without_env("CARGO_TARGET_DIR")
        .advice("the fuzz targets no longer fit the code: mend them in fuzz/")
        .run()?;
    Ok(String::new())
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
