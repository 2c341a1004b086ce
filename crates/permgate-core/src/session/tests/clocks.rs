//! Sleep, clocks that are set, and numbers that are not valid durations.

use super::*;

#[test]
fn f20_a_set_grants_nothing_after_eight_hours_of_sleep() {
    let mut page = Page::fresh();
    page.now.wall = page.now.wall + Millis::from_seconds(8 * 3600);
    assert!(!page.can("a") && !page.can("!a"), "before any other event");
    page.tell(Event::Woke);
    assert_eq!((page.status(), page.fetches()), (Status::Expired, 2));
}

#[test]
fn f21_a_set_expires_without_a_storm_of_loads_although_the_wall_clock_jumps() {
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
fn a_set_expires_although_the_wall_clock_stands_still() {
    let mut page = Page::fresh();
    page.now.monotonic = page.now.monotonic + Millis(360_000);
    assert!(!page.can("a"));
    page.tell(Event::Woke);
    assert_eq!(page.status(), Status::Expired);
}

#[test]
fn a_wall_clock_that_runs_ahead_brings_the_timer_forward() {
    let mut page = Page::started();
    page.fail(Failure::Status(503), Some(Millis(100_000)));
    // The timer for the answer fires first, and is armed again.
    page.pass(15_000);
    let armed = page.timer.unwrap();
    page.now.wall = page.now.wall + Millis(50_000);
    page.tell(Event::Woke);
    assert_eq!(page.timer, Some(armed - Millis(50_000)));
}

#[test]
fn f20_sleep_is_noticed_within_seconds_without_an_event() {
    let mut page = Page::fresh();
    page.now.wall = page.now.wall + Millis::from_seconds(8 * 3600);
    let published = page.publications.len();
    page.pass(15_000);
    assert!(page.publications.len() > published);
    assert_eq!(page.status(), Status::Expired);
}

#[test]
fn f23_any_time_to_live_is_clamped_to_its_bounds() {
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
        assert!(page.fetches() <= 61, "{} fetches in a minute", page.fetches());
        page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
        page.pass(2 * TTL_MAX.0 + 1);
        assert!(!page.can("a"), "the set never expires");
    }
}

/// A page whose set comes from tokens of its function, on a device whose clock is this many seconds
/// off.
fn skewed(seconds: i64, config: Config) -> Page {
    let mut page = Page::new(config);
    page.now.wall = Millis(START.saturating_add_signed(seconds.saturating_mul(1000)));
    page.session = Session::new(page.now, page.session.state.config.clone());
    page.tell(Event::Started { bootstrap: None, stored: None });
    page
}

/// The true time in a test, in seconds since 1970.
fn true_seconds(page: &Page) -> u64 {
    START / 1000 + (page.now.monotonic.0 - 5000) / 1000
}

