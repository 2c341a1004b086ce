//! F10, F26 to F29, F31: faults of streams.

use permgate_core::session::Transport;

use super::{fine, is_right, world};
use crate::setting::Setting;
use crate::stream::Way;
use crate::world::World;

fn with_all_ways() -> Setting {
    Setting {
        push: vec![Transport::Events, Transport::Socket, Transport::Poll],
        ..Setting::plain()
    }
}

/// The time until a change is visible in a tab.
fn seen_after(world: &mut World, id: usize) -> u64 {
    let (_, truth) = world.server.truth(0);
    let (grants, roles) = (!truth.grants[0] & 0x1F, truth.roles[0]);
    let start = world.time;
    world.change(0, 0, grants, roles);
    assert!(world.wait(400_000, |world| is_right(world, id)), "the change is never seen");
    world.time - start
}

#[test]
fn a_change_is_seen_at_once_by_every_transport() {
    for transport in [Transport::Events, Transport::Socket, Transport::Poll] {
        let mut world = world(Setting { push: vec![transport], ..Setting::plain() }, 3);
        for id in 0..3 {
            let delay = seen_after(&mut world, id);
            assert!(delay < 1_000, "{transport:?}: seen after {delay} ms");
            world.pass(5_000);
        }
        fine(&world);
    }
}

#[test]
fn f10_a_message_that_is_cut_off_at_any_byte_is_never_half_applied() {
    let text = b"event: revoked\ndata: {\"version\":9,\"subject\":\"70\",\"permissions\":[\"invoice:view\"]}\n\n";
    for end in 0..text.len() {
        let mut world = world(Setting::plain(), 1);
        let before = world.answers(0);
        let stream = world.served_streams()[0];
        world.raw(stream, &text[..end]);
        world.pass(500);
        assert_eq!(world.answers(0), before, "cut at {end}");
        world.cut(stream);
        world.pass(100);
        assert_eq!(world.answers(0), before, "cut at {end}");
        fine(&world);
    }
}

#[test]
fn f26_f28_a_transport_that_does_not_work_is_left_for_the_next_in_bounded_time() {
    let broken = [
        (Way::Buffers, 30_000),
        (Way::NotAStream, 5_000),
        (Way::Status(204), 5_000),
        (Way::Status(404), 5_000),
        (Way::Cuts, 5_000),
        (Way::Status(500), 60_000),
    ];
    for (way, bound) in broken {
        let mut world = world(with_all_ways(), 1);
        world.is_calm = false;
        world.browser.ways = [way, way, Way::Works];
        world.break_streams(0, None);
        let polls = |world: &World| world.polls() > 0;
        assert!(world.wait(bound, polls), "{way:?}: no other transport within {bound} ms");
        world.pass(5_000);
        let delay = seen_after(&mut world, 0);
        assert!(delay < 2_000, "{way:?}: seen after {delay} ms");
        // The best transport is tried again, and kept if it works.
        world.browser.ways = [Way::Works; 3];
        let is_back = |world: &World| !world.served_streams().is_empty();
        assert!(world.wait(20 * 60_000, is_back), "{way:?}: never tried again");
        fine(&world);
    }
}

#[test]
fn f27_a_half_open_stream_is_noticed_within_a_minute() {
    for transport in [Transport::Events, Transport::Socket] {
        let mut world = world(Setting { push: vec![transport], ..Setting::plain() }, 1);
        world.break_streams(100, None);
        let delay = seen_after(&mut world, 0);
        assert!(delay < 45_000, "{transport:?}: seen after {delay} ms");
        let delay = seen_after(&mut world, 0);
        assert!(delay < 1_000, "{transport:?}: seen after {delay} ms");
        fine(&world);
    }
}

#[test]
fn f29_a_change_that_was_missed_while_the_stream_was_cut_is_seen_when_it_is_back() {
    let mut world = world(Setting::plain(), 2);
    world.server.down_until = world.time + 20_000;
    world.break_streams(0, None);
    world.change(0, 0, 0b10100, 0);
    world.pass(20_000);
    let start = world.time;
    assert!(world.wait(70_000, |world| is_right(world, 0) && is_right(world, 1)));
    assert!(world.time - start < 65_000, "seen after {} ms", world.time - start);
    fine(&world);
}

#[test]
fn f31_a_retry_time_of_the_server_causes_neither_an_endless_pause_nor_a_storm() {
    for retry in ["0", "1e3", "-1", "1000000000000", "99999999999999999999999999"] {
        let mut world = world(Setting::plain(), 1);
        let stream = world.served_streams()[0];
        world.raw(stream, format!("retry: {retry}\n\n").as_bytes());
        world.pass(1_000);
        world.break_streams(0, None);
        let is_back = |world: &World| !world.served_streams().is_empty();
        assert!(world.wait(65_000, is_back), "retry: {retry}: not back in a minute");
        fine(&world);
    }
}

#[test]
fn f5_messages_of_the_stream_of_an_earlier_user_are_ignored() {
    let mut world = world(Setting { honours_abort: false, ..Setting::plain() }, 1);
    let old = world.served_streams()[0];
    world.sign_in(0, 1);
    assert!(world.wait(2_000, |world| is_right(world, 0)));
    world.pass(1_000);
    let loads = world.tabs[0].ledger.loads_within(world.time, 60_000);
    for (kind, data) in [
        ("session-revoked", "{}"),
        ("revoked", r#"{"version":1,"permissions":["invoice:view","report:view"]}"#),
        ("revoked", r#"{"version":99,"subject":"71","permissions":["invoice:view"]}"#),
        ("version", "{"),
        ("revoked", "{"),
    ] {
        world.message(old, kind, data);
        for _ in 0..10 {
            world.pass(100);
            assert!(is_right(&world, 0), "{kind} {data}");
        }
    }
    assert_eq!(world.tabs[0].ledger.loads_within(world.time, 60_000), loads);
    fine(&world);
}
