//! F1, F12 to F19, F65: requests that are refused.

use permgate_core::session::{Event, Observation, Status};

use super::{fine, is_right, world};
use crate::call::Trouble;
use crate::questions::Answers;
use crate::setting::{Credentials, Setting};

const NOTHING: Answers = Answers { granted: 0, denied: 0, roles: 0, not_roles: 0 };

#[test]
fn f12_one_dialog_serves_fifty_requests_that_met_401() {
    for credentials in [Credentials::Cookie, Credentials::Named] {
        let mut world = world(Setting { credentials, ..Setting::plain() }, 1);
        let credential = world.credential(0).unwrap();
        world.server.revoke(credential);
        for _ in 0..50 {
            world.call(0, Trouble::None, false);
        }
        world.pass(300);
        assert_eq!(world.answers(0), NOTHING);
        assert!(world.wait(5_000, |world| world.tabs[0].session.status() == Status::Fresh));
        world.pass(500);
        fine(&world);
        assert_eq!((world.tabs[0].dialogs, world.tabs[0].ledger.replays), (1, 50));
        assert!(world.tabs[0].waiting.is_empty() && is_right(&world, 0));
    }
}

#[test]
fn f12_a_function_that_returns_a_new_token_needs_no_dialog() {
    let setting = Setting { renews_tokens: true, ..Setting::plain() };
    let mut world = world(setting, 1);
    world.server.revoke(world.credential(0).unwrap());
    for _ in 0..50 {
        world.call(0, Trouble::None, false);
    }
    world.pass(2_000);
    fine(&world);
    assert_eq!((world.tabs[0].dialogs, world.tabs[0].ledger.replays), (0, 50));
    assert!(is_right(&world, 0));
}

#[test]
fn f13_a_401_that_comes_after_the_renewal_causes_no_other_renewal() {
    let mut world = world(Setting::plain(), 1);
    let old = world.credential(0).unwrap();
    world.server.revoke(old);
    // The answers take longer than the renewal.
    world.network.delay = 20_000;
    for _ in 0..50 {
        world.call(0, Trouble::None, false);
    }
    world.network.delay = 100;
    world.sign_in(0, 0);
    assert!(world.wait(2_000, |world| is_right(world, 0)));
    for _ in 0..600 {
        world.pass(100);
        assert!(is_right(&world, 0), "refusals of the old credentials empty the set");
    }
    fine(&world);
    assert!(world.tabs[0].ledger.loads_within(world.time, 70_000) <= 3);
    assert_eq!((world.tabs[0].dialogs, world.tabs[0].ledger.replays), (0, 50));
    assert!(is_right(&world, 0));
}

#[test]
fn f1_responses_to_requests_of_an_earlier_user_are_ignored() {
    let mut world = world(Setting::plain(), 1);
    for trouble in [Trouble::Forbidden, Trouble::Refused, Trouble::None] {
        world.call(0, trouble, false);
    }
    world.sign_in(0, 1);
    assert!(world.wait(2_000, |world| is_right(world, 0)));
    for _ in 0..100 {
        world.pass(100);
        assert!(is_right(&world, 0));
    }
    fine(&world);
    assert_eq!(world.tabs[0].ledger.replays, 0);
    assert!(world.tabs[0].ledger.loads_within(world.time, 60_000) <= 2);
}

#[test]
fn f14_f15_a_source_that_refuses_all_credentials_is_asked_at_a_bounded_rate() {
    let mut world = world(Setting { renews_tokens: true, ..Setting::plain() }, 1);
    world.server.refuses = true;
    for _ in 0..360 {
        world.call(0, Trouble::None, false);
        world.pass(10_000);
    }
    assert_eq!(world.answers(0), NOTHING);
    let loads = world.tabs[0].ledger.loads_within(world.time, 3_600_000);
    let dialogs = world.tabs[0].dialogs;
    // Each request that meets a 401 opens one dialog, and one load checks its outcome.
    assert!(loads <= 365 && dialogs <= 361, "{loads} loads, {dialogs} dialogs in an hour");
    world.server.refuses = false;
    world.sign_in(0, 0);
    world.pass(5_000);
    assert!(is_right(&world, 0));
}

#[test]
fn f16_a_hundred_403_a_second_cause_one_load_every_five_seconds() {
    let mut world = world(Setting::plain(), 1);
    let before = world.answers(0);
    for _ in 0..6_000 {
        world.call(0, Trouble::Forbidden, false);
        world.pass(10);
        assert_eq!(world.answers(0), before, "it flickers");
    }
    fine(&world);
    let loads = world.tabs[0].ledger.loads_within(world.time, 60_000);
    assert!((5..=14).contains(&loads), "{loads} loads in a minute");
}

