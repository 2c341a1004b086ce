//! Streams: which transport is used, when streams are opened, and when they are given up.

use alloc::vec;

use super::pushes::{end, page, page_with, push, streaming};
use super::*;

#[test]
fn f26_the_end_of_a_stream_decides_its_next_transport_and_whether_a_load_begins() {
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
            page.pass(2_500);
            if page.session.is_loading() {
                page.answer(&document(1, &["a", "b"]));
            }
            page.pass(2_500);
        }
        assert_eq!((page.transport(), page.fetches() - 1), (way, loads), "{ends:?}");
        assert_eq!(page.opened().len(), opened + 1, "{ends:?}");
    }
}

#[test]
fn f26_after_all_transports_were_refused_the_next_attempt_comes_minutes_later() {
    let mut page = page();
    for _ in 0..3 {
        end(&mut page, ChannelEnd::Status(404));
    }
    assert_eq!(page.opened().len(), 3);
    assert_eq!(page.problems, ["no-push"]);
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
    assert_eq!((page.opened().len(), page.transport()), (4, Transport::Events));
}

#[test]
fn f30_a_stream_with_retry_after_waits_although_online_events_come() {
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
fn a_session_revoked_message_empties_the_set_although_the_endpoint_just_contradicted_a_401() {
    let mut page = streaming();
    page.observe(401);
    page.answer(&document(1, &["a", "b"]));
    let channel = page.channel();
    page.tell(Event::ChannelAlive { channel });
    push(&mut page, "session-revoked", "{}");
    assert!(!page.can("a"));
}

#[test]
fn a_refresh_waits_for_a_load_even_if_a_retry_is_due() {
    let mut page = Page::started();
    for _ in 0..30 {
        page.fail(Failure::Status(500), None);
        let fetches = page.fetches();
        page.tell(Event::RefreshRequested);
        assert!(page.session.is_busy());
        let rests = page.rests;
        page.pass(1_000);
        assert!(page.fetches() > fetches && page.session.is_busy() && page.rests == rests);
    }
    page.answer(&document(1, &["a"]));
    assert!(page.can("a") && !page.session.is_busy());
}

#[test]
fn f36_a_version_below_an_invented_one_still_causes_a_load() {
    let mut page = Page::fresh();
    let hear = |page: &mut Page, version| {
        let observation = Observation::of_status(200, page.session.ticket());
        let version = Some(VersionHeader { version, subject: None });
        page.tell(Event::Observed(Observation { version, ..observation }));
    };
    hear(&mut page, 1_000_000);
    for _ in 0..200 {
        if page.session.is_loading() {
            page.answer(&document(1, &["a"]));
        }
        page.pass(1_000);
    }
    let fetches = page.fetches();
    hear(&mut page, 2);
    assert_eq!(page.fetches(), fetches + 1);
    page.answer(&document(2, &["a"]));
    // The invented version may become real.
    hear(&mut page, 1_000_000);
    page.answer(&document(1_000_000, &["b"]));
    assert!(page.can("b"));
}

#[test]
fn f49_a_failing_source_is_asked_at_a_bounded_rate_however_often_loads_are_requested() {
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
fn a_server_that_is_down_for_a_while_does_not_rule_out_a_transport() {
    let mut page = streaming();
    for _ in 0..60 {
        end(&mut page, ChannelEnd::Network("refused".into()));
        page.pass(1_000);
        if page.session.is_loading() {
            page.fail(Failure::Network("refused".into()), None);
        }
    }
    assert_eq!(page.transport(), Transport::Events);
    // A proxy blocks only this transport.
    for _ in 0..200 {
        end(&mut page, ChannelEnd::Network("blocked".into()));
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(page.opened().iter().any(|(_, way)| *way == Transport::Socket));
}

#[test]
fn a_version_that_no_answer_has_causes_few_loads_however_often_it_is_announced() {
    let mut page = streaming();
    for _ in 0..600 {
        push(&mut page, "version", r#"{"version":1000,"subject":"u-1"}"#);
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(page.fetches() < 130, "{}", page.fetches());
}

#[test]
fn f28_a_page_on_which_all_transports_are_held_back_reports_it_once() {
    let mut page = page_with(&[Transport::Events]);
    page.pass(10_000);
    assert_eq!(page.problems, ["no-push"]);
    for _ in 0..4_000 {
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(page.opened().len() > 2 && page.problems == ["no-push"]);
}

#[test]
fn f26_a_stream_that_was_refused_is_not_opened_again_before_the_source_has_answered() {
    let mut page = page();
    end(&mut page, ChannelEnd::Status(401));
    page.pass(10_000);
    assert_eq!((page.opened().len(), page.fetches()), (1, 2));
    page.answer(&document(1, &["a", "b"]));
    page.pass(1_000);
    assert_eq!(page.opened().len(), 2);
}

#[test]
fn f27_a_stream_without_a_heartbeat_is_given_up() {
    let mut page = streaming();
    for _ in 0..10 {
        page.pass(15_000);
        let channel = page.channel();
        page.tell(Event::ChannelAlive { channel });
    }
    assert_eq!(page.opened().len(), 1);
    page.pass(36_000);
    assert_eq!((page.opened().len(), page.transport()), (2, Transport::Events));
}

#[test]
fn f28_a_transport_that_never_delivers_is_left_for_the_next_one_and_tried_again_later() {
    let mut page = page();
    page.pass(10_000);
    assert_eq!(page.transport(), Transport::Socket, "the next transport in bounded time");
    let channel = page.channel();
    page.tell(Event::ChannelOpened { channel });
    push(&mut page, "", r#"{"type":"version","version":1}"#);
    let mut probed = None;
    for second in 0..700 {
        page.pass(1_000);
        let channel = page.channel();
        if page.transport() == Transport::Socket {
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
    assert_eq!(page.transport(), Transport::Socket, "back at once to the transport that worked");
}

#[test]
fn f29_a_stream_that_does_not_send_the_version_first_causes_a_load() {
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
fn f31_a_retry_time_of_the_server_is_obeyed_up_to_a_minute() {
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
fn polls_follow_each_other_at_a_bounded_rate() {
    let mut page = page_with(&[Transport::Poll]);
    for _ in 0..30 {
        page.pass(2_000);
        push(&mut page, "header", "1");
        end(&mut page, ChannelEnd::Closed);
    }
    assert_eq!(page.opened().len(), 31);
    // An endpoint that ignores `wait`.
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
fn a_set_without_a_version_is_not_polled_for() {
    let config = Config { push: vec![Transport::Poll], ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    page.answer(r#"{"subject":"u-1","permissions":["a"]}"#);
    page.pass(60_000);
    assert!(page.opened().is_empty());
}

#[test]
fn a_page_that_is_resumed_loads_although_it_loaded_just_before() {
    let mut page = Page::fresh();
    page.tell(Event::Life(Life::Suspended));
    page.tell(Event::Life(Life::Resumed));
    assert_eq!(page.fetches(), 2);
}

#[test]
fn a_source_with_retry_after_is_not_asked_because_of_a_401() {
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
fn attempts_to_open_a_stream_back_off_while_all_fail() {
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
