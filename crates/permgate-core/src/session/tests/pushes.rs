//! What the server pushes, and the streams it comes by.

use alloc::vec;

use super::*;

/// A page with these ways to be pushed to, that holds `a` and `b` at version 1, and whose first
/// stream is being opened.
fn page_with(push: &[Transport]) -> Page {
    let config = Config { push: push.to_vec(), ..Config::new(Source::Endpoint) };
    let mut page = Page::new(config);
    page.tell(Event::Started { bootstrap: None, stored: None });
    page.answer(&document(1, &["a", "b"]));
    page
}

fn page() -> Page {
    page_with(&[Transport::Events, Transport::Socket, Transport::Poll])
}

fn push(page: &mut Page, kind: &str, data: &str) {
    let channel = page.channel();
    page.tell(Event::Pushed { channel, kind: kind.into(), data: data.into() });
}

fn end(page: &mut Page, end: ChannelEnd) {
    let channel = page.channel();
    page.tell(Event::ChannelEnded { channel, end, retry_after: None });
}

/// A page whose stream is open and says that version 1 counts.
fn streaming() -> Page {
    let mut page = page();
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push(&mut page, "version", r#"{"version":1,"subject":"u-1"}"#);
    page
}

impl Page {
    fn channel(&self) -> u64 {
        self.opened().last().map_or(0, |(channel, _)| *channel)
    }

    fn opened(&self) -> Vec<(u64, Transport)> {
        let opened = self.streams.iter().filter_map(|effect| match effect {
            Effect::OpenChannel { channel, transport, .. } => Some((*channel, *transport)),
            _ => None,
        });
        opened.collect()
    }

    fn way(&self) -> Transport {
        self.opened().last().unwrap().1
    }
}

#[test]
fn a_stream_is_opened_once_a_set_is_held_and_closed_when_nobody_is_there() {
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
    assert_eq!(page.status(), Status::Stale, "a version is known that is newer");
}

#[test]
fn what_is_revoked_is_unknown_at_once_and_so_is_its_opposite() {
    let mut page = streaming();
    push(&mut page, "revoked", r#"{"version":2,"permissions":["a"]}"#);
    assert!(!page.can("a") && !page.can("!a") && page.can("b"));
    assert_eq!((page.reason("a"), page.fetches()), ("revoked", 2));
    assert!(!page.can("a | !a") && page.can("a | b"));
    page.answer(&document(2, &["b"]));
    assert!(page.can("!a") && page.can("b") && page.reason("a") == "not-granted");
}

#[test]
fn f9_what_was_revoked_stays_revoked_whatever_comes_late() {
    let mut page = streaming();
    push(&mut page, "revoked", r#"{"version":3,"permissions":["a"]}"#);
    for (version, _) in (0..20).zip(0..) {
        // A replica that lags, asked again and again.
        page.pass(60_000);
        if page.session.is_loading() {
            page.answer(&document(version.min(2), &["a", "b"]));
        }
        assert!(!page.can("a") && !page.can("!a"), "{version}");
    }
    push(&mut page, "version", r#"{"version":2}"#);
    page.tell(Event::RefreshRequested);
    page.answer(&document(4, &["a", "b"]));
    assert!(page.can("a"), "given again since");
    push(&mut page, "revoked", r#"{"version":3,"permissions":["a"]}"#);
    assert!(page.can("a"), "an old message");
}

#[test]
fn f9_without_versions_only_a_load_that_began_after_it_lifts_a_revocation() {
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
fn f10_a_304_does_not_lift_what_was_revoked() {
    let mut page = streaming();
    push(&mut page, "revoked", r#"{"version":2,"permissions":["a"]}"#);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert!(!page.can("a"));
}

#[test]
fn more_revoked_names_than_are_kept_in_mind_leave_nothing_granted() {
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
    assert!(!page.can("b"), "older than what is known");
    page.tell(Event::RefreshRequested);
    page.pass(1_000);
    page.answer(&document(39, &["b"]));
    assert!(page.can("b"));
}

#[test]
fn a_session_that_is_revoked_leaves_nothing_until_the_source_has_spoken() {
    let mut page = streaming();
    push(&mut page, "session-revoked", "{}");
    assert!(!page.can("b") && page.session.is_loading());
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    assert_eq!(page.status(), Status::Unauthenticated);
}

#[test]
fn a_token_that_ran_out_is_renewed_without_hiding_anything() {
    for (lasts, is_kept) in [(10, true), (9_000, false)] {
        let config = Config { has_token: true, ..Config::new(Source::Endpoint) };
        let mut page = Page::new(Config { push: vec![Transport::Events], ..config });
        page.tell(Event::Started { bootstrap: None, stored: None });
        let end = START / 1000 + lasts;
        let given = Ok(Some(token(&format!(r#""sub":"u-1","exp":{end}"#))));
        page.tell(Event::TokenAnswered { generation: page.generation(), token: given });
        page.answer(&document(1, &["a"]));
        push(&mut page, "session-revoked", "{}");
        assert_eq!((page.can("a"), page.session.is_loading()), (is_kept, true), "{lasts}");
    }
}

#[test]
fn a_message_that_cannot_be_read_leaves_nothing_that_it_may_have_been_about() {
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
fn a_stream_about_somebody_else_leaves_nothing() {
    let mut page = streaming();
    push(&mut page, "version", r#"{"version":1,"subject":"u-2"}"#);
    assert!(!page.can("b") && page.session.is_loading());
    assert_eq!(page.streams.last(), Some(&Effect::CloseChannel));
    page.answer(&document(1, &["a", "b"]));
    page.pass(1_000);
    assert_eq!(page.opened().len(), 2, "another one, which may be ours");
}

#[test]
fn what_comes_by_another_stream_than_that_of_now_is_not_looked_at() {
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
fn f26_each_end_is_of_its_class() {
    use ChannelEnd::{Closed, Network, NotAStream, Status, TooLong};
    let refused = || Network("refused".into());
    for (ends, way, loads) in [
        (vec![Status(204)], Transport::Socket, 0),
        (vec![Status(404)], Transport::Socket, 0),
        (vec![Status(302)], Transport::Socket, 0),
        (vec![NotAStream], Transport::Socket, 0),
        (vec![TooLong], Transport::Socket, 0),
        (vec![Closed], Transport::Socket, 0),
        (vec![Status(500)], Transport::Events, 0),
        (vec![Status(500), Status(503), refused()], Transport::Socket, 0),
        (vec![Status(401)], Transport::Events, 1),
        (vec![Status(403)], Transport::Events, 1),
        (vec![NotAStream, NotAStream], Transport::Poll, 0),
    ] {
        let mut page = page();
        let opened = ends.len();
        for one in ends.clone() {
            end(&mut page, one);
            page.pass(5_000);
        }
        assert_eq!((page.way(), page.fetches() - 1), (way, loads), "{ends:?}");
        assert_eq!(page.opened().len(), opened + 1, "{ends:?}");
    }
}

#[test]
fn f26_where_there_is_no_way_at_all_minutes_pass_before_the_next_attempt() {
    let mut page = page();
    for _ in 0..3 {
        end(&mut page, ChannelEnd::Status(404));
    }
    assert_eq!(page.opened().len(), 3);
    page.tell(Event::Life(Life::Online));
    for _ in 0..299 {
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert_eq!(page.opened().len(), 3);
    for _ in 0..302 {
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
        if page.opened().len() > 3 {
            break;
        }
    }
    assert_eq!((page.opened().len(), page.way()), (4, Transport::Events));
}

#[test]
fn f30_a_stream_that_is_told_to_wait_does_though_the_network_comes_and_goes() {
    let mut page = page();
    let (channel, end) = (page.channel(), ChannelEnd::Status(503));
    let retry_after = Some(Millis(120_000));
    page.tell(Event::ChannelEnded { channel, end, retry_after });
    for _ in 0..20 {
        page.tell(Event::Life(Life::Online));
        page.pass(5_000);
    }
    assert_eq!(page.opened().len(), 1);
    page.pass(25_000);
    assert_eq!(page.opened().len(), 2);
}

#[test]
fn what_the_server_says_of_the_session_counts_though_the_api_just_refused() {
    let mut page = streaming();
    page.observe(401);
    page.answer(&document(1, &["a", "b"]));
    let channel = page.channel();
    page.tell(Event::ChannelAlive { channel });
    push(&mut page, "session-revoked", "{}");
    assert!(!page.can("a"));
}

#[test]
fn f49_a_source_that_fails_is_not_asked_in_circles_however_often_somebody_wants_it() {
    for event in [Event::RefreshRequested, Event::Invalidated] {
        let mut page = Page::started();
        for _ in 0..500 {
            page.fail(Failure::Status(500), None);
            page.tell(event.clone());
            page.pass(10);
        }
        assert!(page.fetches() <= 60, "{} in five seconds {event:?}", page.fetches());
    }
}

#[test]
fn f27_a_stream_without_a_sign_of_life_is_given_up() {
    let mut page = streaming();
    for _ in 0..10 {
        page.pass(15_000);
        let channel = page.channel();
        page.tell(Event::ChannelAlive { channel });
    }
    assert_eq!(page.opened().len(), 1);
    page.pass(36_000);
    assert_eq!((page.opened().len(), page.way()), (2, Transport::Events));
}

#[test]
fn f28_a_stream_that_never_delivers_is_left_for_the_next_way_and_tried_again_later() {
    let mut page = page();
    page.pass(10_000);
    assert_eq!(page.way(), Transport::Socket, "in bounded time");
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push(&mut page, "", r#"{"type":"version","version":1}"#);
    let mut probed = None;
    for second in 0..700 {
        page.pass(1_000);
        let channel = page.channel();
        if page.way() == Transport::Socket {
            page.tell(Event::ChannelAlive { channel });
        } else {
            probed = Some(second);
            break;
        }
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(probed.is_some_and(|second| second >= 299), "{probed:?}");
    end(&mut page, ChannelEnd::Network("still held back".into()));
    assert_eq!(page.way(), Transport::Socket, "back to what worked, at once");
}

#[test]
fn f29_a_stream_that_does_not_say_which_version_counts_leads_to_a_load() {
    let mut page = page();
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    page.tell(Event::ChannelAlive { channel });
    page.pass(2_999);
    assert_eq!(page.fetches(), 1);
    page.pass(1);
    assert_eq!(page.fetches(), 2);
}

#[test]
fn f31_a_server_that_asks_for_pauses_gets_them_up_to_a_minute() {
    for (retry, least, most) in
        [(0, 0, 1_000), (20_000, 20_000, 21_000), (u64::MAX, 60_000, 61_000)]
    {
        let mut page = streaming();
        let channel = page.channel();
        page.tell(Event::ChannelRetry { channel, after: Millis(retry) });
        end(&mut page, ChannelEnd::Closed);
        page.pass(least.max(1) - 1);
        assert_eq!(page.opened().len(), 1, "{retry}");
        page.pass(most - least + 1);
        assert_eq!(page.opened().len(), 2, "{retry}");
    }
}

#[test]
fn polls_follow_each_other_but_not_in_circles() {
    let mut page = page_with(&[Transport::Poll]);
    for _ in 0..30 {
        page.pass(2_000);
        push(&mut page, "header", "1");
        end(&mut page, ChannelEnd::Closed);
    }
    assert_eq!(page.opened().len(), 31);
    // An endpoint that does not know how to wait.
    for _ in 0..3_600 {
        push(&mut page, "header", "1");
        end(&mut page, ChannelEnd::Closed);
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(page.opened().len() < 31 + 150, "{} polls", page.opened().len());
    let versions: Vec<&Effect> = page.streams.iter().collect();
    assert!(matches!(versions[0], Effect::OpenChannel { version: Some(1), .. }));
}

#[test]
fn without_a_version_nothing_is_polled_for_and_no_timer_runs_in_circles() {
    let config = Config { push: vec![Transport::Poll], ..Config::new(Source::Endpoint) };
    let mut page = Page::new(config);
    page.tell(Event::Started { bootstrap: None, stored: None });
    page.answer(r#"{"subject":"u-1","permissions":["a"]}"#);
    page.pass(60_000);
    assert!(page.opened().is_empty());
}

#[test]
fn a_page_that_goes_on_asks_though_it_asked_just_before() {
    let mut page = Page::fresh();
    page.tell(Event::Life(Life::Suspended));
    page.tell(Event::Life(Life::Resumed));
    assert_eq!(page.fetches(), 2);
}

#[test]
fn a_source_that_wants_to_be_left_alone_is_not_asked_because_of_a_401() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    page.fail(Failure::Status(503), Some(Millis(120_000)));
    page.observe(401);
    assert!(!page.can("a"));
    page.pass(119_000);
    assert_eq!(page.fetches(), 2);
    page.pass(3_000);
    assert_eq!(page.fetches(), 3);
}

#[test]
fn attempts_back_off_while_nothing_works() {
    let mut page = page();
    for _ in 0..3_600 {
        end(&mut page, ChannelEnd::Network("no".into()));
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a"]));
        }
    }
    assert!(page.opened().len() < 250, "{} attempts in an hour", page.opened().len());
    assert!(page.can("a"));
}

#[test]
fn a_stream_is_only_there_for_an_endpoint_and_while_the_page_lives() {
    let mut page = streaming();
    page.tell(Event::Life(Life::Suspended));
    assert_eq!(page.streams.last(), Some(&Effect::CloseChannel));
    page.pass(60_000);
    assert_eq!(page.opened().len(), 1);
    page.tell(Event::Life(Life::Resumed));
    assert_eq!((page.opened().len(), page.fetches()), (2, 2));
}

#[test]
fn while_a_stream_is_alive_a_page_that_is_looked_at_asks_nothing() {
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
fn f33_a_network_that_comes_and_goes_hurries_and_never_stops() {
    let mut page = Page::fresh();
    page.tell(Event::Life(Life::Offline));
    page.pass(300_000);
    assert_eq!(page.fetches(), 2, "the hint may be wrong");
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
