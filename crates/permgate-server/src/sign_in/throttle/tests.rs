//! The budgets of failed attempts, the time for which failures count, and the bound of their memory.

use std::time::Duration;

use super::{
    Attempt, MAX_FAILURES, MAX_KEYS, MAX_WAIT, NAME_BUDGET, PEER_BUDGET, PEER_LIMIT, Throttle,
};
use crate::clock::Timestamp;
use crate::sign_in::line::Lane;
use crate::sign_in::peer::Peer;

const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// An attempt from a numbered peer.
fn from(number: u32, username: &str) -> Attempt {
    Attempt::new(username, Peer::of(std::net::Ipv4Addr::from_bits(number).into()), None)
}

fn name(username: &str) -> Attempt {
    from(1, username)
}

#[test]
fn a_failure_of_a_name_from_a_peer_counts_for_a_minute() {
    let throttle = Throttle::default();
    for second in 0..10 {
        assert!(throttle.check(&name("ada"), after(second)).is_ok(), "{second}");
        throttle.failed(&name("ada"), after(second));
    }
    assert!(throttle.check(&name("ada"), after(59)).is_err());
    assert!(throttle.check(&name("grace"), after(59)).is_ok());
    assert!(throttle.check(&from(2, "ada"), after(59)).is_ok(), "from another peer");
    // The first failure is forgotten; after one more, the second must be forgotten.
    assert!(throttle.check(&name("ada"), after(60)).is_ok());
    throttle.failed(&name("ada"), after(60));
    assert!(throttle.check(&name("ada"), after(60)).is_err());
    assert!(throttle.check(&name("ada"), after(61)).is_ok());
}

#[test]
fn f21_a_clock_that_is_set_back_locks_nobody_out() {
    let throttle = Throttle::default();
    (0..MAX_FAILURES).for_each(|_| throttle.failed(&name("ada"), after(3600)));
    assert!(throttle.check(&name("ada"), after(3600)).is_err());
    assert!(throttle.check(&name("ada"), NOW).is_ok());
    (0..PEER_LIMIT).for_each(|number| throttle.failed(&name(&number.to_string()), after(3600)));
    assert!(throttle.check(&name("grace"), after(3600)).is_err());
    assert!(throttle.check(&name("grace"), NOW).is_ok());
}

#[test]
fn f70_attempts_at_a_name_that_many_peers_guess_at_wait_and_are_never_refused() {
    let throttle = Throttle::default();
    let wait = |number, now| throttle.check(&from(number, "ada"), now).unwrap().wait;
    for number in 0..NAME_BUDGET {
        assert_eq!(wait(number, NOW), Duration::ZERO);
        throttle.failed(&from(number, "ada"), NOW);
    }
    assert_eq!(wait(5000, NOW), Duration::from_secs(1));
    (0..5000).for_each(|number| throttle.failed(&from(number, "ada"), NOW));
    assert_eq!(wait(5000, NOW), MAX_WAIT);
    // Failures are forgotten, one every thirty seconds.
    assert_eq!(wait(5000, after(30 * 5020)), Duration::ZERO);
}

#[test]
fn f70_a_peer_with_many_failures_is_served_last_and_then_refused_whatever_the_name() {
    let throttle = Throttle::default();
    let lane = |now| throttle.check(&name("ada"), now).map(|pass| pass.lane);
    (0..PEER_BUDGET).for_each(|number| {
        assert_eq!(lane(NOW).unwrap(), Lane::Ordinary);
        throttle.failed(&name(&number.to_string()), NOW);
    });
    assert_eq!(lane(NOW).unwrap(), Lane::Suspect);
    assert_eq!(lane(after(1)).unwrap(), Lane::Ordinary);
    (PEER_BUDGET..PEER_LIMIT).for_each(|number| {
        throttle.failed(&name(&number.to_string()), NOW);
    });
    assert_eq!(lane(NOW).unwrap_err().status(), 429);
    assert_eq!(lane(after(1)).unwrap(), Lane::Suspect);
    assert_eq!(throttle.check(&from(2, "ada"), NOW).unwrap().lane, Lane::Ordinary);
}

#[test]
fn f70_a_known_device_has_a_separate_budget() {
    let throttle = Throttle::default();
    let known = Attempt { device: Some([7; 16]), ..name("ada") };
    (0..PEER_LIMIT).for_each(|_| throttle.failed(&name("ada"), NOW));
    assert!(throttle.check(&name("ada"), NOW).is_err());
    let pass = throttle.check(&known, NOW).unwrap();
    assert_eq!((pass.lane, pass.wait), (Lane::Known, Duration::ZERO));
    // A stolen device cookie allows no more guesses than an address, and repeated sign-ins on a
    // device do not take the turns of other clients.
    throttle.succeeded(&known, NOW);
    (1..MAX_FAILURES).for_each(|_| throttle.failed(&known, NOW));
    assert!(throttle.check(&known, NOW).is_err());
    let other = Attempt { device: Some([8; 16]), ..from(2, "grace") };
    (0..MAX_FAILURES).for_each(|_| throttle.succeeded(&other, NOW));
    assert_eq!(throttle.check(&other, NOW).unwrap().lane, Lane::Ordinary);
}

#[test]
fn f56_a_flood_of_names_takes_bounded_memory_and_evicts_the_oldest_first() {
    let throttle = Throttle::default();
    let key = |username| (name(username).name, name(username).peer);
    let is_held = |username| throttle.budgets().pairs.contains_key(&key(username));
    (0..MAX_FAILURES).for_each(|_| throttle.failed(&name("first"), NOW));
    (0..MAX_FAILURES).for_each(|_| throttle.failed(&name("second"), after(1)));
    (2..MAX_KEYS).for_each(|number| throttle.failed(&name(&number.to_string()), after(2)));
    assert!(is_held("first"));
    throttle.failed(&name("one more"), after(2));
    assert!(!is_held("first") && is_held("second"));
    assert_eq!(throttle.budgets().pairs.len(), MAX_KEYS);
    throttle.failed(&name("much later"), after(100));
    assert_eq!(throttle.budgets().pairs.len(), 1);
    (0..MAX_KEYS + 9).for_each(|number| {
        throttle.failed(&from(u32::try_from(number).unwrap(), &number.to_string()), after(100));
    });
    let budgets = throttle.budgets();
    assert_eq!((budgets.names.len(), budgets.peers.len()), (MAX_KEYS, MAX_KEYS));
}

#[test]
fn f56_one_name_takes_no_more_memory_than_the_failures_of_a_minute() {
    let throttle = Throttle::default();
    (0..10_000).for_each(|second| throttle.failed(&name("ada"), after(second)));
    assert_eq!(throttle.budgets().pairs.values().map(Vec::len).sum::<usize>(), 60);
}
