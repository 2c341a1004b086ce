//! The summary, whose last line other programs read, and the handling of failures.

use super::{Elapsed, Ending, Outcome, run_steps, step, suite, summary};
use crate::error::TaskError;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

fn ending(name: &'static str, outcome: Outcome) -> Ending {
    Ending { name, outcome, elapsed: Some(Elapsed(Duration::from_millis(1500))) }
}

#[test]
fn the_last_line_has_the_counts_of_steps_and_nothing_else() {
    let endings = [ending("unit", Outcome::Passed("3 tests".to_owned()))];
    let (text, success) = summary(&endings, Elapsed(Duration::from_secs(61)));
    assert!(success);
    assert_eq!(
        text,
        "Summary\n  \
           ok       unit                1.5 s  3 tests\n           \
                    together       1 min 01 s\n\
         1 passed, 0 failed"
    );
}

#[test]
fn a_failure_is_counted_and_a_step_that_did_not_run_is_not() {
    let endings = [
        ending("format", Outcome::Passed(String::new())),
        ending("unit", Outcome::Failed),
        Ending { name: "web", outcome: Outcome::NotRun, elapsed: None },
    ];
    let (text, success) = summary(&endings, Elapsed(Duration::ZERO));
    assert!(!success);
    assert_eq!(text.lines().last(), Some("1 passed, 1 failed"));
    assert!(text.contains("cargo xtask test unit"), "{text}");
    assert!(text.contains("not run  web"), "{text}");
}

#[test]
fn the_first_failure_stops_the_suite_unless_keep_going_is_set() {
    for (keep_going, expected) in [(false, 0), (true, 1)] {
        let ran = Rc::new(Cell::new(0));
        let counter = Rc::clone(&ran);
        let steps = [
            step("first", "fails", || Err(TaskError::new("on purpose"))),
            step("second", "counts", move || {
                counter.set(counter.get() + 1);
                Ok(String::new())
            }),
        ];
        assert!(run_steps(&steps, keep_going).is_err());
        assert_eq!(ran.get(), expected);
    }
}

#[test]
fn no_two_steps_have_the_same_name() {
    let mut names: Vec<&str> = suite(1, 1).iter().map(|step| step.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
