//! The binder's JavaScript files: all are brought along, and few are requested at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Requests that the server of wasm-bindgen's test runner answers at once.
const AT_ONCE: usize = 4;

/// By file, below `src/dom/`: the files that it imports, or takes names from.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dom");
    let mut imports = BTreeMap::new();
    for inner in ["", "refusal"] {
        for entry in fs::read_dir(folder.join(inner)).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "js") {
                continue;
            }
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("the file");
            let found =
                text.lines().filter_map(|line| line.split_once(" from \"")).map(|(_, rest)| {
                    let target = rest.trim_end_matches("\";");
                    match target.strip_prefix("../") {
                        Some(above) => above.to_owned(),
                        None => joined(inner, target.trim_start_matches("./")),
                    }
                });
            imports.insert(joined(inner, &name), found.collect());
        }
    }
    imports
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[test]
fn every_file_of_the_binder_is_brought_along() {
    let source = include_str!("../nodes.rs");
    for name in imports().keys() {
        assert!(source.contains(&format!("\"/src/dom/{name}\"")), "`{name}` is not in nodes.rs");
    }
}

#[test]
fn at_most_four_files_of_the_binder_are_requested_at_once_whatever_arrives_first() {
    let imports = imports();
    let first = &imports["nodes.js"];
    assert!(first.len() <= AT_ONCE, "nodes.js imports {first:?}");
    let mut requested: BTreeSet<&String> = first.iter().collect();
    let mut waiting: Vec<(&String, BTreeSet<&String>)> =
        first.iter().map(|name| (name, requested.clone())).collect();
    while let Some((name, known)) = waiting.pop() {
        // What other branches request cannot be counted on: they may be slower.
        let new: Vec<&String> = imports[name].iter().filter(|one| !known.contains(one)).collect();
        assert!(new.len() <= 1, "{name} is the first to import {new:?}");
        for one in new {
            let mut known = known.clone();
            known.insert(one);
            if requested.insert(one) {
                waiting.push((one, known));
            }
        }
    }
    assert_eq!(requested.len() + 1, imports.len(), "a file is imported by nobody");
}
