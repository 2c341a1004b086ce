//! Streams: which way, when they are opened, when they are given up.

use alloc::vec;

use super::pushes::{end, page, page_with, push, streaming};
use super::*;

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
            page.pass(2_500);
            if page.session.is_loading() {
                page.answer(&document(1, &["a", "b"]));
            }
            page.pass(2_500);
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
fn whoever_wants_a_load_waits_for_one_also_where_a_retry_comes_first() {
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
fn f36_news_below_a_version_that_never_came_are_news() {
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
    // What was made up may become true.
    hear(&mut page, 1_000_000);
    page.answer(&document(1_000_000, &["b"]));
    assert!(page.can("b"));
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
fn a_server_that_is_gone_for_a_while_is_not_taken_for_a_way_that_does_not_work() {
    let mut page = streaming();
    for _ in 0..60 {
        end(&mut page, ChannelEnd::Network("refused".into()));
        page.pass(1_000);
        if page.session.is_loading() {
            page.fail(Failure::Network("refused".into()), None);
        }
    }
    assert_eq!(page.way(), Transport::Events);
    // A proxy that blocks the way, and nothing else.
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
fn a_version_that_never_comes_costs_little_whoever_says_it_again() {
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
fn f28_where_every_way_is_held_back_that_is_said_once() {
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
fn f26_a_stream_that_was_refused_is_not_opened_again_before_the_source_has_judged() {
    let mut page = page();
    end(&mut page, ChannelEnd::Status(401));
    page.pass(10_000);
    assert_eq!((page.opened().len(), page.fetches()), (1, 2));
    page.answer(&document(1, &["a", "b"]));
    page.pass(1_000);
    assert_eq!(page.opened().len(), 2);
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
    let mut page = Page::of(config);
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
