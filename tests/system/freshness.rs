//! F7, F8, and how changes by the administrator reach the page.

use axum::http::Method;
use permgate_core::session::{Event, Status};

use crate::world::World;

const DENY: &str = r#"[{"permission":"invoice:edit","effect":"deny"}]"#;

#[test]
fn f7_a_lower_version_is_ignored() {
    let mut world = World::signed_in("grace");
    world.honours_abort = false;
    // Two loads are in flight: the earlier one was answered before the change, and its answer comes last.
    world.tell(Event::RefreshRequested);
    world.serve(0);
    world.administer("u-2", DENY);
    world.pass_without_network(15_000);
    world.tell(Event::RefreshRequested);
    let newest = world.network.len() - 1;
    assert!(newest > 0, "a second load began after the first was given up");
    world.deliver(newest);
    assert!(!world.can("invoice:edit"));
    world.settle();
    assert!(!world.can("invoice:edit"));
}

#[test]
fn f7_an_equal_version_only_extends_freshness_and_costs_a_304() {
    let mut world = World::signed_in("grace");
    world.pass(200_000);
    world.tell(Event::RefreshRequested);
    world.settle();
    assert!(world.performer.problems.is_empty());
    world.pass(299_000);
    assert_eq!((world.session.status(), world.requests), (Status::Fresh, 2));
}

#[test]
fn f8_the_answer_to_a_fetch_is_not_fresh_after_an_invalidation_during_the_fetch() {
    let mut world = World::signed_in("grace");
    world.tell(Event::RefreshRequested);
    world.serve(0);
    world.administer("u-2", DENY);
    world.tell(Event::Invalidated);
    world.deliver(0);
    assert_eq!(world.session.status(), Status::Stale);
    assert_eq!(world.network.len(), 1, "one more fetch follows");
    world.settle();
    assert_eq!(world.session.status(), Status::Fresh);
    assert!(!world.can("invoice:edit"));
}

#[test]
fn a_revocation_is_noticed_at_the_next_403() {
    let mut world = World::signed_in("grace");
    world.administer("u-2", DENY);
    assert!(world.can("invoice:edit"), "the page has not noticed the change yet");
    let record = r#"{"title":"x","amount":1,"status":"open","note":""}"#;
    let status = world.api(Method::PUT, "/api/pages/invoice/records/1", record);
    assert_eq!(status, 403);
    world.settle();
    assert!(!world.can("invoice:edit") && world.can("invoice:view"));
}

#[test]
fn a_change_is_noticed_at_the_next_response_to_any_call() {
    let mut world = World::signed_in("alan");
    assert!(!world.can("invoice:edit"));
    world.administer("u-5", r#"[{"permission":"invoice:edit","effect":"allow"}]"#);
    assert_eq!(world.api(Method::GET, "/api/catalogue", ""), 200);
    world.settle();
    assert!(world.can("invoice:edit"));
    let requests = world.requests;
    assert_eq!(world.api(Method::GET, "/api/catalogue", ""), 200);
    world.settle();
    assert_eq!(world.requests, requests, "nothing is new");
}

#[test]
fn a_change_is_noticed_after_the_time_to_live_at_the_latest() {
    let mut world = World::signed_in("grace");
    world.administer("u-2", DENY);
    world.pass(299_999);
    assert!(world.can("invoice:edit"));
    world.pass(1);
    assert!(!world.can("invoice:edit"));
}

#[test]
fn a_set_is_believed_until_it_expires_while_the_server_is_away() {
    let mut world = World::signed_in("grace");
    world.online = false;
    world.pass(300_000 + 59_999);
    assert!(world.can("invoice:edit"));
    world.pass(1);
    assert!(!world.can("invoice:edit") && !world.can("!invoice:edit"));
    assert_eq!(world.session.status(), Status::Expired);
    world.online = true;
    world.pass(60_000);
    assert!(world.can("invoice:edit"), "the page loads again by itself");
}

#[test]
fn a_session_that_the_server_ended_ends_on_the_page() {
    let mut world = World::signed_in("grace");
    world.token = Some([world.token.as_deref().unwrap(), "x"].concat());
    assert_eq!(world.api(Method::GET, "/api/catalogue", ""), 401);
    assert!(!world.can("invoice:edit"), "at once");
    world.settle();
    assert_eq!(world.session.status(), Status::Unauthenticated);
}
