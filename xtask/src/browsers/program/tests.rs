//! The programs that environment variables and patterns of folders name.

use super::{locate_in, matching, named};
use crate::paths;

#[test]
fn a_variable_that_is_unset_or_empty_names_no_program() {
    assert_eq!(named("FIREFOX", None).unwrap(), None);
    assert_eq!(named("FIREFOX", Some("".into())).unwrap(), None);
}

#[test]
fn a_variable_that_names_no_file_is_an_error_with_advice() {
    let error = named("FIREFOX", Some("/no/such/firefox".into())).unwrap_err().to_string();
    assert!(error.contains("FIREFOX names `/no/such/firefox`"), "{error}");
    assert!(error.contains("correct the variable FIREFOX, or unset it"), "{error}");
}

#[test]
fn a_variable_that_names_a_file_is_used() {
    let file = paths::in_root("Cargo.toml");
    assert_eq!(named("FIREFOX", Some(file.clone().into())).unwrap(), Some(file));
}

#[test]
fn a_star_matches_every_folder_that_fits_the_rest_of_the_pattern() {
    let pattern = format!("{}/crates/*/src", paths::root().display());
    let found = matching(&pattern);
    assert!(found.contains(&paths::in_root("crates/permgate-core/src")), "{found:?}");
    assert!(found.contains(&paths::in_root("crates/permgate-server/src")), "{found:?}");
    assert!(found.is_sorted());
    assert_eq!(matching("/no/such/*/folder"), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_program_is_found_in_the_first_folder_that_holds_it() {
    let pattern = format!("{}/crates/*/src", paths::root().display());
    // Only the server has a program.
    let found = locate_in("PERMGATE_NO_SUCH_VARIABLE", &["/no/such/folder", &pattern], "main.rs");
    assert_eq!(found.unwrap(), Some(paths::in_root("crates/permgate-server/src/main.rs")));
    let found = locate_in("PERMGATE_NO_SUCH_VARIABLE", &[&pattern], "lib.rs");
    assert_eq!(found.unwrap(), matching(&pattern).first().map(|folder| folder.join("lib.rs")));
    let none = locate_in("PERMGATE_NO_SUCH_VARIABLE", &[&pattern], "no-such-file");
    assert_eq!(none.unwrap(), None);
}
