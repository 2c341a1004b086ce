//! Finds a program: by an environment variable, by its usual names, or in its usual places.

use crate::error::{Result, TaskError};
use crate::paths;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The program that a variable names, which must exist, or one of the usual names.
pub(crate) fn locate(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    Ok(named(variable, std::env::var_os(variable))?.or_else(|| paths::on_path(names)))
}

/// The program that a variable names, or the first existing `folder/name`, where one segment of
/// `folder` may be `*`, for a part that depends on the processor.
pub(super) fn locate_in(variable: &str, folders: &[&str], name: &str) -> Result<Option<PathBuf>> {
    let found = || {
        let candidates = folders.iter().flat_map(|folder| matching(folder));
        candidates.map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    Ok(named(variable, std::env::var_os(variable))?.or_else(found))
}

/// The program that a variable of this value names: none if it is unset or empty.
fn named(variable: &str, value: Option<OsString>) -> Result<Option<PathBuf>> {
    match value.filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) if Path::new(&value).is_file() => Ok(Some(value.into())),
        Some(value) => Err(TaskError::new(format!(
            "{variable} names `{}`, which is not a file",
            value.to_string_lossy()
        ))
        .advice(format!("correct the variable {variable}, or unset it"))),
    }
}

/// The folders that match a path with at most one `*`, in a fixed order.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once("*/") else {
        return vec![pattern.into()];
    };
    let entries = fs::read_dir(before).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path().join(after)).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

#[cfg(test)]
mod tests;
