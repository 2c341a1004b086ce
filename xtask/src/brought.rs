//! The dependencies of `permgate-axum` with default features: few crates, and none that only a
//! server needs.

use std::collections::BTreeSet;

use crate::error::{Result, TaskError};
use crate::shell::cargo;

/// The most distinct lines that `cargo tree` may have for it: an application that mounts the
/// layer must not pay for a second server.
const MOST: usize = 90;

/// Crates that only a server needs: a database, password hashes, minting of tokens.
const FORBIDDEN: [&str; 6] =
    ["argon2", "jsonwebtoken", "libsqlite3-sys", "permgate-server", "rsa", "rusqlite"];

/// Checks the tree; returns the number of crates.
pub(crate) fn check() -> Result<String> {
    let tree = cargo().words("tree --package permgate-axum --edges normal --prefix none --locked");
    let tree = tree.text()?;
    let lines = lines(&tree);
    if let Some(name) = FORBIDDEN.iter().find(|name| brings(&lines, name)) {
        return Err(TaskError::new(format!("permgate-axum depends on `{name}`"))
            .advice("put the dependency behind a feature, or into permgate-server"));
    }
    if lines.len() > MOST {
        let count = lines.len();
        return Err(TaskError::new(format!(
            "permgate-axum depends on {count} crates; {MOST} are allowed"
        ))
        .advice("`cargo tree --package permgate-axum --edges normal` shows which dependency needs each crate"));
    }
    Ok(format!("{} crates", lines.len()))
}

fn lines(tree: &str) -> BTreeSet<&str> {
    tree.lines().filter(|line| !line.is_empty()).collect()
}

fn brings(lines: &BTreeSet<&str>, name: &str) -> bool {
    lines.iter().any(|line| line.split(' ').next() == Some(name))
}

#[cfg(test)]
mod tests;
