//! F33 to F36, F64: several tabs, a host that is wrong about the network, and messages about other
//! users.

use permgate_core::session::{Event, Life, Status};

use super::{fine, is_right, world};
use crate::call::Trouble;
use crate::setting::{Credentials, Setting};
use crate::world::World;

/// The tab that holds the stream.
fn leader(world: &World) -> usize {
    let open = world.open_streams();
    assert_eq!(open.len(), 1, "streams: {open:?}");
    open[0].0
}

#[test]
fn f34_seven_tabs_share_one_stream_and_all_see_a_change_at_once() {
    let mut world = world(Setting::plain(), 7);
    leader(&world);
    world.change(0, 0, 0b10100, 0b10);
    world.pass(1_000);
    assert!((0..7).all(|id| is_right(&world, id)));
    // For an hour there is one stream, and no more loads than the time to live requires.
    world.pass(3_600_000);
    leader(&world);
    for id in 0..7 {
        let loads = world.tabs[id].ledger.loads_within(world.time, 3_600_000);
        assert!(loads <= 14, "tab {id}: {loads} loads in an hour");
    }
    fine(&world);
}

#[test]
fn f35_another_tab_opens_the_stream_when_the_leading_tab_is_gone() {
    let mut world = world(Setting::plain(), 4);
    for _ in 0..3 {
        let first = leader(&world);
        world.kill_tab(first);
        let is_back = |world: &World| world.open_streams().len() == 1;
        assert!(world.wait(2_000, is_back), "a closed tab's stream is not taken");
        world.pass(2_000);
    }
    world.change(0, 0, 0b10100, 0b10);
    world.pass(1_000);
    let new_leader = leader(&world);
    assert!(is_right(&world, new_leader));
    fine(&world);
}

#[test]
fn f35_a_frozen_tab_that_keeps_its_lock_loses_the_stream_in_bounded_time() {
    let mut world = world(Setting::plain(), 3);
    let first = leader(&world);
    world.tabs[first].frozen = Some(world.monotonic(first));
    let others: Vec<usize> = (0..3).filter(|id| *id != first).collect();
    world.change(0, 0, 0b10100, 0b10);
    let start = world.time;
    assert!(world.wait(60_000, |world| others.iter().all(|id| is_right(world, *id))));
    assert!(world.time - start < 50_000, "after {} ms", world.time - start);
    // When the frozen tab continues, there is one stream again.
    world.wake_tab(first);
    world.pass(60_000);
    leader(&world);
    assert!((0..3).all(|id| is_right(&world, id)));
    fine(&world);
}

#[test]
fn f33_wrong_hints_about_the_network_stop_no_load_and_cause_few() {
    let mut world = world(Setting::plain(), 2);
    // The host reports that there is no network, although there is.
    for id in 0..2 {
        world.tell(id, Event::Life(Life::Offline), None);
    }
    world.change(0, 0, 0b10100, 0b10);
    world.pass(1_000);
    assert!(is_right(&world, 0) && is_right(&world, 1));
    // The host reports a network a hundred times a second, although there is none.
    world.is_calm = false;
    world.network.loss = 100;
    world.break_streams(0, None);
    world.pass(20_000);
    for _ in 0..1_000 {
        world.tell(0, Event::Life(Life::Online), None);
        world.pass(10);
    }
    let loads = world.tabs[0].ledger.loads_within(world.time, 10_000);
    assert!(loads <= 12, "{loads} loads in ten seconds");
    world.is_calm = true;
    world.change(0, 0, 0b00001, 0b01);
    assert!(world.wait(120_000, |world| is_right(world, 0) && is_right(world, 1)));
    assert!(world.failure.is_none());
}

#[test]
fn f36_invented_messages_of_another_tab_grant_nothing_and_cause_few_loads() {
    for credentials in [Credentials::Cookie, Credentials::Named] {
        let mut world = world(Setting { credentials, ..Setting::plain() }, 1);
        let texts = [
            r#"{"type":"version","subject":"70","version":1000000}"#,
            r#"{"type":"invalidated","subject":"70"}"#,
            r#"{"type":"session-revoked","subject":"70"}"#,
            r#"{"type":"revoked","subject":"70","version":1000001,"permissions":["invoice:view"]}"#,
            r#"{"type":"granted","subject":"70","permissions":["report:view"]}"#,
            r#"{"type":"alive","subject":"70"}"#,
            r#"{"subject":"70","version":9,"permissions":["report:view"]}"#,
            "[]",
            "",
        ];
        let full = world.answers(0);
        for round in 0..6_000 {
            let text = texts[round % texts.len()].into();
            world.tell(0, Event::Told(text), None);
            world.pass(10);
            assert_eq!(world.answers(0).granted & !full.granted, 0);
        }
        let loads = world.tabs[0].ledger.loads_within(world.time, 60_000);
        assert!(loads <= 100, "{loads} loads in a minute of forgeries");
        // An invented revocation is lifted after five answers.
        world.pass(6 * 300_000);
        fine(&world);
        assert!(is_right(&world, 0), "{:?} is not {:?}", world.answers(0), world.should(0));
    }
}

