//! Reads the names and numbers to compare from source texts, which have fixed forms.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The text of a file of the repository.
pub(crate) fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths of all files below folders that have one of these extensions.
pub(crate) fn below(folders: &[&str], extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending: Vec<String> = folders.iter().map(|folder| (*folder).to_owned()).collect();
    while let Some(folder) = pending.pop() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder);
        for entry in fs::read_dir(path).unwrap().flatten() {
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                pending.push(name);
            } else if extensions.iter().any(|extension| name.ends_with(&format!(".{extension}"))) {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// The text between a beginning and the next ending.
fn between<'a>(text: &'a str, beginning: &str, ending: &str) -> &'a str {
    let (_, rest) = text.split_once(beginning).unwrap_or_else(|| panic!("no `{beginning}`"));
    rest.split_once(ending).unwrap_or_else(|| panic!("no `{ending}` after `{beginning}`")).0
}

/// Every text in double quotes, outside of comments of one line.
fn quoted(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with(['/', '*']))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// The texts in double quotes between a beginning and the next ending.
pub(crate) fn quoted_before(text: &str, beginning: &str, ending: &str) -> Vec<String> {
    quoted(between(text, beginning, ending))
}

/// The members of `export const enum NAME { A = 0, … }`.
pub(crate) fn enumeration(text: &str, name: &str) -> Vec<(String, u32)> {
    between(text, &format!("export const enum {name} {{"), "}")
        .lines()
        .filter_map(|line| line.trim().trim_end_matches(',').split_once(" = "))
        .map(|(member, number)| (member.to_owned(), number.parse().unwrap()))
        .collect()
}

/// The words of `export type NAME = "a" | "b";`.
pub(crate) fn union(text: &str, name: &str) -> BTreeSet<String> {
    // A comment may contain a semicolon.
    let words = between(text, &format!("export type {name} ="), "\";\n");
    quoted(&format!("{words}\"")).into_iter().collect()
}

/// The words of `const NAME… = ["a", "b"]`.
pub(crate) fn list(text: &str, name: &str) -> Vec<String> {
    let declaration = between(text, &format!("const {name}"), "];");
    quoted(declaration.split_once("= [").unwrap().1)
}

/// The names of the methods of `interface NAME { … }` or of an exported one.
pub(crate) fn method_names(text: &str, name: &str) -> BTreeSet<String> {
    between(text, &format!("interface {name} {{"), "\n  }")
        .lines()
        .filter_map(|line| line.trim().split_once('('))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The JavaScript names of the methods of an `extern "C"` block.
pub(crate) fn exported_names(text: &str) -> BTreeSet<String> {
    let mut renamed = None;
    let mut names = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[wasm_bindgen(method") {
            renamed = line
                .split_once("js_name = ")
                .map(|(_, rest)| rest.trim_end_matches(")]").to_owned());
        } else if let Some(rest) = line.strip_prefix("pub fn ") {
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            names.insert(renamed.take().unwrap_or(name));
        }
    }
    names
}

/// The quoted words in the patterns of `fn NAME`.
pub(crate) fn matched(text: &str, name: &str) -> BTreeSet<String> {
    let body = between(text, &format!("\nfn {name}("), "\n}\n");
    body.lines()
        .filter_map(|line| line.trim().split_once(" => "))
        .flat_map(|(pattern, _)| quoted(pattern))
        .collect()
}

/// The names in code in the first column of the table below a heading of a document.
pub(crate) fn first_column(text: &str, heading: &str) -> BTreeSet<String> {
    between(text, heading, "\n## ")
        .lines()
        .filter_map(|line| line.strip_prefix("| `").and_then(|rest| rest.split_once(" | ")))
        .flat_map(|(cell, _)| {
            format!("`{cell}").split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}
