//! Pushed messages, and the streams that carry them.

use alloc::vec;

use super::*;

/// A page with these transports of push that holds `a` and `b` at version 1, and whose first stream
/// is being opened.
pub(super) fn page_with(push: &[Transport]) -> Page {
    let config = Config { push: push.to_vec(), ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    page.answer(&document(1, &["a", "b"]));
    page
}

pub(super) fn page() -> Page {
    page_with(&[Transport::Events, Transport::Socket, Transport::Poll])
}

pub(super) fn push(page: &mut Page, kind: &str, data: &str) {
    let channel = page.channel();
    page.tell(Event::Pushed { channel, kind: kind.into(), data: data.into() });
}

pub(super) fn end(page: &mut Page, end: ChannelEnd) {
    let channel = page.channel();
    page.tell(Event::ChannelEnded { channel, end, retry_after: None });
}

/// A page whose stream is open and has sent version 1.
pub(super) fn streaming() -> Page {
    let mut page = page();
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push(&mut page, "version", r#"{"version":1,"subject":"u-1"}"#);
    page
}

impl Page {
    pub(super) fn channel(&self) -> u64 {
        self.opened().last().map_or(0, |(channel, _)| *channel)
    }

    pub(super) fn opened(&self) -> Vec<(u64, Transport)> {
        let opened = self.streams.iter().filter_map(|effect| match effect {
            Effect::OpenChannel { channel, transport, .. } => Some((*channel, *transport)),
            _ => None,
        });
        opened.collect()
    }

    pub(super) fn transport(&self) -> Transport {
        self.opened().last().unwrap().1
    }
}

#[test]
fn a_stream_is_opened_once_a_set_is_held_and_closed_at_a_sign_out() {
    let mut page = streaming();
    assert_eq!((page.opened().len(), page.fetches()), (1, 1));
    page.tell(Event::SignedOut);
    assert_eq!(page.streams.last(), Some(&Effect::CloseChannel));
    page.pass(3_600_000);
    assert_eq!(page.opened().len(), 1);
}

#[test]
fn a_newer_version_is_fetched_and_an_older_or_equal_one_is_not() {
    let mut page = streaming();
    push(&mut page, "version", r#"{"version":1}"#);
    push(&mut page, "version", r#"{"version":0}"#);
    assert_eq!(page.fetches(), 1);
    push(&mut page, "", r#"{"type":"version","version":2,"subject":"u-1"}"#);
    assert_eq!((page.fetches(), page.status()), (2, Status::Stale));
    push(&mut page, "header", r#"3;sub="u-1""#);
    page.answer(&document(2, &["a"]));
    assert_eq!(page.status(), Status::Stale, "a newer version is known");
}

#[test]
fn a_revoked_name_and_its_negation_are_unknown_at_once() {
    let mut page = streaming();
    push(&mut page, "revoked", r#"{"version":2,"permissions":["a"]}"#);
    assert!(!page.can("a") && !page.can("!a") && page.can("b"));
    assert_eq!((page.reason("a"), page.fetches()), ("revoked", 2));
    assert!(!page.can("a | !a") && page.can("a | b"));
    page.answer(&document(2, &["b"]));
    assert!(page.can("!a") && page.can("b") && page.reason("a") == "not-granted");
}

#[test]
fn f9_a_revoked_name_stays_revoked_whatever_answers_come_late() {
    let mut page = streaming();
    push(&mut page, "revoked", r#"{"version":3,"permissions":["a"]}"#);
    for (version, _) in (0..20).zip(0..) {
        // The load is answered by a lagging replica again and again.
        page.pass(60_000);
        if page.session.is_loading() {
            page.answer(&document(version.min(2), &["a", "b"]));
        }
        assert!(!page.can("a") && !page.can("!a"), "{version}");
    }
    push(&mut page, "version", r#"{"version":2}"#);
    page.tell(Event::RefreshRequested);
    page.answer(&document(4, &["a", "b"]));
    assert!(page.can("a"), "it was granted again");
    push(&mut page, "revoked", r#"{"version":3,"permissions":["a"]}"#);
    assert!(page.can("a"), "the message is older than the set");
}

#[test]
fn f9_a_revocation_without_a_version_is_lifted_only_by_a_load_that_began_after_it() {
    let mut page = streaming();
    page.tell(Event::RefreshRequested);
    let before = page.generation();
    push(&mut page, "revoked", r#"{"permissions":["a"]}"#);
    page.answer_to(before, r#"{"subject":"u-1","permissions":["a","b"]}"#);
    assert!(!page.can("a") && page.can("b"));
    page.answer(r#"{"subject":"u-1","permissions":["a","b"]}"#);
    assert!(page.can("a"));
}

#[test]
fn f10_a_304_does_not_lift_a_revocation() {
    let mut page = streaming();
    push(&mut page, "revoked", r#"{"version":2,"permissions":["a"]}"#);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert!(!page.can("a"));
}

#[test]
fn more_revoked_names_than_the_limit_empty_the_set() {
    let mut page = streaming();
    for version in 2..40_u64 {
        let names: Vec<String> = (0..100).map(|name| format!("\"{version}:{name}\"")).collect();
        push(
            &mut page,
            "revoked",
            &format!(r#"{{"version":{version},"permissions":[{}]}}"#, names.join(",")),
        );
    }
    assert!(!page.can("a") && !page.can("b"));
    page.answer(&document(5, &["a", "b"]));
    assert!(!page.can("b"), "older than the known version");
    page.tell(Event::RefreshRequested);
    page.pass(1_000);
    page.answer(&document(39, &["b"]));
    assert!(page.can("b"));
}

#[test]
fn a_session_revoked_message_empties_the_set_until_the_source_has_answered() {
    let mut page = streaming();
    push(&mut page, "session-revoked", "{}");
    assert!(!page.can("b") && page.session.is_loading());
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    assert_eq!(page.status(), Status::Unauthenticated);
}

#[test]
fn session_revoked_keeps_the_set_only_if_the_token_is_about_to_expire() {
    for (lasts, is_kept) in [(10, true), (9_000, false)] {
        let config = Config { has_token: true, ..Config::new(Source::Endpoint) };
        let mut page = Page::of(Config { push: vec![Transport::Events], ..config });
        let end = START / 1000 + lasts;
        page.give(&format!(r#""sub":"u-1","exp":{end}"#));
        page.answer(&document(1, &["a"]));
        push(&mut page, "session-revoked", "{}");
        assert_eq!((page.can("a"), page.session.is_loading()), (is_kept, true), "{lasts}");
    }
}

#[test]
fn an_unreadable_message_empties_the_set_only_if_it_is_a_revocation() {
    for (kind, is_kept) in [("version", true), ("revoked", false)] {
        let mut page = streaming();
        push(&mut page, kind, r#"{"version":2,"permissions":"a"#);
        assert_eq!(
            (page.can("b"), page.problems.as_slice()),
            (is_kept, &["malformed-message"][..])
        );
        assert!(page.session.is_loading());
    }
    let mut page = streaming();
    push(&mut page, "news", "whatever");
    assert!(page.can("b") && page.problems.is_empty() && !page.session.is_loading());
}

#[test]
fn a_stream_about_another_user_empties_the_set() {
    let mut page = streaming();
    push(&mut page, "version", r#"{"version":1,"subject":"u-2"}"#);
    assert!(!page.can("b") && page.session.is_loading());
    assert_eq!(page.streams.last(), Some(&Effect::CloseChannel));
    page.answer(&document(1, &["a", "b"]));
    page.pass(1_000);
    assert_eq!(page.opened().len(), 2, "another stream, which may be about this user");
}

#[test]
fn messages_of_an_earlier_stream_are_ignored() {
    let mut page = streaming();
    let old = page.channel();
    end(&mut page, ChannelEnd::Closed);
    page.pass(3_000);
    assert_ne!(page.channel(), old);
    for event in [
        Event::Pushed { channel: old, kind: "session-revoked".into(), data: "{}".into() },
        Event::ChannelEnded { channel: old, end: ChannelEnd::Status(401), retry_after: None },
        Event::ChannelAlive { channel: old },
    ] {
        page.tell(event);
    }
    assert!(page.can("a") && page.fetches() == 1 && page.opened().len() == 2);
}

#[test]
fn a_stream_is_closed_while_the_page_is_suspended_and_opened_again() {
    let mut page = streaming();
    page.tell(Event::Life(Life::Suspended));
    assert_eq!(page.streams.last(), Some(&Effect::CloseChannel));
    page.pass(60_000);
    assert_eq!(page.opened().len(), 1);
    page.tell(Event::Life(Life::Resumed));
    assert_eq!((page.opened().len(), page.fetches()), (2, 2));
}

#[test]
fn a_page_that_is_shown_while_its_stream_is_alive_causes_no_load() {
    let mut page = streaming();
    page.pass(20_000);
    for life in [Life::Shown, Life::Navigated, Life::Online] {
        page.tell(Event::Life(life));
    }
    assert_eq!(page.fetches(), 1);
    let mut page = Page::fresh();
    page.pass(20_000);
    page.tell(Event::Life(Life::Shown));
    assert_eq!(page.fetches(), 2);
    page.answer(&document(1, &["a"]));
    for life in [Life::Shown, Life::Navigated, Life::Shown, Life::Hidden, Life::Offline] {
        page.tell(Event::Life(life));
    }
    assert_eq!(page.fetches(), 2, "just asked");
}

#[test]
fn f64_a_page_that_is_shown_after_a_while_asks_whose_cookie_it_has_although_its_stream_is_alive() {
    let mut page = streaming();
    let show = |page: &mut Page| {
        let channel = page.channel();
        page.tell(Event::ChannelAlive { channel });
        page.tell(Event::Life(Life::Shown));
    };
    page.pass(29_999);
    show(&mut page);
    assert_eq!(page.fetches(), 1);
    page.pass(1);
    page.tell(Event::Life(Life::Navigated));
    assert_eq!(page.fetches(), 1, "a view of the same page");
    show(&mut page);
    assert!(matches!(page.requests.last(), Some(Effect::Fetch { etag: Some(_), .. })));
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    for _ in 0..10 {
        show(&mut page);
    }
    assert_eq!(page.fetches(), 2);
}

#[test]
fn f33_online_events_bring_attempts_forward_and_offline_events_stop_none() {
    let mut page = Page::fresh();
    page.tell(Event::Life(Life::Offline));
    page.pass(300_000);
    assert_eq!(page.fetches(), 2, "an offline event may be wrong");
    for _ in 0..50 {
        page.fail(Failure::Network("no".into()), None);
        page.tell(Event::Life(Life::Online));
        page.tell(Event::Life(Life::Offline));
        page.pass(100);
    }
    assert!(page.fetches() < 20, "{}", page.fetches());
    page.pass(60_000);
    assert!(page.session.is_loading());
}

#[test]
fn a_stream_about_another_user_while_no_set_is_held_is_replaced() {
    let mut page = page();
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    page.observe(401);
    push(&mut page, "version", r#"{"version":7,"subject":"u-2"}"#);
    page.answer(&document(1, &["a", "b"]));
    page.pass(1_000);
    assert!(page.can("a") && page.opened().len() == 2, "{:?}", page.opened());
}

/// A page whose stream was opened with an earlier token of the same user.
fn with_a_stream_of_earlier_credentials() -> Page {
    let push = vec![Transport::Events];
    let mut page = Page::of(Config { has_token: true, push, ..Config::new(Source::Endpoint) });
    page.give(r#""sub":"u-1","jti":"1""#);
    page.answer(&document(1, &["a"]));
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push_version(&mut page);
    let next = r#""sub":"u-1","jti":"2""#;
    page.tell(Event::TokenChanged(Some(token(next))));
    page.give(next);
    page.answer(&document(1, &["a"]));
    assert_eq!((page.stream, page.fetches(), page.status()), (Some(1), 2, Status::Fresh));
    page
}

fn push_version(page: &mut Page) {
    push(page, "version", r#"{"version":1,"subject":"u-1"}"#);
}

#[test]
fn a_session_that_ends_with_earlier_credentials_keeps_the_set_of_the_current_ones() {
    let mut page = with_a_stream_of_earlier_credentials();
    push(&mut page, "session-revoked", "{}");
    assert!(page.can("a") && page.status() == Status::Fresh);
    assert!(!page.session.is_loading());
}

#[test]
fn a_stream_that_is_refused_for_earlier_credentials_causes_no_load_and_is_opened_again() {
    let mut page = with_a_stream_of_earlier_credentials();
    end(&mut page, ChannelEnd::Status(401));
    assert!(page.can("a") && !page.session.is_loading());
    page.pass(2_500);
    assert_eq!((page.opened().len(), page.fetches()), (2, 2));
}
