//! Versions, read from Cargo.lock and from the output of programs.

use super::{GECKODRIVER, locked_version, says};

const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen-shared\"
version = \"0.2.1\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
source = \"registry\"
";

#[test]
fn the_version_is_that_of_the_package_with_exactly_this_name() {
    assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
}

#[test]
fn a_package_that_is_not_locked_has_no_version() {
    assert_eq!(locked_version(LOCK, "wasm"), None);
}

#[test]
fn the_version_of_a_program_is_at_the_end_of_its_first_line() {
    for (text, is_said) in [
        ("wasm-bindgen 0.37.1", true),
        ("geckodriver 0.37.1", true),
        ("geckodriver 0.37.1 (1a2b3c 2026-11-01)\n\nThe source is elsewhere.", true),
        ("geckodriver 0.37.10", false),
        ("geckodriver 10.37.1", false),
        ("geckodriver\n0.37.1", false),
        ("", false),
    ] {
        assert_eq!(says(text, "0.37.1"), is_said, "{text}");
    }
}

#[test]
fn a_tool_that_is_built_is_kept_by_its_version() {
    let program = GECKODRIVER.program("geckodriver");
    let folder = format!("geckodriver-{}", GECKODRIVER.version);
    assert_eq!(program.parent().unwrap().parent().unwrap().file_name().unwrap(), folder.as_str());
}
