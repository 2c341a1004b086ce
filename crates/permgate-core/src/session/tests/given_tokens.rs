//! Tokens that the application gives for its own requests, late, of other users, or about to end.

use super::renewals::{refuse, renew};
use super::*;

#[test]
fn a_request_that_was_sent_before_the_first_token_was_known_is_the_first_users() {
    let config = Config { renews: true, has_token: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    let ticket = page.session.ticket();
    page.give(r#""sub":"u-1""#);
    assert_eq!(page.session.verdict(ticket), Verdict::Replay);
    page.tell(Event::SignedOut);
    let ticket = page.session.ticket();
    page.tell(Event::TokenChanged(Some(token(r#""sub":"u-2""#))));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn a_token_of_another_user_that_the_application_gives_for_a_request_ends_the_first_users_set() {
    let config = Config { renews: true, has_token: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    let of = |claims: &str| token(claims);
    let first = Ok(Some(of(r#""sub":"u-1""#)));
    page.tell(Event::TokenAnswered { generation: page.generation(), token: first });
    page.answer(&document(1, &["a"]));
    let ticket = page.session.ticket();
    page.tell(Event::TokenSeen(of(r#""sub":"u-1","jti":"2""#)));
    assert!(page.can("a") && page.session.verdict(ticket) == Verdict::Replay);
    page.tell(Event::TokenSeen(of(r#""sub":"u-2""#)));
    assert!(!page.can("a") && page.session.is_loading());
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
    page.tell(Event::SignedOut);
    page.tell(Event::TokenSeen(of(r#""sub":"u-1""#)));
    assert_eq!((page.status(), page.session.is_loading()), (Status::Unauthenticated, false));
}

#[test]
fn what_was_sent_beside_a_bootstrap_of_nobody_is_not_the_first_tokens() {
    let mut page =
        Page::new(Config { renews: true, has_token: true, ..Config::new(Source::Endpoint) });
    page.tell(Event::Started { bootstrap: Some(r#"["a"]"#.into()), stored: None });
    let ticket = page.session.ticket();
    page.observe(401);
    page.give(r#""sub":"u-2""#);
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn a_token_without_an_endpoint_that_was_refused_is_not_its_own_judge() {
    let config = Config { renews: true, asks_renewal: true, ..Config::new(Source::Token) };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1","permissions":["a"]"#);
    let ticket = page.session.ticket();
    page.observe(401);
    page.give(r#""sub":"u-1","permissions":["a"]"#);
    assert!(!page.can("a") && page.renewals.len() == 1);
    renew(&mut page, Renewal::Renewed);
    page.give(r#""sub":"u-1","permissions":["a"],"jti":"2""#);
    assert!(page.can("a"));
    assert_eq!(page.session.verdict(ticket), Verdict::Replay);
}

#[test]
fn f25_a_token_that_ends_takes_the_freshness_of_what_it_was_asked_for_with() {
    let mut page = Page::of(Config { has_token: true, ..Config::new(Source::Endpoint) });
    let end = START / 1000 + 100;
    page.give(&format!(r#""sub":"u-1","exp":{end}"#));
    page.answer(&document(1, &["a"]));
    page.pass(99_999);
    assert_eq!((page.status(), page.session.is_loading()), (Status::Fresh, false));
    page.pass(11);
    assert_eq!(
        (page.status(), page.session.is_loading(), page.can("a")),
        (Status::Stale, true, true)
    );
    page.pass(60_000);
    assert!(!page.can("a"));
}

#[test]
fn f13_a_load_that_was_sent_with_the_old_token_says_nothing_of_the_new_one() {
    let config = Config {
        renews: true,
        asks_renewal: true,
        has_token: true,
        ..Config::new(Source::Endpoint)
    };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1""#);
    page.tell(Event::TokenSeen(token(r#""sub":"u-1","jti":"2""#)));
    refuse(&mut page);
    assert_eq!((page.renewals.len(), page.session.is_loading()), (0, true));
}

#[test]
fn f25_a_token_that_has_ended_by_this_devices_clock_alone_leads_to_no_storm() {
    let mut page = Page::of(Config { has_token: true, ..Config::new(Source::Endpoint) });
    let given = || Ok(Some(token(&format!(r#""sub":"u-1","exp":{}"#, START / 1000 - 100))));
    for _ in 0..300 {
        if page.session.is_loading() {
            page.tell(Event::TokenAnswered { generation: page.generation(), token: given() });
            page.answer(&document(1, &["a"]));
        }
        page.pass(1_000);
    }
    assert!(page.can("a") && page.fetches() <= 2, "{}", page.fetches());
}

#[test]
fn a_token_may_take_longer_than_an_answer() {
    let mut page = Page::of(Config { has_token: true, ..Config::new(Source::Endpoint) });
    page.pass(120_000);
    page.give(r#""sub":"u-1""#);
    page.answer(&document(1, &["a"]));
    assert!(page.can("a") && page.aborts == 0);
    page.tell(Event::RefreshRequested);
    page.pass(300_000);
    assert_eq!(page.problems, ["timeout"]);
}

#[test]
fn what_is_sent_as_another_user_while_one_is_asked_is_not_sent_again_as_that_one() {
    let config = Config {
        renews: true,
        asks_renewal: true,
        has_token: true,
        ..Config::new(Source::Endpoint)
    };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1""#);
    refuse(&mut page);
    page.tell(Event::TokenSeen(token(r#""sub":"u-2""#)));
    let ticket = page.session.ticket();
    page.observe(401);
    renew(&mut page, Renewal::Token(token(r#""sub":"u-1","jti":"2""#)));
    assert_ne!(page.session.verdict(ticket), Verdict::Replay);
}

#[test]
fn a_token_given_while_the_user_is_asked_to_sign_in_is_tried_again_after_a_failure() {
    let config = Config {
        has_token: true,
        renews: true,
        asks_renewal: true,
        ..Config::new(Source::Endpoint)
    };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1""#);
    page.answer(&document(1, &["a"]));
    page.observe(401);
    page.give(r#""sub":"u-1""#);
    refuse(&mut page);
    assert_eq!((page.renewals.len(), page.timer), (1, None), "nothing is tried while it is asked");
    let second = token(r#""sub":"u-1","jti":"2""#);
    page.tell(Event::TokenChanged(Some(second.clone())));
    page.tell(Event::TokenAnswered {
        generation: page.generation(),
        token: Ok(Some(second.clone())),
    });
    page.fail(Failure::Status(500), None);
    page.pass(1000);
    page.tell(Event::TokenAnswered { generation: page.generation(), token: Ok(Some(second)) });
    page.answer(&document(1, &["a"]));
    assert!(page.can("a"));
}
