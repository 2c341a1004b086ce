//! The user of a set: changes of user, late answers, sign-out.

use super::*;

pub(super) fn of(subject: &str) -> String {
    token(&format!(r#""sub":"{subject}""#))
}

pub(super) fn with_token() -> Page {
    Page::of(Config { has_token: true, ..Config::new(Source::Endpoint) })
}

/// A document without a subject.
const WITHOUT_SUBJECT: &str = r#"{"version":1,"permissions":["x"]}"#;

/// The application passes a token, and returns it when it is asked for a token.
pub(super) fn switch(page: &mut Page, subject: &str) -> u64 {
    page.tell(Event::TokenChanged(Some(of(subject))));
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some(of(subject))) });
    generation
}

#[test]
fn f1_f4_a_change_of_user_empties_the_set_at_once_and_ignores_the_earlier_answer() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    page.tell(Event::RefreshRequested);
    let late = page.generation();
    page.tell(Event::TokenAnswered { generation: late, token: Ok(Some(of("a"))) });
    let b = switch(&mut page, "b");
    assert!(!page.can("x") && !page.can("!x"));
    page.answer_to(late, &document_of("a", 2, &["x"]));
    assert!(!page.can("x"));
    page.answer_to(b, &document_of("b", 1, &["y"]));
    page.answer_to(late, &document_of("a", 3, &["x"]));
    assert!(!page.can("x") && page.can("y"));
}

#[test]
fn f2_f3_after_two_changes_of_user_the_last_user_stays_whatever_the_order_of_answers() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for names in [["a", "b", "c"], ["a", "b", "a"]] {
        for order in orders {
            let mut page = with_token();
            let generations = names.map(|name| switch(&mut page, name));
            for index in order {
                page.answer_to(
                    generations[index],
                    &document_of(names[index], 1, &[&format!("g{index}")]),
                );
            }
            assert!(page.can("g2") && !page.can("g1") && !page.can("g0"), "{names:?} {order:?}");
        }
    }
}

#[test]
fn f6_an_answer_about_another_user_is_rejected() {
    let mut page = with_token();
    let generation = switch(&mut page, "a");
    page.answer_to(generation, &document_of("b", 1, &["x"]));
    assert_eq!(
        (page.problems.as_slice(), page.status()),
        (["subject-mismatch"].as_slice(), Status::Failed)
    );
    assert!(!page.can("x"));
}

#[test]
fn f5_no_late_event_restores_a_set_after_a_sign_out() {
    let mut page = with_token();
    let generation = switch(&mut page, "a");
    let ticket = page.session.ticket();
    page.tell(Event::SignedOut);
    page.answer_to(generation, &document_of("a", 1, &["x"]));
    page.tell(Event::TokenAnswered { generation, token: Ok(Some(of("a"))) });
    for status in [401, 403] {
        page.tell(Event::Observed(Observation::of_status(status, ticket)));
        page.observe(status);
    }
    page.tell(Event::Invalidated);
    page.pass(10_000_000);
    assert_eq!((page.status(), page.timer), (Status::Unauthenticated, None));
    assert_eq!(page.reason("x"), "unauthenticated");
    assert!(!page.session.is_loading());
}

#[test]
fn a_response_to_a_request_of_an_earlier_user_is_ignored() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    let ticket = page.session.ticket();
    let b = switch(&mut page, "b");
    page.answer_to(b, &document_of("b", 1, &["y"]));
    let before = page.requests.len();
    page.tell(Event::Observed(Observation::of_status(401, ticket)));
    assert!(page.can("y"));
    assert_eq!(page.requests.len(), before);
}

