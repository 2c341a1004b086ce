//! The command line of `ci`, and the output of `df`.

use super::{free_gib, keep_going};

#[test]
fn a_run_continues_after_failures_only_with_keep_going() {
    assert!(!keep_going(lexopt::Parser::from_args([""; 0])).unwrap());
    assert!(keep_going(lexopt::Parser::from_args(["--keep-going"])).unwrap());
    assert!(keep_going(lexopt::Parser::from_args(["--keepgoing"])).is_err());
}

#[test]
fn free_space_is_the_fourth_column_in_gib() {
    let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                 /dev/vda 263174212 94371840 9437184 91% /\n";
    assert_eq!(free_gib(table), Some(9));
    assert_eq!(free_gib("Filesystem\n"), None);
    assert_eq!(free_gib(""), None);
}
