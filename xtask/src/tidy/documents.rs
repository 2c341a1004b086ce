//! Rules for documents: their length, their links, and the table of faults.

use super::rules::Finding;
use std::path::{Component, Path, PathBuf};

/// Documents that a newcomer reads from beginning to end, and their longest length in lines.
const OVERVIEWS: [(&str, usize); 2] = [("README.md", 150), ("ARCHITECTURE.md", 150)];
/// The table that says which test proves which fault.
const FAULTS: &str = "docs/faults.md";
/// The number of the last fault.
const LAST_FAULT: usize = 73;

/// Applies all rules to one document. `read` returns the text of another tracked file, and an empty
/// text for a folder.
pub(super) fn check(path: &str, text: &str, read: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    if !path.ends_with(".md") {
        return Vec::new();
    }
    let mut findings = length(path, text);
    findings.extend(links(path, text, &read));
    if path == FAULTS {
        findings.extend(faults(text, &read));
    }
    findings
}

/// An overview must stay short.
fn length(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    OVERVIEWS
        .iter()
        .filter(|(document, longest)| *document == path && lines > *longest)
        .map(|(_, longest)| {
            let message = format!("{lines} lines are too many; move details to docs/ until there are at most {longest}");
            Finding::new(0, message)
        })
        .collect()
}

/// A relative link leads to a file of the repository.
fn links(path: &str, text: &str, read: &impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for target in link_targets(line) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            if read(&normalised(&folder.join(file))).is_none() {
                let message = format!("the link `{target}` leads nowhere; correct or remove it");
                findings.push(Finding::new(index + 1, message));
            }
        }
    }
    findings
}

/// The targets of `[text](target)` in a line.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// Every fault has one row, and every test that a row names exists and names the fault.
fn faults(text: &str, read: &impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut rows = vec![0_usize; LAST_FAULT + 1];
    for (index, line) in text.lines().enumerate() {
        let Some(number) = fault_of(line) else { continue };
        if let Some(count) = rows.get_mut(number) {
            *count += 1;
        }
        let proof = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let tests: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        if tests.is_empty() && !proof.contains("open") {
            let message = format!("F{number} names no test; name one, or mark the fault as open");
            findings.push(Finding::new(index + 1, message));
        }
        for test in tests {
            let names_it = read(test).is_some_and(|text| names(&text, number));
            if !names_it {
                let message = format!("`{test}` does not exist or does not name F{number}");
                findings.push(Finding::new(index + 1, message));
            }
        }
    }
    for (number, count) in rows.iter().enumerate().skip(1) {
        if *count != 1 {
            findings
                .push(Finding::new(0, format!("F{number} has {count} rows; give it exactly one")));
        }
    }
    findings
}

/// The number in the first cell of a row such as `| F12 | … |`.
fn fault_of(line: &str) -> Option<usize> {
    line.strip_prefix("| F")?.split(' ').next()?.parse().ok()
}

/// Whether a text names a fault, as `F12` or in a name such as `f12_…`.
fn names(text: &str, number: usize) -> bool {
    ["F", "f"].iter().any(|letter| {
        let name = format!("{letter}{number}");
        text.match_indices(&name).any(|(at, _)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(char::is_alphanumeric)
                && !after.is_some_and(|next| next.is_ascii_digit())
        })
    })
}

/// A path without `.` and `..`, with slashes.
fn normalised(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                parts.pop();
            }
            Component::Normal(part) => parts.push(part),
            _ => {}
        }
    }
    let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests;