/// A token that is issued at this time and is valid for an hour.
fn issued_at(seconds: u64) -> String {
    format!(r#""sub":"u-1","permissions":["a"],"iat":{seconds},"exp":{}"#, seconds + 3600)
}

const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

#[test]
fn f67_on_a_wrong_clock_tokens_that_are_issued_as_real_time_passes_are_believed_without_an_endpoint()
 {
    for off in [-30 * YEAR, -YEAR, -2 * HOUR, 0, 30 * 60, 2 * HOUR, YEAR, 30 * YEAR] {
        let mut page = skewed(off, Config::new(Source::Token));
        let mut tokens = 0;
        for _ in 0..200 {
            if page.session.is_loading() {
                page.give(&issued_at(true_seconds(&page)));
                tokens += 1;
            }
            page.pass(100);
        }
        assert!(page.can("a") && page.status() == Status::Fresh, "off by {off} s");
        assert!(tokens < 8, "{tokens} tokens, off by {off} s");
        page.pass(280_000);
        assert!(page.can("a"), "off by {off} s: the set lasts as long as on a right clock");
        page.pass(3_600_000);
        assert!(!page.can("a"), "off by {off} s");
    }
}

#[test]
fn f67_on_a_fast_clock_a_token_is_believed_within_two_seconds_whenever_the_attempts_fall() {
    for seed in 0..300 {
        let mut page = skewed(2 * HOUR, Config { seed, ..Config::new(Source::Token) });
        for _ in 0..20 {
            if page.session.is_loading() {
                page.give(&issued_at(true_seconds(&page)));
            }
            page.pass(100);
        }
        assert!(page.can("a"), "seed {seed}");
    }
}

#[test]
fn f67_a_token_expires_at_its_end_also_on_a_clock_that_was_wrong() {
    for off in [-2 * HOUR, 2 * HOUR] {
        let mut page = skewed(off, Config::new(Source::Token));
        while !page.can("a") {
            if page.session.is_loading() {
                let now = true_seconds(&page);
                page.give(&format!(
                    r#""sub":"u-1","permissions":["a"],"iat":{now},"exp":{}"#,
                    now + 60
                ));
            }
            page.pass(100);
        }
        page.pass(58_000);
        assert!(page.can("a"), "off by {off} s");
        page.pass(3_000);
        assert!(!page.can("a"), "off by {off} s");
    }
}

#[test]
fn f67_repeated_and_stored_tokens_are_never_taken_for_fresh_ones() {
    let old = START / 1000 - 7200;
    let handed_over =
        |page: &mut Page, at: u64| page.tell(Event::TokenChanged(Some(token(&issued_at(at)))));
    // The same token from storage; tokens that are older each time; two tokens that were issued long
    // before they came.
    for next in [|_: u64| 0, |times: u64| 100_000 - 60 * times, |times: u64| 500 * times] {
        let mut page = Page::of(Config::new(Source::Token));
        for times in 0..60 {
            if page.session.is_loading() {
                page.give(&issued_at(old - 100_000 + next(times)));
            }
            page.pass(1_000);
            assert!(!page.can("a"));
        }
        assert_eq!(page.problems.last(), Some(&"token-expired"));
    }
    // Tokens that the application passes in the course of time; it may have read them from anywhere.
    let mut page = Page::of(Config::new(Source::Token));
    for times in 0..60 {
        handed_over(&mut page, old + times);
        page.tell(Event::TokenAnswered {
            generation: page.generation(),
            token: Err("none".into()),
        });
        page.pass(1_000);
        assert!(!page.can("a"));
    }
}

#[test]
fn f67_setting_a_clock_right_that_was_known_to_be_wrong_makes_no_expired_token_valid() {
    let mut page = skewed(2 * HOUR, Config::new(Source::Token));
    while !page.can("a") {
        if page.session.is_loading() {
            page.give(&issued_at(true_seconds(&page)));
        }
        page.pass(100);
    }
    let stored_token = issued_at(true_seconds(&page) - 3601);
    page.now.wall = page.now.wall - Millis(7_200_000);
    page.pass(1_000);
    assert!(page.can("a"));
    page.tell(Event::RefreshRequested);
    page.give(&stored_token);
    page.pass(400_000);
    assert!(!page.can("a"), "it ended a second ago");
}

#[test]
fn f67_setting_a_clock_back_prolongs_no_token() {
    for back in [90, 7_200, 365 * 24 * 3_600] {
        let mut page = Page::of(Config::new(Source::Token));
        let only = issued_at(START / 1000);
        page.give(&only);
        page.now.wall = page.now.wall - Millis::from_seconds(back);
        for minute in 0..120 {
            assert_eq!(page.can("a"), minute < 60, "after {minute} minutes, set back by {back} s");
            page.pass(60_000);
            if page.session.is_loading() {
                page.give(&only);
            }
        }
        assert_eq!(page.problems.last(), Some(&"token-expired"));
    }
}

#[test]
fn f67_beside_an_endpoint_a_wrong_clock_neither_hides_nor_causes_more_requests() {
    for off in [-30 * YEAR, -2 * HOUR, -3590, 0, 1800, 3590, 2 * HOUR, 30 * YEAR] {
        let config = Config { has_token: true, ..Config::new(Source::Endpoint) };
        let mut page = skewed(off, config);
        for second in 0..1800 {
            match page.requests.last() {
                Some(Effect::AskToken { .. }) if page.session.is_loading() => {
                    page.give(&issued_at(true_seconds(&page)));
                    page.answer(&document(1, &["a"]));
                }
                _ => {}
            }
            assert!(page.can("a"), "off by {off} s, after {second} s");
            page.pass(1_000);
        }
        assert!(page.fetches() <= 10, "{} requests, off by {off} s", page.fetches());
        assert_eq!(page.problems, [""; 0]);
    }
}
