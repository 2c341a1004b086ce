//! F20–F23: sleep, clocks that are set, and invalid times to live.

use permgate_core::session::{Config, Event, Millis, Status};

use crate::world::World;

const HOUR: u64 = 3_600_000;

#[test]
fn f20_after_eight_hours_of_sleep_the_first_question_is_not_answered_from_the_old_set() {
    let mut world = World::signed_in("grace");
    world.online = false;
    world.sleep(Millis(8 * HOUR));
    assert!(!world.can("invoice:edit"));
    world.tell(Event::Woke);
    world.settle();
    assert_eq!(world.session.status(), Status::Expired);
    world.online = true;
    world.pass(2000);
    assert!(world.can("invoice:edit"));
}

#[test]
fn f21_after_the_wall_clock_jumps_few_requests_are_sent_and_the_set_still_expires() {
    let start = World::new().now.wall;
    for wall in [start - Millis(HOUR), start + Millis(365 * 24 * HOUR), Millis(0)] {
        let mut world = World::signed_in("grace");
        world.now.wall = wall;
        world.tell(Event::Woke);
        world.settle();
        assert!(world.requests <= 3, "a storm: {} requests, wall {wall:?}", world.requests);
        assert!(world.can("invoice:edit"));
        world.online = false;
        world.pass(360_000);
        assert!(!world.can("invoice:edit"), "the set never expires, wall {wall:?}");
    }
}

#[test]
fn f22_a_page_frozen_beyond_its_time_to_live_grants_nothing_before_it_is_seen() {
    let mut world = World::signed_in("grace");
    // Timers stood still, and continue with their remaining time when the page is shown again.
    world.online = false;
    world.now.wall = world.now.wall + Millis(HOUR);
    world.now.monotonic = world.now.monotonic + Millis(HOUR);
    assert!(!world.can("invoice:edit") && !world.can("!invoice:edit"));
    world.tell(Event::Woke);
    assert_eq!(world.session.status(), Status::Expired);
}

#[test]
fn f23_extreme_times_to_live_cause_no_loop_and_no_set_that_lasts_forever() {
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.5, 2_147_483_648.0] {
        let ttl = Millis::clamped(value, Millis(0), Millis(u64::MAX));
        let mut world = World::with(|config: &mut Config| config.lifetimes.ttl = ttl);
        world.tell(Event::Started { bootstrap: None, stored: None });
        world.switch_to("grace");
        world.settle();
        let requests = world.requests;
        world.pass(60_000);
        assert!(world.requests - requests <= 60, "a loop of requests with {value}");
        assert!(world.can("invoice:edit"));
        world.online = false;
        world.pass(24 * HOUR + 60_000);
        assert!(!world.can("invoice:edit"), "the set never expires with {value}");
    }
}
