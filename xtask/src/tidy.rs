//! The rules of this repository that a program can check, applied to all tracked and new files.

use crate::arguments;
use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::command;
use std::fs;

mod circles;
mod documents;
mod rules;

/// Documents that every checkout must have.
const DOCUMENTS: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    ".ci/run",
];

/// Commands that the README must name.
const README_COMMANDS: [&str; 2] = ["cargo xtask demo", "cargo xtask test"];

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    arguments::no_more(arguments)?;
    println!("{}: no rule is broken", check()?);
    Ok(())
}

/// Checks all files; returns their number.
pub(crate) fn check() -> Result<String> {
    let list = command("git").words("ls-files -z -co --exclude-standard").text()?;
    let mut complaints = required_documents();
    let mut files = circles::Files::new();
    let mut count = 0_usize;
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // Skips deleted files that are not committed yet, links, and folders of other repositories.
        let Ok(content) = fs::read(paths::in_root(path)) else { continue };
        count += 1;
        if let Ok(text) = String::from_utf8(content) {
            let findings = rules::check(path, &text).into_iter();
            let findings = findings.chain(documents::check(path, &text, tracked));
            complaints.extend(findings.map(|finding| finding.located(path)));
            files.insert(path.to_owned(), text);
        }
    }
    complaints.extend(circles::check(&files));
    if complaints.is_empty() {
        return Ok(format!("{count} files"));
    }
    for complaint in &complaints {
        println!("  {complaint}");
    }
    Err(TaskError::new(format!("{} places break a rule of the repository", complaints.len()))
        .advice(
            "each line above names a place and the correction; the rules are in CONTRIBUTING.md",
        ))
}

/// The text of a file of the repository; empty for a folder and for a binary file.
fn tracked(path: &str) -> Option<String> {
    let path = paths::in_root(path);
    path.exists().then(|| fs::read_to_string(path).unwrap_or_default())
}

/// Complaints about required documents that are missing.
fn required_documents() -> Vec<String> {
    let mut complaints: Vec<String> = DOCUMENTS
        .iter()
        .filter(|path| !paths::in_root(path).is_file())
        .map(|path| format!("{path}: is missing: write it"))
        .collect();
    if let Ok(readme) = fs::read_to_string(paths::in_root("README.md")) {
        complaints.extend(
            README_COMMANDS
                .iter()
                .filter(|line| !readme.contains(**line))
                .map(|line| format!("README.md: does not name `{line}`: say how to run it")),
        );
    }
    complaints
}