#[test]
fn a_renewed_token_of_the_same_user_keeps_the_set() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    page.tell(Event::TokenChanged(Some(token(r#""sub":"a","jti":"2""#))));
    assert!(page.can("x"));
    page.tell(Event::TokenChanged(Some(token(r#""sub":"a","iss":"elsewhere""#))));
    assert!(!page.can("x"), "a subject is unique only within its issuer");
}

#[test]
fn f64_an_opaque_token_is_presumed_to_have_the_same_user_until_the_endpoint_answers() {
    let mut page = with_token();
    page.tell(Event::TokenChanged(Some("opaque-1".into())));
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some("opaque-1".into())) });
    page.answer_to(generation, &document_of("a", 1, &["x"]));
    assert_eq!(page.status(), Status::Fresh);
    page.tell(Event::TokenChanged(Some("opaque-2".into())));
    assert!(page.can("x"));
    assert_eq!(page.status(), Status::Stale);
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some("opaque-2".into())) });
    let Some(Effect::Fetch { etag, .. }) = page.requests.last() else { panic!("no request") };
    assert_eq!(*etag, None, "a 304 would not name the user");
    page.answer_to(generation, &document_of("b", 1, &["y"]));
    assert!(!page.can("x") && page.can("y"));
}

#[test]
fn an_empty_token_or_one_that_no_header_can_carry_is_not_presumed_to_have_the_same_user() {
    for text in ["", "\u{2603}\n"] {
        let mut page = with_token();
        let a = switch(&mut page, "a");
        page.answer_to(a, &document_of("a", 1, &["x"]));
        page.tell(Event::TokenChanged(Some(text.into())));
        assert!(!page.can("x"), "{text:?}");
    }
}

#[test]
fn a_token_of_the_function_that_no_header_can_carry_ends_the_presumption() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    page.tell(Event::TokenProviderChanged);
    assert!(page.can("x"));
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some("\u{2603}\n".into())) });
    assert!(!page.can("x"));
}

#[test]
fn f64_a_request_is_replayed_with_an_opaque_token_once_the_endpoint_named_the_same_user() {
    for (subject, expected) in
        [(Some("a"), Verdict::Replay), (Some("b"), Verdict::Pass), (None, Verdict::Pass)]
    {
        let mut page = with_token();
        page.tell(Event::TokenChanged(Some("opaque-1".into())));
        let generation = page.generation();
        page.tell(Event::TokenAnswered { generation, token: Ok(Some("opaque-1".into())) });
        page.answer_to(generation, &document_of("a", 1, &["x"]));
        let ticket = page.session.ticket();
        page.tell(Event::TokenChanged(Some("opaque-2".into())));
        assert_eq!(page.session.verdict(ticket), Verdict::Wait);
        let generation = page.generation();
        page.tell(Event::TokenAnswered { generation, token: Ok(Some("opaque-2".into())) });
        match subject {
            Some(subject) => page.answer_to(generation, &document_of(subject, 2, &["x"])),
            None => page.answer_to(generation, WITHOUT_SUBJECT),
        };
        assert_eq!(page.session.verdict(ticket), expected, "{subject:?}");
    }
}

#[test]
fn f64_a_request_is_not_replayed_when_the_endpoint_does_not_name_the_user_of_the_new_token() {
    let mut page = with_token();
    page.tell(Event::TokenChanged(Some("opaque-1".into())));
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some("opaque-1".into())) });
    page.answer_to(generation, &document_of("a", 1, &["x"]));
    let ticket = page.session.ticket();
    page.tell(Event::TokenChanged(Some("opaque-2".into())));
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Err("no network".into()) });
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
    assert!(page.can("x"), "the stale set is still believed");
}

