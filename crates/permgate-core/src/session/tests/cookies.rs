//! Another user signs in by the same cookie: in another tab, or where only the API shows it.

use super::identity::{give, switch, with_opaque_token, with_token};
use super::tabs::say;
use super::*;

/// A tab of the user `u-1`, without a stream, and the tab's messages so far left out.
fn quiet_tab() -> Page {
    let mut page = Page::of(Config { tabs: true, ..Config::new(Source::Endpoint) });
    page.answer(&document(1, &["a"]));
    page.tab_messages.clear();
    page
}

#[test]
fn f64_a_tab_whose_load_finds_another_user_tells_the_tabs_with_the_same_cookie() {
    let (mut page, mut other) = (quiet_tab(), quiet_tab());
    page.tell(Event::RefreshRequested);
    page.answer(&document_of("u-2", 1, &["b"]));
    assert_eq!(page.tab_messages, [r#"{"type":"signed-in","subject":"u-2"}"#]);
    say(&mut other, &page.tab_messages[0]);
    assert!(!other.can("a") && other.session.is_loading());
    let Some(Effect::Fetch { etag, .. }) = other.requests.last() else { panic!("no request") };
    assert_eq!(*etag, None, "the endpoint has to name the user");
    other.answer(&document_of("u-2", 1, &["b"]));
    assert!(other.can("b"));
    assert!(other.tab_messages.is_empty(), "all tabs have heard of that user");
}

#[test]
fn f64_the_first_load_of_a_page_tells_the_tabs_with_the_same_cookie_of_its_user() {
    let mut page = Page::of(Config { tabs: true, ..Config::new(Source::Endpoint) });
    page.answer(&document_of("u-2", 1, &["b"]));
    assert_eq!(page.tab_messages, [r#"{"type":"present","subject":"u-2"}"#]);
    page.tell(Event::RefreshRequested);
    page.answer(&document_of("u-2", 2, &["b"]));
    assert_eq!(page.tab_messages.len(), 1, "it is told once");
    let message = page.tab_messages.pop().unwrap();
    let mut same = Page::of(Config { tabs: true, ..Config::new(Source::Endpoint) });
    same.answer(&document_of("u-2", 1, &["b"]));
    say(&mut same, &message);
    assert!(same.can("b") && !same.session.is_loading());
    let mut other = quiet_tab();
    say(&mut other, &message);
    assert!(!other.can("a") && other.session.is_loading());
    let mut other = Page::of(Config {
        tabs: true,
        reading: Reading { tenant: Some("acme".into()), ..Reading::default() },
        ..Config::new(Source::Endpoint)
    });
    other.answer(r#"{"subject":"u-1","tenant":"acme","permissions":["a"]}"#);
    say(&mut other, &message);
    assert!(other.can("a") && other.session.is_loading(), "another tenant may use other names");
}

#[test]
fn f64_pages_that_are_loaded_together_ask_once_each_and_one_of_them_tells_the_others() {
    let config = Config { tabs: true, ..Config::new(Source::Endpoint) };
    let mut pages = [Page::of(config.clone()), Page::of(config.clone()), Page::of(config)];
    pages[0].answer(&document(1, &["a"]));
    let message = pages[0].tab_messages.pop().unwrap();
    for page in &mut pages[1..] {
        say(page, &message);
        page.answer(&document(1, &["a"]));
        page.pass(60_000);
    }
    for page in &pages {
        assert_eq!((page.can("a"), page.fetches(), page.tab_messages.len()), (true, 1, 0));
    }
}

#[test]
fn f64_an_answer_that_may_be_older_than_the_page_of_another_user_is_not_used() {
    let mut page = Page::of(Config { tabs: true, ..Config::new(Source::Endpoint) });
    say(&mut page, r#"{"type":"present","subject":"u-2"}"#);
    page.answer(&document(1, &["a"]));
    assert!(!page.can("a") && page.fetches() == 2 && page.tab_messages.is_empty());
    page.answer(&document(1, &["a"]));
    // The tab of u-2 may be the late one, and learns of u-1.
    assert_eq!(page.tab_messages, [r#"{"type":"present","subject":"u-1"}"#]);
    page.pass(60_000);
    assert!(page.can("a") && page.fetches() == 2, "the users of the tabs differ");
}

#[test]
fn f64_a_tab_that_has_a_user_of_its_own_does_not_answer_the_messages_of_others() {
    // Each tab sends a header of its own, and their users differ.
    let mut page = quiet_tab();
    say(&mut page, r#"{"type":"present","subject":"u-2"}"#);
    page.answer(&document(1, &["a"]));
    assert!(page.can("a") && page.tab_messages.is_empty());
}

#[test]
fn f64_a_user_whom_another_tab_announced_is_announced_again_after_another_sign_in() {
    let mut page = quiet_tab();
    say(&mut page, r#"{"type":"signed-in","subject":"u-2"}"#);
    page.answer(&document_of("u-3", 1, &["b"]));
    assert_eq!(
        page.tab_messages,
        [r#"{"type":"signed-in","subject":"u-3"}"#],
        "nobody knows of u-3"
    );
    page.tab_messages.clear();
    page.tell(Event::RefreshRequested);
    page.answer(&document_of("u-2", 1, &["b"]));
    assert_eq!(page.tab_messages, [r#"{"type":"signed-in","subject":"u-2"}"#]);
}

#[test]
fn f5_a_page_that_was_loaded_elsewhere_signs_nobody_in_after_a_sign_out() {
    let mut page = quiet_tab();
    page.tell(Event::SignedOut);
    let before = page.fetches();
    say(&mut page, r#"{"type":"present","subject":"u-1"}"#);
    page.pass(60_000);
    assert_eq!((page.status(), page.fetches()), (Status::Unauthenticated, before));
    say(&mut page, r#"{"type":"signed-in","subject":"u-1"}"#);
    assert!(page.session.is_loading());
}

#[test]
fn a_page_that_was_loaded_elsewhere_signs_in_without_asking_the_application() {
    let config = Config { asks_renewal: true, renews: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(Config { tabs: true, ..config });
    let refuse = |page: &mut Page| {
        let generation = page.generation();
        page.tell(Event::Answered { generation, answer: Answer::Unauthorized });
    };
    refuse(&mut page);
    let renewal = page.renewals[0];
    say(&mut page, r#"{"type":"present","subject":"u-1"}"#);
    assert_eq!(page.fetches(), 1, "the application is being asked");
    page.tell(Event::RenewalAnswered { renewal, outcome: Ok(Renewal::Refused) });
    say(&mut page, r#"{"type":"present","subject":"u-1"}"#);
    assert!(page.session.is_loading());
    refuse(&mut page);
    assert_eq!((page.renewals.len(), page.status()), (1, Status::Unauthenticated));
    say(&mut page, r#"{"type":"present","subject":"u-1"}"#);
    page.pass(5_000);
    page.answer(&document(1, &["a"]));
    assert!(page.can("a"));
}

#[test]
fn f36_two_tabs_whose_answers_name_another_user_each_time_do_not_cause_loads_without_end() {
    let mut tabs = [quiet_tab(), quiet_tab()];
    let mut user = 1;
    tabs[0].tell(Event::RefreshRequested);
    for _ in 0..600 {
        for (from, to) in [(0, 1), (1, 0)] {
            if tabs[from].session.is_loading() {
                user += 1;
                tabs[from].answer(&document_of(&format!("u-{user}"), 1, &["a"]));
            }
            for message in core::mem::take(&mut tabs[from].tab_messages) {
                say(&mut tabs[to], &message);
            }
        }
        tabs.iter_mut().for_each(|page| page.pass(100));
    }
    for page in &tabs {
        assert!(page.fetches() <= 16, "{} loads in a minute", page.fetches());
    }
}

#[test]
fn f36_a_sign_in_after_many_invented_ones_causes_a_load_within_five_seconds() {
    let mut page = quiet_tab();
    for _ in 0..100 {
        say(&mut page, r#"{"type":"signed-in","subject":"u-9"}"#);
    }
    page.answer(&document(1, &["a"]));
    page.pass(5_000);
    page.answer(&document(1, &["a"]));
    let before = page.fetches();
    page.pass(1_000);
    say(&mut page, r#"{"type":"signed-in","subject":"u-2"}"#);
    page.pass(4_000);
    assert_eq!(page.fetches(), before + 1);
}

/// A response to a request with the current credentials announces a version.
fn hear(page: &mut Page, text: &str) {
    let ticket = page.session.ticket();
    hear_with(page, text, ticket);
}

fn hear_with(page: &mut Page, text: &str, ticket: u64) {
    let version = VersionHeader::parse(text);
    assert!(version.is_some());
    let observation = Observation::of_status(200, ticket);
    page.tell(Event::Observed(Observation { version, ..observation }));
}

#[test]
fn f64_a_version_of_another_user_makes_the_endpoint_name_the_user_of_the_cookie() {
    let mut page = Page::fresh();
    hear(&mut page, r#"1;sub="u-2""#);
    assert!(page.can("a"), "the header alone changes nothing");
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 2));
    let Some(Effect::Fetch { etag, .. }) = page.requests.last() else { panic!("no request") };
    assert_eq!(*etag, None, "a 304 would not name the user");
    page.answer(&document_of("u-2", 1, &["b"]));
    assert!(page.can("b") && !page.can("a"));
    hear(&mut page, r#"1;sub="u-1""#);
    assert_eq!(page.fetches(), 3, "the first user may be back");
}

#[test]
fn f64_the_endpoint_is_asked_once_about_each_other_user_and_about_few() {
    let mut page = Page::fresh();
    for _ in 0..10 {
        hear(&mut page, r#"7;sub="u-2""#);
        if page.session.is_loading() {
            page.answer(&document(1, &["a"]));
        }
    }
    assert_eq!(page.fetches(), 2);
    for round in 0..100 {
        for stranger in 2..9 {
            hear(&mut page, &format!("{round};sub=\"u-{stranger}\""));
            if page.session.is_loading() {
                page.answer(&document(1, &["a"]));
            }
            assert_eq!((page.can("a"), page.status()), (true, Status::Fresh));
        }
        page.pass(10);
    }
    assert_eq!(page.fetches(), 5);
}

#[test]
fn f64_an_answer_that_was_sent_before_the_version_of_another_user_came_is_not_awaited() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    let first = page.generation();
    hear(&mut page, r#"1;sub="u-2""#);
    page.answer_to(first, &document(1, &["a"]));
    assert_eq!((page.status(), page.session.is_loading()), (Status::Stale, true));
    page.answer(&document_of("u-2", 1, &["b"]));
    assert!(page.can("b"));
}

#[test]
fn f64_a_version_of_another_user_proves_nothing_against_a_token_that_names_its_user() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    let before = page.requests.len();
    hear(&mut page, r#"1;sub="b""#);
    assert_eq!((page.requests.len(), page.status()), (before, Status::Fresh));
}

#[test]
fn f64_a_version_of_another_user_counts_only_for_a_request_with_the_current_opaque_token() {
    let (mut page, earlier) = with_opaque_token();
    page.tell(Event::TokenChanged(Some("opaque-2".into())));
    give(&mut page, "opaque-2");
    page.answer(&document_of("a", 1, &["x"]));
    let before = page.requests.len();
    hear_with(&mut page, r#"1;sub="b""#, earlier);
    assert_eq!((page.requests.len(), page.status()), (before, Status::Fresh));
    hear(&mut page, r#"1;sub="b""#);
    assert_eq!((page.requests.len(), page.status()), (before + 1, Status::Stale));
}

#[test]
fn a_version_of_another_user_hides_no_bootstrap_that_is_the_only_source() {
    let mut page = Page::new(Config::new(Source::Bootstrap));
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    hear(&mut page, r#"1;sub="u-2""#);
    assert_eq!(page.status(), Status::Fresh);
}

#[test]
fn f30_the_endpoint_is_not_asked_about_another_user_before_retry_after_has_passed() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    page.fail(Failure::Status(503), Some(Millis(20_000)));
    hear(&mut page, r#"1;sub="u-2""#);
    assert_eq!(page.fetches(), 2);
    page.pass(20_000);
    assert_eq!(page.fetches(), 3);
}
