//! Tests of the rules for documents.

use super::{FAULTS, LAST_FAULT, check, fault_of, faults, names};

fn tracked(path: &str) -> Option<String> {
    match path {
        "docs/guide/api.md" | "README.md" => Some(String::new()),
        "tests/a.rs" => Some("fn f12_parallel_requests_ask_once() {} // F121, xf13".to_owned()),
        _ => None,
    }
}

#[test]
fn a_relative_link_to_a_missing_file_is_found() {
    for (path, text, ok) in [
        ("README.md", "see [the API](docs/guide/api.md#methods)", true),
        ("docs/guide/x.md", "see [README](../../README.md) and [api](api.md)", true),
        ("docs/guide/x.md", "see [README](../README.md)", false),
        ("README.md", "[one](README.md) [two](docs/none.md)", false),
        (
            "README.md",
            "[web](https://example.org/x) [here](#more) [mail](mailto:a@example.org)",
            true,
        ),
        ("src/a.rs", "[x](none.md)", true),
    ] {
        assert_eq!(check(path, text, tracked).is_empty(), ok, "{path}: {text}");
    }
}

#[test]
fn an_overview_of_more_than_150_lines_is_too_long() {
    assert_eq!(check("README.md", &"a\n".repeat(150), tracked), []);
    assert_eq!(check("README.md", &"a\n".repeat(151), tracked).len(), 1);
    assert_eq!(check("docs/guide/api.md", &"a\n".repeat(400), tracked), []);
}

#[test]
fn a_row_of_a_fault_names_tests_that_name_the_fault_or_is_open() {
    for (row, ok) in [
        ("| F12 | many requests | core: `tests/a.rs` |", true),
        ("| F13 | a late refusal | core: `tests/a.rs` |", false),
        ("| F12 | many requests | core: `tests/b.rs` |", false),
        ("| F12 | many requests | core |", false),
        ("| F12 | many requests | open |", true),
    ] {
        let number = fault_of(row).unwrap();
        let others: String = (1..=LAST_FAULT)
            .filter(|other| *other != number)
            .map(|other| format!("| F{other} | x | open |\n"))
            .collect();
        assert_eq!(faults(&format!("{others}{row}"), &tracked).is_empty(), ok, "{row}");
    }
}

#[test]
fn every_fault_has_one_row() {
    let all: String =
        (1..=LAST_FAULT).map(|number| format!("| F{number} | x | open |\n")).collect();
    assert_eq!(check(FAULTS, &all, tracked), []);
    assert_eq!(check(FAULTS, &all.replacen("| F7 |", "| G7 |", 1), tracked).len(), 1);
    assert_eq!(check(FAULTS, &format!("{all}| F7 | x | open |"), tracked).len(), 1);
}

#[test]
fn the_name_of_a_fault_is_a_whole_word() {
    for (text, named) in
        [("F12:", true), ("f12_x", true), ("F121", false), ("0xF12", false), ("sf12", false)]
    {
        assert_eq!(names(text, 12), named, "{text}");
    }
}
