//! A server whose version counter restarts, and replicas that lag beside it (F65).

use alloc::vec;

use super::pushes::{page_with, push};
use super::*;

/// A page whose set of version 42 has expired, while the endpoint answers with these versions;
/// returns the versions that were accepted.
fn after_expiry(versions: &[u64]) -> (Page, Vec<u64>) {
    let lifetimes = Lifetimes { ttl: Millis(10_000), stale: Millis(5_000), ..Lifetimes::default() };
    let mut page = Page::of(Config { lifetimes, ..Config::new(Source::Endpoint) });
    page.answer(&document(42, &["old"]));
    page.pass(10_000);
    // The load that is running when the set expires began before that.
    page.pass(5_000);
    page.answer(&document(3, &["new"]));
    let mut taken = Vec::new();
    for version in versions {
        let before = page.fetches();
        page.pass(2_000);
        assert_eq!(page.fetches(), before + 1, "loads follow after 1 s to 2 s");
        page.answer(&document(*version, &["new"]));
        taken.extend(page.session.view().and_then(|view| view.version));
        if !taken.is_empty() {
            break;
        }
    }
    (page, taken)
}

#[test]
fn f65_a_restarted_counter_is_accepted_from_three_loads_after_expiry() {
    for versions in [[3, 3, 3], [3, 4, 9]] {
        let (page, taken) = after_expiry(&versions);
        assert_eq!(taken, [versions[2]]);
        assert!(page.can("new") && page.status() == Status::Fresh);
        assert_eq!(page.problems.last(), Some(&"version-restarted"));
    }
}

#[test]
fn f65_descending_versions_come_from_replicas_and_restart_the_count() {
    assert_eq!(after_expiry(&[41, 41, 40, 41, 40]).1, []);
    assert_eq!(after_expiry(&[41, 40, 40, 40]).1, [40]);
    assert_eq!(after_expiry(&[41, 42]).1, [42]);
}

#[test]
fn f65_an_older_version_is_never_accepted_before_expiry() {
    let mut page = Page::started();
    page.answer(&document(42, &["old"]));
    for _ in 0..20 {
        page.tell(Event::RefreshRequested);
        page.answer(&document(3, &["new"]));
        page.pass(5_000);
        assert!(!page.can("new") && page.can("old"));
    }
}

#[test]
fn f65_loads_in_quick_succession_count_as_one() {
    let (mut page, _) = after_expiry(&[3]);
    for _ in 0..5 {
        page.tell(Event::RefreshRequested);
        page.answer(&document(3, &["new"]));
    }
    assert!(!page.can("new"));
}

#[test]
fn f65_a_response_with_the_known_version_shows_that_the_counter_did_not_restart() {
    for (version, taken) in [(41, true), (42, false)] {
        let (mut page, _) = after_expiry(&[41, 41]);
        let ticket = page.session.ticket();
        let header = VersionHeader { version, subject: Some("u-1".into()) };
        page.tell(Event::Observed(Observation {
            version: Some(header),
            ..Observation::of_status(200, ticket)
        }));
        page.pass(2_000);
        page.answer(&document(41, &["new"]));
        assert_eq!(page.can("new"), taken);
    }
}

#[test]
fn f65_a_pushed_revocation_is_lifted_only_by_more_answers_of_the_restarted_counter() {
    let mut page = page_with(&[Transport::Events]);
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push(&mut page, "revoked", r#"{"version":43,"subject":"u-1","permissions":["b"]}"#);
    let fails = Failure::Network("no network".into());
    page.fail(fails, None);
    page.pass(400_000);
    assert_eq!(page.status(), Status::Expired);
    let mut answers = 0;
    while !page.can("b") {
        page.answer(&document(0, &["a", "b"]));
        answers += usize::from(page.can("a"));
        page.pass(310_000);
        assert!(answers < 20);
    }
    assert_eq!(answers, 5);
}

#[test]
fn f65_a_late_revocation_of_the_earlier_counter_does_not_hide_forever() {
    let lifetimes = Lifetimes { ttl: Millis(10_000), stale: Millis(5_000), ..Lifetimes::default() };
    let push_by = vec![Transport::Events];
    let mut page = Page::of(Config { lifetimes, push: push_by, ..Config::new(Source::Endpoint) });
    page.answer(&document(42, &["a", "b"]));
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push(&mut page, "version", r#"{"version":42,"subject":"u-1"}"#);
    page.pass(10_000);
    page.fail(Failure::Status(500), None);
    page.pass(5_000);
    for _ in 0..8 {
        page.tell(Event::RefreshRequested);
        page.answer(&document(3, &["a", "b"]));
        page.pass(1_100);
    }
    for _ in 0..60 {
        if !matches!(page.streams.last(), Some(Effect::OpenChannel { .. })) {
            page.pass(1_000);
        }
    }
    assert!(page.can("b"));
    push(&mut page, "revoked", r#"{"version":43,"subject":"u-1","permissions":["b"]}"#);
    assert!(!page.can("b") && page.can("a"));
    for _ in 0..8 {
        page.tell(Event::RefreshRequested);
        page.answer(&document(3, &["a", "b"]));
    }
    assert!(page.can("b"));
}
