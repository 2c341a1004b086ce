//! F20 to F24, F67, and an outage: clocks that sleep, jump or are wrong, and late timers.

use permgate_core::session::{Event, Life, Status};

use super::{fine, is_right, world};
use crate::questions::Answers;
use crate::setting::Setting;
use crate::world::World;

const HOUR: u64 = 3_600_000;
const NOTHING: Answers = Answers { granted: 0, denied: 0, roles: 0, not_roles: 0 };

#[test]
fn f20_after_sleep_nothing_is_granted_before_the_server_has_answered() {
    for monotonic_sleeps in [true, false] {
        let mut world = world(Setting { monotonic_sleeps, ..Setting::plain() }, 3);
        world.server.down_until = u64::MAX;
        world.break_streams(100, None);
        world.sleep(8 * HOUR);
        world.pass(8 * HOUR);
        assert!((0..3).all(|id| world.answers(id) == NOTHING));
        // The session soon notices the time, although only its timers show it.
        world.pass(16_000);
        for id in 0..3 {
            let status = world.tabs[id].session.status();
            assert!(!matches!(status, Status::Fresh | Status::Stale), "{status:?}");
        }
        world.pass(44_000);
        assert!((0..3).all(|id| world.answers(id) == NOTHING));
        world.server.down_until = 0;
        assert!(world.wait(90_000, |world| (0..3).all(|id| is_right(world, id))));
        fine(&world);
    }
}

#[test]
fn f21_clocks_that_jump_neither_cause_a_storm_nor_prolong_a_set() {
    let mut world = world(Setting::plain(), 2);
    for _ in 0..50 {
        for jump in [365 * 24 * HOUR, HOUR] {
            let jump = i64::try_from(jump).unwrap();
            world.device.wall += jump;
            world.disturb();
            world.pass(30_000);
            world.device.wall -= 2 * jump;
            world.disturb();
            world.pass(30_000);
        }
    }
    world.lose_wall_clock();
    world.pass(5_000);
    fine(&world);
    assert!(is_right(&world, 0) && is_right(&world, 1));
    let loads = world.tabs[0].ledger.loads_within(world.time, HOUR);
    assert!(loads <= 140, "{loads} loads with 120 jumps in an hour");
    world.server.down_until = u64::MAX;
    world.break_streams(0, None);
    world.pass(361_000);
    assert!(world.answers(0) == NOTHING && world.answers(1) == NOTHING);
}

#[test]
fn f22_a_page_from_the_back_forward_cache_grants_nothing_before_its_first_event() {
    for timers_freeze in [true, false] {
        let mut world = world(Setting { timers_freeze, ..Setting::plain() }, 2);
        world.tell(0, Event::Life(Life::Suspended), None);
        world.tabs[0].frozen = Some(world.monotonic(0));
        world.change(0, 0, 0b10100, 0b10);
        world.pass(400_000);
        assert_eq!(world.answers(0), NOTHING);
        world.thaw(0);
        assert_eq!(world.answers(0), NOTHING);
        world.tell(0, Event::Life(Life::Resumed), None);
        world.pass(1_000);
        assert!(is_right(&world, 0));
        fine(&world);
    }
}

#[test]
fn f24_timers_that_fire_once_a_minute_cause_no_wrong_answer() {
    let mut world = world(Setting { push: Vec::new(), ..Setting::plain() }, 2);
    world.is_calm = false;
    for id in 0..2 {
        world.tabs[id].is_hidden = true;
    }
    for _ in 0..240 {
        world.pass(15_000);
        for id in 0..2 {
            world.judge_one(id);
        }
    }
    world.server.down_until = u64::MAX;
    world.pass(420_000);
    assert!(world.answers(0) == NOTHING && world.answers(1) == NOTHING);
    fine(&world);
}

#[test]
fn an_outage_of_a_day_causes_few_requests_and_ends_within_90_seconds() {
    let mut world = world(Setting::plain(), 3);
    world.server.down_until = world.time + 24 * HOUR;
    world.break_streams(0, None);
    for _ in 0..24 {
        world.pass(HOUR);
        for id in 0..3 {
            let loads = world.tabs[id].ledger.loads_within(world.time, HOUR);
            let opens = world.tabs[id].ledger.opens_within(world.time, HOUR);
            assert!(loads <= 200 && opens <= 200, "tab {id}: {loads} loads, {opens} streams");
            assert_eq!(world.answers(id), NOTHING);
        }
    }
    world.change(0, 0, 0b10100, 0b10);
    assert!(world.wait(90_000, |world| (0..3).all(|id| is_right(world, id))));
    fine(&world);
}

#[test]
fn f67_tokens_alone_answer_within_seconds_on_a_clock_that_is_hours_or_years_off() {
    let hour = i64::try_from(HOUR).unwrap();
    for skew in [2 * hour, -2 * hour, 8_766 * hour, -8_766 * hour, -26_298 * hour] {
        let setting = Setting { skew, issues_each_time: true, ..Setting::plain().alone() };
        let mut world = world(setting, 2);
        for step in 0..360 {
            world.pass(10_000);
            for id in 0..2 {
                assert!(is_right(&world, id), "off by {} h, step {step}", skew / hour);
            }
        }
        fine(&world);
    }
}

#[test]
fn f67_a_stored_token_that_has_expired_is_not_believed_on_a_right_or_fast_clock() {
    let hour = i64::try_from(HOUR).unwrap();
    for skew in [0, 2 * hour, 8_766 * hour] {
        let mut world = World::new(1, Setting { skew, ..Setting::plain().alone() }, false);
        world.is_calm = true;
        let token = world.server.sign_in(0, 0, 60_000);
        world.pass(HOUR);
        world.open_tab(Some(token), 0, None);
        for _ in 0..360 {
            world.pass(10_000);
            assert_eq!(world.answers(0), NOTHING);
        }
        fine(&world);
    }
}
