//! F1–F6: a set belongs to the current user, no matter in which order answers arrive.

use permgate_core::session::{Event, Status};

use crate::world::World;

/// Granted to grace alone among the three.
const GRACE: &str = "invoice:edit";
/// Granted to linus alone among the three.
const LINUS: &str = "stock-adjustment:edit";
/// Granted to margaret alone among the three.
const MARGARET: &str = "payroll:view";

const USERS: [(&str, &str); 3] = [("grace", GRACE), ("linus", LINUS), ("margaret", MARGARET)];

fn nothing_but(world: &World, expected: Option<&str>) {
    for (user, permission) in USERS {
        assert_eq!(world.can(permission), expected == Some(permission), "{permission} of {user}");
    }
}

#[test]
fn each_user_of_these_tests_has_a_permission_that_the_others_lack() {
    for (user, permission) in USERS {
        let world = World::signed_in(user);
        nothing_but(&world, Some(permission));
    }
}

#[test]
fn f1_f4_the_earlier_users_late_answer_is_never_seen() {
    for (served_before_the_switch, honours_abort) in
        [(true, true), (true, false), (false, true), (false, false)]
    {
        let mut world = World::signed_in("grace");
        world.honours_abort = honours_abort;
        world.tell(Event::RefreshRequested);
        if served_before_the_switch {
            world.serve(0);
        }
        world.switch_to("linus");
        nothing_but(&world, None);
        // The newest answer first, then the remaining ones of the earlier user.
        let newest = world.network.len() - 1;
        world.deliver(newest);
        nothing_but(&world, Some(LINUS));
        world.settle();
        nothing_but(&world, Some(LINUS));
    }
}

#[test]
fn f2_after_two_changes_of_user_the_last_user_stays_for_all_six_orders_of_answers() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut world = World::new();
        world.honours_abort = false;
        world.tell(Event::Started { bootstrap: None, stored: None });
        for (user, _) in USERS {
            world.switch_to(user);
        }
        assert_eq!(world.network.len(), 3);
        let mut pending = Vec::from([0, 1, 2]);
        for wanted in order {
            let index = pending.iter().position(|exchange| *exchange == wanted).unwrap();
            pending.remove(index);
            world.deliver(index);
            assert!(!world.can(GRACE) && !world.can(LINUS), "order {order:?}");
        }
        nothing_but(&world, Some(MARGARET));
    }
}

#[test]
fn f3_when_the_first_user_returns_their_first_answer_is_dropped() {
    let mut world = World::new();
    world.honours_abort = false;
    world.tell(Event::Started { bootstrap: None, stored: None });
    world.switch_to("grace");
    world.serve(0);
    world.switch_to("linus");
    // Meanwhile grace loses a permission that the first answer still grants.
    world.administer("u-2", r#"[{"permission":"invoice:edit","effect":"deny"}]"#);
    world.switch_to("grace");
    world.deliver(2);
    assert!(!world.can(GRACE) && world.can("invoice:view"));
    world.settle();
    assert!(!world.can(GRACE), "the answer to the first request is used");
}

#[test]
fn f5_after_a_sign_out_no_late_answer_or_timer_restores_a_set() {
    for online in [true, false] {
        let mut world = World::signed_in("grace");
        world.honours_abort = false;
        world.online = online;
        world.tell(Event::RefreshRequested);
        if !online {
            // A retry is pending, too.
            world.settle();
            assert!(world.has_timer());
        }
        world.tell(Event::SignedOut);
        nothing_but(&world, None);
        world.settle();
        world.online = true;
        let requests = world.requests;
        world.pass(24 * 3_600_000);
        nothing_but(&world, None);
        assert_eq!(world.session.status(), Status::Unauthenticated);
        assert_eq!((world.requests, world.has_timer()), (requests, false));
    }
}

#[test]
fn f6_an_answer_about_another_user_than_the_token_is_rejected() {
    let mut world = World::signed_in("grace");
    // A proxy that mixes up its users: linus's token reaches the server under grace's name.
    world.tell(Event::RefreshRequested);
    let linus = world.sign_in("linus");
    if let Some(crate::world::Exchange::Sent { bearer, etag, .. }) = world.network.first_mut() {
        *bearer = Some(linus);
        *etag = None;
    }
    world.deliver(0);
    assert_eq!(world.performer.problems, ["subject-mismatch"]);
    nothing_but(&world, Some(GRACE));
}
