//! The command line of the matrix, and the stacks that continuous integration names.

use super::*;

fn options(words: &[&str]) -> Result<Options> {
    parse(lexopt::Parser::from_args(words))
}

#[test]
fn the_option_only_may_be_given_more_than_once() {
    let expected = Options { list: false, only: vec!["react".into(), "jest".into()] };
    assert_eq!(options(&["--only", "react", "--only=jest"]).unwrap(), expected);
}

#[test]
fn an_unknown_option_is_refused() {
    assert!(options(&["--all"]).is_err());
    assert!(options(&["react"]).is_err());
}

#[test]
fn every_stack_that_continuous_integration_names_exists() {
    for name in BRIEFLY {
        assert!(
            paths::in_root("pkg-tests/stacks").join(name).join("stack.mjs").is_file(),
            "{name}"
        );
    }
}
