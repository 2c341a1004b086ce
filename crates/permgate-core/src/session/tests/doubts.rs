//! Data that the session must no longer believe: claims that the endpoint contradicted, versions of
//! other users, answers to requests from before a refusal.

use super::*;

fn both() -> Page {
    let config = Config { has_token: true, reads_claims: true, ..Config::new(Source::Endpoint) };

    Page::of(config)
}

fn give(page: &mut Page) {
    page.tell(Event::TokenAnswered {
        generation: page.generation(),
        token: Ok(Some(token(r#""sub":"u-1","permissions":["admin"]"#))),
    });
}

#[test]
fn claims_that_the_endpoint_contradicted_do_not_return_when_its_set_expires() {
    let mut page = both();
    give(&mut page);
    page.answer(&document(7, &["b"]));
    assert!(!page.can("admin"));
    for _ in 0..900 {
        page.pass(1000);
        if matches!(page.requests.last(), Some(Effect::AskToken { .. })) {
            give(&mut page);
            assert!(!page.can("admin"));
            page.fail(Failure::Status(500), None);
        }
    }
}

#[test]
fn claims_are_not_believed_between_a_401_and_the_answer_of_the_endpoint() {
    let mut page = both();
    give(&mut page);
    page.answer(&document(7, &["b"]));
    page.observe(401);
    assert!(!page.can("b"));
    give(&mut page);
    assert!(!page.can("admin"), "granted between a 401 and the endpoint's answer");
}

#[test]
fn claims_of_a_token_that_the_endpoint_refused_are_not_believed_again() {
    let mut page = both();
    give(&mut page);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    assert!(!page.can("admin"));
    page.tell(Event::RefreshRequested);
    give(&mut page);
    assert!(!page.can("admin"), "the endpoint refused this very token");
}

#[test]
fn claims_beside_a_dead_endpoint_are_believed_once_and_not_forever() {
    let mut page = both();
    give(&mut page);
    let mut granted_late = 0;
    for s in 0..3600 {
        if let Some(Effect::AskToken { .. }) = page.requests.last() {
            give(&mut page);
            page.fail(Failure::Status(500), None);
        }
        page.pass(1000);
        if s > 600 && page.can("admin") {
            granted_late += 1;
        }
    }
    assert_eq!(
        granted_late, 0,
        "of the 3000 seconds after the first ten minutes, the seconds in which a permission was granted"
    );
}

#[test]
fn an_equal_version_of_another_tenant_is_another_set() {
    let mut page = Page::started();
    page.answer(r#"{"subject":"u","tenant":"acme","version":1,"permissions":["a"]}"#);
    page.tell(Event::RefreshRequested);
    page.answer(r#"{"subject":"u","tenant":"other","version":1,"permissions":["b"]}"#);
    assert!(
        !page.can("a") && page.can("b"),
        "tenant {:?}",
        page.session.view().and_then(|view| view.tenant)
    );
}

#[test]
fn an_equal_version_without_a_subject_may_have_another_set() {
    let mut page = Page::started();
    page.answer(r#"{"version":1,"permissions":["a"]}"#);
    page.tell(Event::RefreshRequested);
    page.answer(r#"{"version":1,"permissions":["b"]}"#);
    assert!(!page.can("a") && page.can("b"));
}

#[test]
fn a_bootstrap_without_a_subject_is_replaced_by_the_answer_of_the_endpoint() {
    let mut page = Page::new(Config::new(Source::Endpoint));
    page.tell(Event::Started {
        bootstrap: Some(r#"{"version":1,"permissions":["a"]}"#.into()),
        stored: None,
    });
    page.tell(Event::RefreshRequested);
    page.answer(r#"{"subject":"u","version":1,"permissions":["b"]}"#);
    assert!(!page.can("a") && page.can("b"));
}

#[test]
fn f7_a_version_below_that_of_the_bootstrap_is_ignored() {
    let mut page = Page::new(Config::new(Source::Endpoint));
    page.tell(Event::Started { bootstrap: Some(document(42, &["a"])), stored: None });
    page.tell(Event::RefreshRequested);
    page.answer(&document(41, &["a", "revoked"]));
    assert!(!page.can("revoked"), "version 41 replaced 42");
}

#[test]
fn a_401_after_a_403_empties_the_set() {
    let mut page = Page::fresh();
    page.pass(10_000);
    page.observe(403);
    page.answer(&document(1, &["a"]));
    page.pass(1000);
    page.observe(401);
    assert!(!page.can("a"), "a 401 that follows a 403 within 5 s is not believed");
}

#[test]
fn an_answer_to_a_request_from_before_a_401_grants_nothing() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    let g = page.generation();
    page.observe(401);
    assert!(!page.can("a"));
    page.answer_to(g, &document(1, &["a"]));
    assert!(!page.can("a"), "an answer to a request from before the 401 grants again");
}

#[test]
fn a_lower_version_after_expiry_is_accepted_for_another_user_of_the_cookie() {
    let mut page = Page::started();
    page.answer(&document_of("a", 100, &["x"]));
    page.pass(8 * 3600 * 1000);
    assert!(!page.can("x"));
    for _ in 0..200 {
        if page.session.is_loading() {
            page.answer(&document_of("b", 5, &["y"]));
        }
        page.pass(1000);
    }
    assert!(page.can("y"), "{:?} {:?}", page.status(), page.problems.len());
}

#[test]
fn clocks_that_tick_alternately_are_not_added_up() {
    // Both clocks tick whole milliseconds, half a millisecond apart, and are read twice a
    // millisecond.
    let mut page = Page::fresh();
    for _ in 0..150_000u64 {
        page.now.wall = page.now.wall + Millis(1);
        page.tell(Event::Woke);
        page.now.monotonic = page.now.monotonic + Millis(1);
        page.tell(Event::Woke);
    }
    assert_eq!(page.status(), Status::Fresh, "after 150 s of 300");
}

#[test]
fn a_token_becomes_the_source_if_there_was_none() {
    let mut page = Page::new(Config::new(Source::Bootstrap));
    page.tell(Event::Started { bootstrap: Some(document(42, &["a"])), stored: None });
    page.tell(Event::TokenChanged(Some(token(r#""sub":"u-2","permissions":["z"]"#))));
    page.give(r#""sub":"u-2","permissions":["z"]"#);
    assert!(page.can("z") && !page.can("a"));
}

#[test]
fn a_session_with_a_malformed_bootstrap_and_no_source_has_failed() {
    let mut page = Page::new(Config::new(Source::Bootstrap));
    page.tell(Event::Started { bootstrap: Some("{}".into()), stored: None });
    assert_eq!(page.status(), Status::Failed);
}

#[test]
fn a_version_that_no_answer_has_is_given_up() {
    let mut page = Page::fresh();
    page.tell(Event::Observed(Observation {
        version: VersionHeader::parse("9"),
        ..Observation::of_status(200, page.session.ticket())
    }));
    let n = page.fetches();
    for _ in 0..3600 {
        if page.session.is_loading() {
            page.answer(&document(1, &["a"]));
        }
        page.pass(1000);
    }
    assert!(
        page.fetches() - n < 20,
        "{} loads in an hour, {:?}",
        page.fetches() - n,
        page.status()
    );
}

#[test]
fn f66_a_response_that_was_redirected_to_a_page_causes_a_load_and_keeps_the_set() {
    let mut page = Page::fresh();
    for _ in 0..10 {
        page.observe(302);
        assert!(page.can("a") && page.status() == Status::Fresh);
    }
    assert_eq!(page.fetches(), 2);
    page.answer(&document(1, &["a"]));
    page.observe(302);
    assert_eq!(page.fetches(), 2, "not more often than once in five seconds");
    page.pass(5_000);
    assert_eq!(page.fetches(), 3);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    page.observe(302);
    page.pass(60_000);
    assert_eq!((page.fetches(), page.status()), (3, Status::Unauthenticated));
}

#[test]
fn has_failed_tells_whether_the_last_load_failed() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    page.fail(Failure::Status(500), None);
    assert!(page.session.has_failed() && page.status() == Status::Fresh);
    page.tell(Event::RefreshRequested);
    assert!(!page.session.has_failed());
    page.answer(&document(1, &["a"]));
    assert!(!page.session.has_failed());
}

#[test]
fn a_refresh_during_a_load_asks_again_when_that_load_meets_a_401_from_before_a_sign_in() {
    for asks_renewal in [false, true] {
        let mut page = Page::of(Config { asks_renewal, ..Config::new(Source::Endpoint) });
        page.tell(Event::RefreshRequested);
        assert_eq!(page.fetches(), 1, "one load at a time");
        page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
        assert_eq!((page.fetches(), page.session.is_loading()), (2, true));
        page.answer(&document(1, &["a"]));
        assert!(page.can("a"));
        assert_eq!((page.status(), page.session.is_loading()), (Status::Fresh, false));
    }
}

#[test]
fn a_401_hides_what_is_held_although_a_refresh_was_requested_and_a_second_401_is_final() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    page.tell(Event::RefreshRequested);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    assert!(!page.can("a"));
    assert_eq!(page.fetches(), 3);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    page.pass(60_000);
    assert_eq!((page.fetches(), page.status()), (3, Status::Unauthenticated));
}

#[test]
fn a_refresh_during_a_load_does_not_ask_again_for_a_token_that_met_401_while_a_dialog_is_open() {
    let mut page =
        Page::of(Config { has_token: true, asks_renewal: true, ..Config::new(Source::Endpoint) });
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some("opaque".into())) });
    page.tell(Event::RefreshRequested);
    page.tell(Event::Answered { generation, answer: Answer::Unauthorized });
    assert_eq!((page.status(), page.session.is_loading()), (Status::Unauthenticated, false));
}
