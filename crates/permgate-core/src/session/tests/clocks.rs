//! Sleep, clocks that are set, and numbers that are no durations.

use super::*;

#[test]
fn f20_after_eight_hours_of_sleep_nothing_is_granted_from_the_old_set() {
    let mut page = Page::fresh();
    page.now.wall = page.now.wall + Millis::from_seconds(8 * 3600);
    assert!(!page.can("a") && !page.can("!a"), "before anything else happened");
    page.tell(Event::Woke);
    assert_eq!((page.status(), page.fetches()), (Status::Expired, 2));
}

#[test]
fn f21_a_wall_clock_that_jumps_makes_nothing_immortal_and_no_storm() {
    let year = 365 * 24 * 3_600_000;
    for wall in [START - 3_600_000, START + year, 0, u64::MAX] {
        let mut page = Page::fresh();
        page.now.wall = Millis(wall);
        page.tell(Event::Woke);
        for _ in 0..360 {
            page.pass(1000);
            if page.session.is_loading() {
                page.fail(Failure::Status(500), None);
            }
        }
        assert!(!page.can("a"), "wall {wall}");
        assert!(page.fetches() < 40, "{} fetches, wall {wall}", page.fetches());
    }
}

#[test]
fn a_wall_clock_that_stands_still_makes_nothing_immortal() {
    let mut page = Page::fresh();
    page.now.monotonic = page.now.monotonic + Millis(360_000);
    assert!(!page.can("a"));
    page.tell(Event::Woke);
    assert_eq!(page.status(), Status::Expired);
}

#[test]
fn a_clock_that_runs_ahead_re_arms_the_timer() {
    let mut page = Page::started();
    page.fail(Failure::Status(503), Some(Millis(100_000)));
    // The one for the answer fires first, and is armed again.
    page.pass(15_000);
    let armed = page.timer.unwrap();
    page.now.wall = page.now.wall + Millis(50_000);
    page.tell(Event::Woke);
    assert_eq!(page.timer, Some(armed - Millis(50_000)));
}

#[test]
fn f20_a_device_that_slept_is_noticed_within_seconds_though_nothing_tells() {
    let mut page = Page::fresh();
    page.now.wall = page.now.wall + Millis::from_seconds(8 * 3600);
    let published = page.publications.len();
    page.pass(15_000);
    assert!(page.publications.len() > published);
    assert_eq!(page.status(), Status::Expired);
}

#[test]
fn f23_a_time_to_live_of_any_number_is_forced_into_bounds() {
    let clamped = |value| Millis::clamped(value, TTL_MIN, TTL_MAX);
    for value in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 0.5, 999.9] {
        assert_eq!(clamped(value), TTL_MIN, "{value}");
    }
    for value in [f64::INFINITY, f64::MAX, 2_147_483_648.0] {
        assert_eq!(clamped(value), TTL_MAX, "{value}");
    }
    assert_eq!(clamped(1500.7), Millis(1500));
    for ttl in [Millis(0), Millis(u64::MAX)] {
        let lifetimes = Lifetimes { ttl, stale: Millis(u64::MAX), timeout: Millis(0) };
        let config = Config { lifetimes, ..Config::new(Source::Endpoint) };
        let mut page = Page::of(config);
        for _ in 0..60 {
            if page.session.is_loading() {
                page.answer(&document(1, &["a"]));
            }
            page.pass(1000);
        }
        assert!(page.fetches() <= 61, "a loop: {} fetches in a minute", page.fetches());
        page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
        page.pass(2 * TTL_MAX.0 + 1);
        assert!(!page.can("a"), "an eternal entry");
    }
}