#[test]
fn f17_challenges_for_a_stronger_sign_in_or_a_nonce_keep_the_set() {
    let mut world = world(Setting::plain(), 1);
    let before = world.answers(0);
    for trouble in [Trouble::StepUp, Trouble::DpopNonce] {
        world.call(0, trouble, false);
        world.pass(1_000);
        assert_eq!(world.answers(0), before);
    }
    fine(&world);
    assert_eq!((world.tabs[0].step_ups, world.tabs[0].ledger.replays), (1, 0));
}

#[test]
fn f19_a_request_whose_body_can_be_read_only_once_is_not_replayed() {
    let mut world = world(Setting::plain(), 1);
    world.server.revoke(world.credential(0).unwrap());
    for is_once in [true, false, true] {
        world.call(0, Trouble::None, is_once);
    }
    assert!(world.wait(60_000, |world| is_right(world, 0)));
    world.pass(1_000);
    assert_eq!(world.tabs[0].ledger.replays, 1);
}

#[test]
fn f65_no_version_is_known_of_a_user_whose_replayed_request_met_401_while_a_dialog_is_open() {
    // Seed 377326. The endpoint refuses, so a dialog opens; then a request that was sent again meets
    // 401, which ends the session.
    let mut world = world(Setting::plain(), 1);
    world.server.revoke(world.credential(0).unwrap());
    world.tell(0, Event::RefreshRequested, None);
    assert!(world.wait(1_000, |world| world.tabs[0].dialog.is_some()));
    let ticket = world.tabs[0].session.ticket();
    let (version, challenge) = (None, None);
    let refusal = Observation { status: 401, version, challenge, ticket, is_replay: true };
    world.tell(0, Event::Observed(refusal), None);
    // Versions begin anew, and the user signs in anew.
    assert!(world.server.restart_counters(world.time));
    assert!(world.wait(5_000, |world| world.tabs[0].dialog.is_none()));
    assert_eq!(world.tabs[0].session.status(), Status::Unauthenticated);
    world.tell(0, Event::RefreshRequested, None);
    world.wait(5_000, |world| is_right(world, 0));
    fine(&world);
    assert!(is_right(&world, 0));
    assert_eq!(world.tabs[0].dialogs, 1);
}

#[test]
fn f12_a_token_that_is_gone_while_a_dialog_is_open_leaves_the_dialog_open() {
    // The application clears its token when the dialog opens, and is asked to load meanwhile.
    let mut world = world(Setting::plain(), 1);
    world.server.revoke(world.credential(0).unwrap());
    world.tell(0, Event::RefreshRequested, None);
    assert!(world.wait(1_000, |world| world.tabs[0].dialog.is_some()));
    world.tabs[0].token = None;
    world.tell(0, Event::RefreshRequested, None);
    let (renewal, _) = world.tabs[0].dialog.unwrap();
    assert!(world.wait(2_000, |world| !world.tabs[0].session.is_busy()));
    assert!(world.tabs[0].session.awaits_renewal(renewal));
    assert_eq!(world.tabs[0].session.status(), Status::Unauthenticated);
    assert!(world.wait(5_000, |world| is_right(world, 0)));
    fine(&world);
    assert_eq!(world.tabs[0].dialogs, 1);
}

#[test]
fn f65_nothing_is_known_of_a_user_whose_token_is_taken_back_while_a_dialog_is_open() {
    // Seed 877058. While the dialog is open, the application signs the user out.
    let mut world = world(Setting::plain(), 1);
    world.server.revoke(world.credential(0).unwrap());
    world.tell(0, Event::RefreshRequested, None);
    assert!(world.wait(1_000, |world| world.tabs[0].dialog.is_some()));
    world.tabs[0].token = None;
    let (renewal, _) = world.tabs[0].dialog.unwrap();
    world.tell(0, Event::TokenChanged(None), None);
    assert!(!world.tabs[0].session.awaits_renewal(renewal));
    assert!(world.tabs[0].dialog.is_some(), "the dialog is answered too soon");
    // Versions begin anew, and the user signs in anew.
    assert!(world.server.restart_counters(world.time));
    world.sign_in(0, 0);
    world.wait(2_000, |world| is_right(world, 0));
    fine(&world);
    assert!(is_right(&world, 0));
}

#[test]
fn f65_a_stored_set_that_is_too_old_for_a_page_makes_no_version_known() {
    // Seed 945025. The page does not use what an earlier page stored; then its token is refused.
    let mut world = world(Setting { persists: true, stale: 0, ..Setting::plain() }, 1);
    let (token, storage) = (world.tabs[0].token, world.tabs[0].storage.clone());
    assert!(storage.is_some());
    world.kill_tab(0);
    world.server.revoke(token.unwrap());
    let tab = world.open_tab(token, 0, storage);
    assert!(world.wait(1_000, |world| world.tabs[tab].dialog.is_some()));
    world.call(tab, Trouble::None, false);
    assert!(world.server.restart_counters(world.time));
    assert!(world.wait(5_000, |world| is_right(world, tab)));
    fine(&world);
}
