//! What is read from Cargo.lock.

use super::locked_version;

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
