//! Tokens that the application passes for its own requests, late tokens, tokens of other users, and
//! tokens about to expire.

use super::renewals::{refuse, renew};
use super::*;

#[test]
fn a_request_from_before_the_first_token_was_known_belongs_to_the_first_user() {
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
fn a_token_of_another_user_in_a_request_of_the_application_empties_the_set() {
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
fn a_request_beside_a_bootstrap_without_a_subject_does_not_belong_to_the_first_token() {
    let mut page =
        Page::new(Config { renews: true, has_token: true, ..Config::new(Source::Endpoint) });
    page.tell(Event::Started { bootstrap: Some(r#"["a"]"#.into()), stored: None });
    let ticket = page.session.ticket();
    page.observe(401);
    page.give(r#""sub":"u-2""#);
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn a_refused_token_without_an_endpoint_is_not_believed_again() {
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
fn f25_a_set_is_no_longer_fresh_when_the_token_of_its_request_expires() {
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
fn f13_a_load_with_the_old_token_does_not_judge_the_new_one() {
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
fn f25_a_token_that_has_expired_only_by_the_clock_of_the_device_causes_no_storm() {
    let mut page = Page::of(Config { has_token: true, ..Config::new(Source::Endpoint) });
    let expired_token = || Ok(Some(token(&format!(r#""sub":"u-1","exp":{}"#, START / 1000 - 100))));
    for _ in 0..300 {
        if page.session.is_loading() {
            page.tell(Event::TokenAnswered {
                generation: page.generation(),
                token: expired_token(),
            });
            page.answer(&document(1, &["a"]));
        }
        page.pass(1_000);
    }
    assert!(page.can("a") && page.fetches() <= 2, "{}", page.fetches());
}

#[test]
fn a_token_may_take_longer_than_the_time_out_of_a_request() {
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
fn a_request_of_another_user_during_the_sign_in_of_one_is_not_replayed_for_that_one() {
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
fn a_token_passed_while_the_user_is_asked_to_sign_in_is_tried_again_after_a_failure() {
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
    assert_eq!(
        (page.renewals.len(), page.timer),
        (1, None),
        "no retry while the application is asked"
    );
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

#[test]
fn f64_the_version_of_a_user_who_is_asked_to_come_back_does_not_count_for_another_user() {
    let config = Config { has_token: true, asks_renewal: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    let (first, second) = (r#""sub":"u-1""#, r#""sub":"u-2""#);
    page.give(first);
    page.answer(&document(42, &["a"]));
    page.tell(Event::RefreshRequested);
    page.give(first);
    refuse(&mut page);
    assert_eq!(page.renewals.len(), 1);
    page.tell(Event::TokenSeen(token(second)));
    page.tell(Event::TokenChanged(Some(token(second))));
    page.give(second);
    page.answer(&document_of("u-2", 3, &["b"]));
    assert!(page.can("b") && !page.can("a"));
    assert_eq!(page.problems, [""; 0]);
}
