//! The closing lines of test runners, from which tests are counted.

use super::{passed, required};

#[test]
fn the_closing_lines_of_all_runners_are_understood() {
    for (output, count) in [
        ("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; finished in 0.0s", 12),
        ("test result: ok. 2 passed; 0 failed\n\ntest result: ok. 3 passed; 0 failed", 5),
        ("# tests 7\n# pass 7\n# fail 0", 7),
        ("\u{2139} tests 7\n\u{2139} pass 7\n\u{2139} fail 0", 7),
        (" Test Files  3 passed (3)\n      Tests  41 passed (41)", 41),
        ("      Tests  1 failed | 40 passed (41)", 40),
        ("\u{1b}[32m  9 passed\u{1b}[39m (4.1s)", 9),
        ("  6 passing (20ms)", 6),
        ("9 passed, 0 failed", 9),
        ("test the_three_passed_tests ... ok", 0),
        ("no tests to run!", 0),
        ("", 0),
    ] {
        assert_eq!(passed(output), count, "{output}");
    }
}

#[test]
fn a_suite_without_tests_is_an_error() {
    assert!(required("test result: ok. 0 passed; 0 failed").is_err());
    assert_eq!(required("1 passed, 0 failed").unwrap(), "1 test");
}