#[test]
fn f64_a_token_that_names_another_user_after_one_that_names_nobody_empties_the_set() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    page.tell(Event::TokenChanged(Some(token(r#""user_id":"a""#))));
    assert!(page.can("x"));
    page.tell(Event::TokenChanged(Some(token(r#""sub":"a""#))));
    assert!(page.can("x"), "the earlier token named the same user");
    page.tell(Event::TokenChanged(Some("opaque".into())));
    page.tell(Event::TokenChanged(Some(token(r#""sub":"b""#))));
    assert!(!page.can("x"));
}

#[test]
fn f64_an_opaque_token_after_a_sign_out_is_not_presumed_to_have_the_same_user() {
    let mut page = with_token();
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    let ticket = page.session.ticket();
    page.tell(Event::SignedOut);
    page.tell(Event::TokenChanged(Some("opaque".into())));
    assert!(!page.can("x"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

/// A page of the user `a` with an opaque token, and the ticket of a request of that time.
pub(super) fn with_opaque_token() -> (Page, u64) {
    let mut page = with_token();
    page.tell(Event::TokenChanged(Some("opaque-1".into())));
    give(&mut page, "opaque-1");
    page.answer(&document_of("a", 1, &["x"]));
    let ticket = page.session.ticket();
    (page, ticket)
}

/// The application's function returns this token to the load that asks for one.
pub(super) fn give(page: &mut Page, token: &str) {
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some(token.into())) });
}

#[test]
fn f64_a_304_to_a_request_without_an_entity_tag_confirms_no_user() {
    let (mut page, ticket) = with_opaque_token();
    page.tell(Event::TokenChanged(Some("opaque-2".into())));
    give(&mut page, "opaque-2");
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert_eq!(page.problems, ["unexpected-not-modified"]);
    assert_eq!((page.status(), page.session.verdict(ticket)), (Status::Stale, Verdict::Pass));
}

#[test]
fn f64_a_request_with_an_opaque_token_that_was_replaced_unjudged_is_not_replayed() {
    let (mut page, before) = with_opaque_token();
    page.tell(Event::TokenChanged(Some("opaque-2".into())));
    let unjudged = page.session.ticket();
    page.tell(Event::TokenChanged(Some("opaque-3".into())));
    give(&mut page, "opaque-3");
    page.answer(&document_of("a", 1, &["x"]));
    assert_eq!(page.session.verdict(unjudged), Verdict::Pass, "it may belong to another user");
    assert_eq!(page.session.verdict(before), Verdict::Replay);
}

#[test]
fn f64_a_request_with_another_opaque_token_while_credentials_are_refused_is_not_replayed() {
    for (text, expected) in [("opaque-1", Verdict::Replay), ("opaque-8", Verdict::Pass)] {
        let mut page = Page::of(Config {
            has_token: true,
            renews: true,
            asks_renewal: true,
            ..Config::new(Source::Endpoint)
        });
        page.tell(Event::TokenChanged(Some("opaque-1".into())));
        give(&mut page, "opaque-1");
        page.answer(&document_of("a", 1, &["x"]));
        page.observe(401);
        give(&mut page, "opaque-1");
        page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
        page.tell(Event::TokenSeen(text.into()));
        let ticket = page.session.ticket();
        let renewal = page.renewals[0];
        let outcome = Ok(Renewal::Token("opaque-9".into()));
        page.tell(Event::RenewalAnswered { renewal, outcome });
        give(&mut page, "opaque-9");
        page.answer(&document_of("a", 1, &["x"]));
        assert_eq!(page.session.verdict(ticket), expected, "{text}");
    }
}

#[test]
fn f64_the_answer_to_a_token_that_names_nobody_is_not_taken_for_the_user_of_the_next_token() {
    let mut page = with_token();
    give(&mut page, "opaque");
    page.tell(Event::TokenSeen(of("a")));
    assert!(matches!(page.requests.last(), Some(Effect::AskToken { .. })));
    let first = page.requests.iter().rev().find_map(|request| match request {
        Effect::Fetch { generation, .. } => Some(*generation),
        _ => None,
    });
    page.answer_to(first.unwrap_or_default(), WITHOUT_SUBJECT);
    assert!(!page.can("x"), "it may be about another user");
}

#[test]
fn f64_an_answer_to_an_earlier_opaque_token_does_not_name_the_user_of_the_newer_one() {
    let (mut page, _) = with_opaque_token();
    page.pass(2_000);
    page.tell(Event::RefreshRequested);
    give(&mut page, "opaque-1");
    page.tell(Event::TokenSeen("opaque-2".into()));
    let ticket = page.session.ticket();
    page.answer(&document_of("b", 1, &["y"]));
    assert!(page.can("y"));
    assert_eq!(page.status(), Status::Stale, "the endpoint is asked about the newer token");
    page.pass(1_000);
    give(&mut page, "opaque-2");
    let Some(Effect::Fetch { etag, .. }) = page.requests.last() else { panic!("no request") };
    assert_eq!(*etag, None, "a 304 would not name the user");
    page.answer(WITHOUT_SUBJECT);
    assert!(!page.can("y") && page.can("x"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn f64_integer_subjects_are_compared_by_their_digits() {
    let mut page = with_token();
    let a = switch(&mut page, "17");
    page.answer_to(a, &document_of("17", 1, &["x"]));
    page.tell(Event::TokenChanged(Some(token(r#""sub":17"#))));
    assert!(page.can("x"));
    page.tell(Event::TokenChanged(Some(token(r#""sub":18"#))));
    assert!(!page.can("x"));
}

#[test]
fn with_a_cookie_the_answer_of_the_endpoint_names_the_user() {
    let mut page = Page::started();
    page.answer(&document_of("u-1", 7, &["a"]));
    let ticket = page.session.ticket();
    page.tell(Event::RefreshRequested);
    page.answer(&document_of("u-2", 1, &["b"]));
    assert!(!page.can("a") && page.can("b"), "another user's version 1 is not an older version");
    page.tell(Event::Observed(Observation::of_status(401, ticket)));
    assert!(page.can("b"), "a response to the first user's request is ignored");
    page.tell(Event::TokenProviderChanged);
    assert!(page.can("b"), "the user is presumed to be the same until the function answers");
    assert_eq!(page.status(), Status::Stale);
    assert!(matches!(page.requests.last(), Some(Effect::AskToken { .. })));
}

#[test]
fn a_bootstrap_is_kept_if_the_token_has_its_subject_and_dropped_otherwise() {
    for (subject, survives) in [("a", true), ("b", false)] {
        let mut page = Page::new(Config { has_token: true, ..Config::new(Source::Endpoint) });
        page.tell(Event::Started {
            bootstrap: Some(document_of(subject, 1, &["x"])),
            stored: None,
        });
        page.tell(Event::TokenChanged(Some(of("a"))));
        assert_eq!(page.can("x"), survives, "bootstrap of {subject}");
    }
}

#[test]
fn without_a_token_nobody_is_signed_in_and_nothing_is_requested() {
    let mut page = with_token();
    page.tell(Event::TokenAnswered { generation: page.generation(), token: Ok(None) });
    assert_eq!((page.status(), page.fetches()), (Status::Unauthenticated, 0));
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    page.tell(Event::TokenChanged(None));
    assert!(!page.can("x"));
    assert_eq!(page.status(), Status::Unauthenticated);
}

#[test]
fn the_token_is_sent_as_bearer_and_a_failing_provider_is_retried() {
    let mut page = with_token();
    page.tell(Event::TokenAnswered {
        generation: page.generation(),
        token: Err("no network".into()),
    });
    assert_eq!(
        (page.problems.as_slice(), page.status()),
        (["token-provider"].as_slice(), Status::Failed)
    );
    page.pass(1000);
    page.tell(Event::TokenAnswered { generation: page.generation(), token: Ok(Some(of("a"))) });
    assert!(
        matches!(page.requests.last(), Some(Effect::Fetch { bearer: Some(bearer), .. }) if *bearer == of("a"))
    );
}

#[test]
fn a_token_that_no_header_can_carry_is_malformed_and_asked_for_again_with_pauses() {
    for bad in ["two\nlines", "sn\u{2603}w"] {
        let mut page = with_token();
        page.tell(Event::TokenAnswered {
            generation: page.generation(),
            token: Ok(Some(bad.into())),
        });
        assert_eq!((page.problems.as_slice(), page.fetches()), (["malformed-token"].as_slice(), 0));
        page.pass(200_000);
        assert_eq!(page.requests.len(), 1);
        switch(&mut page, "a");
        assert_eq!(page.fetches(), 1);
    }
}

#[test]
fn f4_the_window_of_a_403_ends_with_a_change_of_user() {
    let mut page = Page::fresh();
    page.observe(403);
    page.answer(&document_of("u-2", 1, &["a"]));
    let before = page.fetches();
    page.observe(403);
    assert_eq!(page.fetches(), before + 1, "the first 403 of this user");
}

#[test]
fn f64_an_unreadable_token_that_is_the_source_empties_the_set() {
    let mut page = Page::of(Config::new(Source::Token));
    page.give(r#""sub":"a","permissions":["x"]"#);
    assert!(page.can("x"));
    page.tell(Event::TokenChanged(Some("opaque".into())));
    give(&mut page, "opaque");
    assert!(!page.can("x"));
    assert_eq!(page.problems, ["malformed-token"]);
}