#[test]
fn f64_a_load_goes_on_when_a_token_names_its_user_also_after_a_message_about_another_user() {
    // Seed 249727. The first token names nobody, the second one names its user.
    let credentials = Credentials::Mixed;
    let (ttl, stale) = (60_000, 5_000);
    let setting = Setting { credentials, ttl, stale, push: Vec::new(), ..Setting::plain() };
    let mut world = world(setting, 1);
    for kind in ["hello", "signed-out"] {
        let text = format!(r#"{{"type":"{kind}","subject":"71"}}"#);
        world.tell(0, Event::Told(text), None);
    }
    // The set expires, and the next load takes some seconds.
    world.network.delay = 5_000;
    world.sleep(100_000);
    assert!(world.wait(120_000, |world| world.tabs[0].flight.is_some()));
    assert_eq!(world.tabs[0].session.status(), Status::Expired);
    let token = world.new_credential(0);
    world.tabs[0].token = Some(token);
    let text = world.server.credentials[token].text.clone();
    world.tell(0, Event::TokenSeen(text), None);
    assert!(world.tabs[0].flight.is_some(), "the load is given up");
    world.wait(10_000, |world| is_right(world, 0));
    fine(&world);
    assert!(is_right(&world, 0));
    assert_eq!(world.tabs[0].ledger.loads_within(world.time, 20_000), 1);
}

/// A world with a cookie, in which user 0 has this many tabs, and then user 1 signs in elsewhere in
/// the browser, without a sign-out before. The session of user 0 is still valid.
fn with_another_user(tabs: usize) -> World {
    let setting = Setting { credentials: Credentials::Cookie, ..Setting::plain() };
    let mut world = world(setting, tabs);
    world.change(1, 0, 0b10100, 0b10);
    world.pass(60_000);
    leader(&world);
    world.browser.jar = Some(world.new_credential(1));
    for id in 0..tabs {
        assert!(!is_right(&world, id), "tab {id} cannot know yet");
    }
    world
}

#[test]
fn f64_all_tabs_become_those_of_the_user_who_signs_in_in_one_of_them() {
    let mut world = with_another_user(4);
    let start = world.time;
    world.tell(2, Event::RefreshRequested, None);
    assert!(world.wait(1_000, |world| (0..4).all(|id| is_right(world, id))));
    world.pass(30_000);
    for id in 0..4 {
        let loads = world.tabs[id].ledger.loads_within(world.time, world.time - start);
        assert_eq!(loads, 1, "tab {id}");
    }
    leader(&world);
    fine(&world);
}

#[test]
fn f64_all_tabs_become_those_of_the_user_of_a_page_that_is_loaded() {
    let mut world = with_another_user(3);
    let start = world.time;
    world.open_tab(None, 0, None);
    assert!(world.wait(1_000, |world| (0..4).all(|id| is_right(world, id))));
    world.pass(30_000);
    for id in 0..4 {
        let loads = world.tabs[id].ledger.loads_within(world.time, world.time - start);
        assert_eq!(loads, 1, "tab {id}");
    }
    fine(&world);
}

#[test]
fn f64_a_tab_becomes_that_of_the_user_whom_the_api_names() {
    let mut world = with_another_user(1);
    world.call(0, Trouble::None, false);
    assert!(world.wait(1_000, |world| is_right(world, 0)));
    fine(&world);
}

#[test]
fn f64_a_tab_that_returns_becomes_that_of_the_user_of_the_cookie_although_its_stream_is_alive() {
    let mut world = with_another_user(1);
    leader(&world);
    world.tell(0, Event::Life(Life::Shown), None);
    assert!(world.wait(1_000, |world| is_right(world, 0)));
    fine(&world);
}
