//! How many tries there are, for how long, and how much of it is remembered.

use std::time::Duration;

use super::{MAX_FAILURES, MAX_NAMES, Throttle};
use crate::clock::Timestamp;

const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

#[test]
fn failures_count_for_a_minute_each() {
    let throttle = Throttle::default();
    for second in 0..10 {
        assert!(throttle.check("ada", after(second)).is_ok(), "{second}");
        throttle.failed("ada", after(second));
    }
    assert!(throttle.check("ada", after(59)).is_err());
    assert!(throttle.check("grace", after(59)).is_ok());
    // The first is forgotten; one more, and it is the turn of the second.
    assert!(throttle.check("ada", after(60)).is_ok());
    throttle.failed("ada", after(60));
    assert!(throttle.check("ada", after(60)).is_err());
    assert!(throttle.check("ada", after(61)).is_ok());
}

#[test]
fn f21_a_clock_that_is_set_back_locks_nobody_out() {
    let throttle = Throttle::default();
    (0..MAX_FAILURES).for_each(|_| throttle.failed("ada", after(3600)));
    assert!(throttle.check("ada", after(3600)).is_err());
    assert!(throttle.check("ada", NOW).is_ok());
}

#[test]
fn f56_a_flood_of_names_fills_no_memory_and_pushes_out_the_oldest_first() {
    let throttle = Throttle::default();
    (0..MAX_FAILURES).for_each(|_| throttle.failed("first", NOW));
    (0..MAX_FAILURES).for_each(|_| throttle.failed("second", after(1)));
    (2..MAX_NAMES).for_each(|number| throttle.failed(&number.to_string(), after(2)));
    assert!(throttle.check("first", after(2)).is_err());
    throttle.failed("one more", after(2));
    assert!(throttle.check("first", after(2)).is_ok());
    assert!(throttle.check("second", after(2)).is_err());
    assert_eq!(throttle.names().len(), MAX_NAMES);
    throttle.failed("much later", after(100));
    assert_eq!(throttle.names().len(), 1);
}

#[test]
fn f56_one_name_takes_no_more_memory_than_its_failures_of_a_minute() {
    let throttle = Throttle::default();
    (0..10_000).for_each(|second| throttle.failed("ada", after(second)));
    assert_eq!(throttle.names().values().map(Vec::len).sum::<usize>(), 60);
}
