//! The binder's JavaScript files: all are named for wasm-bindgen, and few are requested at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The number of files that each of the two import chains may request at once; the server of
/// wasm-bindgen's test runner answers four requests at once.
const AT_ONCE: usize = 2;

/// For each file below `src/dom/`, the files that it imports.
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
            // Types are imported in comments.
            let code = text.lines().filter(|line| !line.trim_start().starts_with("/*"));
            let found = code.filter_map(|line| line.split_once(" from \"")).map(|(_, rest)| {
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

/// Follows all imports from a first file, and returns every file that is requested.
fn requested(first: &str) -> BTreeSet<String> {
    let imports = imports();
    let mut requested = BTreeSet::from([first.to_owned()]);
    let mut waiting = vec![(first.to_owned(), requested.clone())];
    while let Some((name, known)) = waiting.pop() {
        // The requests of other branches do not count: those branches may be slower.
        let new: Vec<&String> = imports[&name].iter().filter(|one| !known.contains(*one)).collect();
        let is_fork = name == first || name == "refusal/acts.js";
        let most = if is_fork { AT_ONCE } else { 1 };
        assert!(new.len() <= most, "{name} is the first to import {new:?}");
        let mut known = known.clone();
        known.extend(new.iter().map(|one| (*one).clone()));
        for one in new {
            if requested.insert(one.clone()) {
                waiting.push((one.clone(), known.clone()));
            }
        }
    }
    requested
}

#[test]
fn every_file_that_nodes_js_reaches_is_named_by_the_tests_in_browsers() {
    let source = include_str!("../../../tests/web/page.rs");
    for name in requested("nodes.js") {
        assert!(source.contains(&format!("\"/src/dom/{name}\"")), "`{name}` is not in page.rs");
    }
}

#[test]
fn every_file_that_refusal_js_reaches_is_named_by_the_tests_in_browsers() {
    let source = include_str!("../../../tests/web/page.rs");
    let late = requested("refusal/refusal.js");
    // The tests also import these files, which the chunk imports.
    let named = |name: &&String| source.contains(&format!("\"/src/dom/{name}\""));
    let missing: Vec<&String> = late.iter().filter(|name| !named(name)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn every_file_of_the_binder_is_imported_by_another_one() {
    let mut reached = requested("nodes.js");
    reached.extend(requested("refusal/refusal.js"));
    let all: BTreeSet<String> = imports().into_keys().collect();
    assert_eq!(reached, all);
}
