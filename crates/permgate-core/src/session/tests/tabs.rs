//! Messages between tabs, the tab that holds the stream, and the set that a page stores for the next
//! page.

use super::*;

fn config() -> Config {
    Config { push: alloc::vec![Transport::Events], tabs: true, ..Config::new(Source::Endpoint) }
}

/// A tab that holds `a` and `b` at version 1, and contends for the stream.
fn tab() -> Page {
    let mut page = Page::of(config());
    page.answer(&document(1, &["a", "b"]));
    page
}

pub(super) fn say(page: &mut Page, text: &str) {
    page.tell(Event::Told(text.into()));
}

fn lead(page: &mut Page, leads: bool) {
    let (contest, _) = *page.contests.last().unwrap();
    page.tell(Event::Led { contest, leads });
}

fn opens(page: &Page) -> usize {
    page.streams.iter().filter(|effect| matches!(effect, Effect::OpenChannel { .. })).count()
}

#[test]
fn f34_only_the_leading_tab_opens_a_stream() {
    let mut page = tab();
    assert_eq!((page.contests.as_slice(), opens(&page)), (&[(1, false)][..], 0));
    for _ in 0..100 {
        page.pass(5_000);
        say(&mut page, r#"{"type":"alive","subject":"u-1"}"#);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert_eq!((page.contests.len(), opens(&page)), (1, 0));
    lead(&mut page, true);
    assert_eq!(opens(&page), 1);
    lead(&mut page, false);
    assert_eq!(page.streams.last(), Some(&Effect::CloseChannel));
    assert_eq!(page.contests.last(), Some(&(2, false)));
}

#[test]
fn f35_a_leading_tab_that_is_silent_loses_the_stream_in_bounded_time() {
    let mut page = tab();
    page.pass(2_999);
    assert_eq!(page.contests, [(1, false)]);
    page.pass(5_001);
    assert_eq!(page.contests, [(1, false), (2, true)]);
    lead(&mut page, true);
    assert_eq!(opens(&page), 1);

    let mut page = tab();
    say(&mut page, r#"{"type":"alive","subject":"u-1"}"#);
    page.pass(39_999);
    assert_eq!(page.contests.len(), 1);
    page.pass(5_001);
    assert_eq!(page.contests.last(), Some(&(2, true)));
}

#[test]
fn the_outcome_of_an_earlier_contest_neither_gives_the_lead_nor_takes_it() {
    let mut page = tab();
    page.pass(8_000);
    assert_eq!(page.contests, [(1, false), (2, true)]);
    page.tell(Event::Led { contest: 1, leads: true });
    assert_eq!(opens(&page), 0);
    lead(&mut page, true);
    assert_eq!(opens(&page), 1);
    page.tell(Event::Led { contest: 1, leads: false });
    assert_eq!((page.contests.len(), page.stream), (2, Some(1)));
}

#[test]
fn a_leading_tab_passes_pushed_messages_on_and_answers_hello() {
    let mut page = tab();
    lead(&mut page, true);
    page.tab_messages.clear();
    let channel = 1;
    page.tell(Event::ChannelOpened { channel });
    let (kind, data) = ("revoked".into(), r#"{"version":2,"permissions":["a"]}"#.into());
    page.tell(Event::Pushed { channel, kind, data });
    assert_eq!(
        page.tab_messages,
        [
            r#"{"type":"alive","subject":"u-1"}"#,
            r#"{"type":"revoked","subject":"u-1","version":2,"permissions":["a"]}"#,
        ]
    );
    let message = page.tab_messages.pop().unwrap();
    let mut other = tab();
    say(&mut other, &message);
    assert!(!other.can("a") && !other.can("!a") && other.can("b") && other.session.is_loading());
    say(&mut page, r#"{"type":"hello","subject":"u-1"}"#);
    say(&mut page, r#"{"type":"hello","subject":"u-2"}"#);
    assert_eq!(page.tab_messages.len(), 2);
    let (kind, data) = ("version".into(), r#"{"version":9,"subject":"u-2"}"#.into());
    page.tell(Event::Pushed { channel, kind, data });
    assert!(
        !page.tab_messages.iter().any(|text| text.contains("\"version\":9")),
        "it is about another user"
    );
}

#[test]
fn a_version_that_one_tab_learns_causes_a_load_in_all_tabs() {
    let mut page = tab();
    let observation = Observation::of_status(200, page.session.ticket());
    let version = VersionHeader::parse(r#"2;sub="u-1""#);
    page.tell(Event::Observed(Observation { version, ..observation }));
    let message = page.tab_messages.pop().unwrap();
    let mut other = tab();
    other.tab_messages.clear();
    say(&mut other, &message);
    assert!(other.session.is_loading());
    assert!(other.tab_messages.is_empty(), "it is not passed on again");
}

#[test]
fn a_sign_out_signs_out_all_tabs_and_a_sign_in_by_cookie_causes_a_load_in_all() {
    let mut page = tab();
    page.tell(Event::SignedOut);
    let message = page.tab_messages.pop().unwrap();
    let mut other = tab();
    say(&mut other, &message);
    assert_eq!((other.status(), other.session.is_loading()), (Status::Unauthenticated, false));
    page.tell(Event::RefreshRequested);
    page.answer(&document_of("u-2", 1, &["b"]));
    let message = page.tab_messages.iter().find(|text| text.contains("signed-in")).unwrap().clone();
    say(&mut other, &message);
    assert!(other.session.is_loading() && !other.can("a"));
    let mut third = tab();
    say(&mut third, &message);
    assert!(third.session.is_loading() && !third.can("a"), "the browser has another user now");
}

#[test]
fn f36_invented_sign_ins_of_another_tab_cause_few_loads() {
    let mut page = Page::started();
    page.session.state.config.tabs = true;
    page.tell(Event::Answered { generation: 1, answer: Answer::Unauthorized });
    for _ in 0..100 {
        say(&mut page, r#"{"type":"signed-in","subject":"u-9"}"#);
        page.pass(100);
        if page.session.is_loading() {
            let generation = page.generation();
            page.tell(Event::Answered { generation, answer: Answer::Unauthorized });
        }
    }
    assert!(page.fetches() <= 5, "{}", page.fetches());
}

#[test]
fn a_leading_tab_that_polls_answers_hello() {
    let mut page = Page::of(Config { push: alloc::vec![Transport::Poll], ..config() });
    page.answer(&document(1, &["a"]));
    lead(&mut page, true);
    page.pass(5_000);
    page.tell(Event::Pushed { channel: 1, kind: "header".into(), data: "1".into() });
    page.tell(Event::ChannelEnded { channel: 1, end: ChannelEnd::Closed, retry_after: None });
    page.pass(5_000);
    page.tab_messages.clear();
    say(&mut page, r#"{"type":"hello","subject":"u-1"}"#);
    assert_eq!(page.tab_messages, [r#"{"type":"alive","subject":"u-1"}"#]);
}

#[test]
fn f36_an_invented_message_of_another_tab_grants_nothing_and_causes_few_loads() {
    let messages = [
        r#"{"type":"invalidated","subject":"u-1"}"#,
        r#"{"type":"session-revoked","subject":"u-1"}"#,
        r#"{"type":"version","subject":"u-1","version":1}"#,
        r#"{"type":"version","subject":"u-2","version":99}"#,
        r#"{"type":"signed-in","subject":"u-2","permissions":["c"]}"#,
        r#"{"type":"present","subject":"u-2","permissions":["c"]}"#,
        r#"{"type":"revoked","subject":"u-1","version":0,"permissions":["a"]}"#,
        r#"{"type":"alive","subject":"u-1"}"#,
        r#"{"type":"hello","subject":"u-1"}"#,
        r#"{"permissions":["c"]}"#,
        r#"{"type":7}"#,
        "{",
        "",
    ];
    let mut page = tab();
    for _ in 0..600 {
        for message in messages {
            say(&mut page, message);
            assert!(!page.can("c") && !page.can("!a"));
        }
        page.pass(100);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(page.fetches() < 40, "{} loads in a minute", page.fetches());
    assert!(opens(&page) == 0 && page.problems.is_empty());
}

#[test]
fn a_page_without_the_option_tabs_sends_no_messages() {
    let mut page = Page::fresh();
    page.tell(Event::Invalidated);
    page.tell(Event::SignedOut);
    assert!(page.tab_messages.is_empty() && page.contests.is_empty());
}

#[test]
fn a_suspended_page_leaves_the_stream_to_other_tabs() {
    let mut page = tab();
    lead(&mut page, true);
    page.tell(Event::Life(Life::Suspended));
    assert_eq!(page.contests.last(), Some(&(0, false)), "given up");
    page.tell(Event::Life(Life::Resumed));
    assert_eq!(page.contests.last(), Some(&(2, false)));
}

fn keeping() -> Config {
    Config { persists: true, ..Config::new(Source::Endpoint) }
}

/// The text that a page of that user stored.
fn stored_document(etag: bool) -> String {
    let mut page = Page::of(keeping());
    let etag = etag.then(|| "\"e\"".into());
    let answer = Answer::Document { body: document(1, &["a"]), etag };
    page.tell(Event::Answered { generation: page.generation(), answer });
    page.performer.stored.unwrap()
}

#[test]
fn a_stored_set_grants_at_once_if_the_token_has_its_subject() {
    for (subject, stored, granted) in [
        ("u-1", stored_document(true), true),
        ("u-2", stored_document(true), false),
        ("u-1", stored_document(true).replace("\"u-1\"", "\"u-2\""), false),
        ("u-1", "{".into(), false),
    ] {
        let mut page = Page::new(Config { has_token: true, ..keeping() });
        page.now.wall = page.now.wall + Millis(60_000);
        page.tell(Event::Started { bootstrap: None, stored: Some(stored) });
        assert!(!page.can("a"), "the user is not known yet");
        page.give(&format!(r#""sub":"{subject}""#));
        assert_eq!(page.can("a"), granted, "{subject}");
        assert!(page.session.is_loading() && page.status() != Status::Fresh);
        if granted {
            assert_eq!(page.session.view().unwrap().origin, Origin::Storage);
            assert_eq!(page.session.view().unwrap().asked_at, Millis(START));
        }
    }
}

#[test]
fn the_newest_answer_is_stored_even_if_it_grants_the_same() {
    let mut page = Page::of(keeping());
    page.answer(&document(1, &["a"]));
    page.tell(Event::RefreshRequested);
    page.answer(r#"{"subject":"u-1","version":1,"permissions":["a"],"ttl":5}"#);
    page.tell(Event::RefreshRequested);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert!(page.stored.as_ref().is_some_and(|text| text.contains("ttl")), "{:?}", page.stored);
}

#[test]
fn with_a_cookie_a_stored_set_is_believed_only_when_the_endpoint_has_confirmed_it() {
    let mut page = Page::new(keeping());
    page.tell(Event::Started { bootstrap: None, stored: Some(stored_document(true)) });
    assert!(!page.can("a"));
    assert!(matches!(page.requests.last(), Some(Effect::Fetch { etag: Some(_), .. })));
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert_eq!((page.can("a"), page.status()), (true, Status::Fresh));
    assert_eq!(page.session.view().unwrap().origin, Origin::Endpoint);
}

#[test]
fn f20_a_stored_set_ages_while_the_token_is_awaited() {
    let mut page = Page::new(Config { has_token: true, ..keeping() });
    page.tell(Event::Started { bootstrap: None, stored: Some(stored_document(true)) });
    page.now.wall = page.now.wall + Millis::from_seconds(8 * 3600);
    page.give(r#""sub":"u-1""#);
    assert!(!page.can("a"));
}

#[test]
fn f36_an_invented_revocation_of_another_tab_is_lifted_in_bounded_time() {
    let mut page = tab();
    say(&mut page, r#"{"type":"revoked","subject":"u-1","version":1000000,"permissions":["a"]}"#);
    for _ in 0..600 {
        page.pass(1_000);
        if page.session.is_loading() {
            page.answer(&document(1, &["a", "b"]));
        }
    }
    assert!(page.can("a") && page.fetches() < 15, "{}", page.fetches());
}

#[test]
fn f36_an_invented_revocation_while_no_set_was_held_is_lifted_in_bounded_time() {
    let mut page = Page::of(Config { has_token: true, ..config() });
    page.give(r#""sub":"u-1""#);
    say(&mut page, r#"{"type":"revoked","subject":"u-1","version":1000000,"permissions":["a"]}"#);
    for _ in 0..120 {
        match page.requests.last() {
            Some(Effect::AskToken { .. }) => page.give(r#""sub":"u-1""#),
            // The document has no subject, so the announced version cannot be compared with its
            // version.
            _ => page.answer(r#"{"version":1,"permissions":["a","b"]}"#),
        }
        page.pass(1_000);
    }
    assert!(page.can("a") && page.can("b") && page.fetches() < 15, "{}", page.fetches());
}

#[test]
fn a_message_of_another_tab_without_a_version_causes_a_load() {
    let mut page = Page::of(config());
    page.answer(r#"{"subject":"u-1","permissions":["a"]}"#);
    say(&mut page, r#"{"type":"version","subject":"u-1","version":7}"#);
    assert!(page.session.is_loading());
}

#[test]
fn f11_a_304_to_a_request_without_an_entity_tag_does_not_confirm_a_stored_set() {
    let mut page = Page::new(keeping());
    page.tell(Event::Started { bootstrap: None, stored: Some(stored_document(false)) });
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert!(!page.can("a"));
    assert_eq!(page.problems, ["unexpected-not-modified"]);
}

#[test]
fn a_stored_set_is_not_believed_for_longer_than_on_the_page_that_stored_it() {
    for (age, granted) in [(359_999, true), (360_000, false)] {
        let mut page = Page::new(Config { has_token: true, ..keeping() });
        page.now.wall = Millis(START + age);
        page.session = Session::new(page.now, Config { has_token: true, ..keeping() });
        page.tell(Event::Started { bootstrap: None, stored: Some(stored_document(true)) });
        page.give(r#""sub":"u-1""#);
        assert_eq!(page.can("a"), granted, "{age}");
    }
}

#[test]
fn a_sign_out_deletes_the_stored_set_and_no_token_is_ever_stored() {
    let mut page = Page::of(Config { has_token: true, ..keeping() });
    let secret = token(r#""sub":"u-1""#);
    page.tell(Event::TokenAnswered { generation: 1, token: Ok(Some(secret.clone())) });
    page.answer(&document(1, &["a"]));
    assert!(page.stored.as_ref().is_some_and(|text| !text.contains(&secret)));
    page.tell(Event::SignedOut);
    assert_eq!(page.stored, None);
    let mut page = Page::new(Config::new(Source::Endpoint));
    page.tell(Event::Started { bootstrap: None, stored: Some(stored_document(true)) });
    assert!(
        matches!(page.requests.last(), Some(Effect::Fetch { etag: None, .. })),
        "this page does not persist"
    );
}

#[test]
fn a_set_that_is_gone_while_it_is_reloaded_keeps_the_stream() {
    // Only the token names the user.
    let lifetimes = Lifetimes { stale: Millis(0), ..Lifetimes::default() };
    let mut page = Page::of(Config { has_token: true, lifetimes, ..config() });
    let give = |page: &mut Page| {
        page.give(r#""sub":"u-1""#);
    };
    give(&mut page);
    page.answer(r#"{"permissions":["a"]}"#);
    lead(&mut page, true);
    page.tell(Event::Invalidated);
    assert!(!page.can("a"));
    give(&mut page);
    page.answer(r#"{"permissions":["a"]}"#);
    assert_eq!((page.contests.len(), opens(&page)), (1, 1));
}
