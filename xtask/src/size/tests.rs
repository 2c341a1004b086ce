//! The budget file and the lines that the measuring script prints.

use super::{Budget, Size, budgets, size};

#[test]
fn a_file_of_budgets_is_read() {
    let text = r#"[{"name":"entry","files":["a.js","b.wasm"],"brotli":40000}]"#;
    let expected = Budget {
        name: "entry".to_owned(),
        files: vec!["a.js".to_owned(), "b.wasm".to_owned()],
        brotli: 40_000,
    };
    assert_eq!(budgets(text).unwrap(), [expected]);
}

#[test]
fn the_committed_budgets_are_readable() {
    assert!(!budgets(include_str!("../../size-budgets.json")).unwrap().is_empty());
}

#[test]
fn budgets_that_check_nothing_are_an_error() {
    for text in [
        "[]",
        "{}",
        r#"[{"name":"x","files":[],"brotli":1}]"#,
        r#"[{"name":"x","files":["a"],"brotli":"1"}]"#,
        r#"[{"name":"x","files":[1],"brotli":1}]"#,
    ] {
        assert!(budgets(text).is_err(), "{text}");
    }
}

#[test]
fn a_line_of_the_script_holds_three_numbers() {
    assert_eq!(size("30\t20\t10"), Some(Size { raw: 30, gzip: 20, brotli: 10 }));
    assert_eq!(size("30 20"), None);
    assert_eq!(size("a b c"), None);
}
