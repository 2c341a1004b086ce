//! Sets from a token's claims: when they end, their errors, and tokens beside an endpoint.

use super::*;

fn page() -> Page {
    Page::of(Config::new(Source::Token))
}

const NOW_SECONDS: u64 = START / 1000;

#[test]
fn claims_are_believed_until_exp() {
    let mut page = page();
    page.give(&format!(r#""permissions":["a"],"exp":{}"#, NOW_SECONDS + 100));
    assert_eq!((page.status(), page.fetches()), (Status::Fresh, 0));
    page.pass(99_999);
    assert!(page.can("a"));
    page.pass(1);
    assert!(!page.can("a"));
    assert_eq!(page.status(), Status::Expired);
    assert!(page.session.is_loading(), "the application is asked for a new token");
    page.give(&format!(r#""permissions":["a"],"exp":{}"#, NOW_SECONDS + 500));
    assert!(page.can("a"));
}

#[test]
fn f25_a_token_is_refused_at_its_exp_and_accepted_five_minutes_before_its_nbf() {
    for (claims, code) in [
        (format!(r#""permissions":["a"],"exp":{NOW_SECONDS}"#), Some("token-expired")),
        (format!(r#""permissions":["a"],"exp":{}"#, NOW_SECONDS + 1), None),
        (format!(r#""permissions":["a"],"nbf":{}"#, NOW_SECONDS + 300), None),
        (
            format!(r#""permissions":["a"],"nbf":{}"#, NOW_SECONDS + 301),
            Some("token-not-yet-valid"),
        ),
    ] {
        let mut page = page();
        page.give(&claims);
        assert_eq!(page.problems.first().copied(), code, "{claims}");
        assert_eq!(page.can("a"), code.is_none());
    }
}

#[test]
fn a_malformed_token_grants_nothing_and_is_asked_for_again_with_pauses() {
    for (token, code) in [
        ("garbage".to_string(), "malformed-token"),
        (token(r#""sub":"u""#), "malformed-claims"),
        (token(r#""permissions":7"#), "malformed-claims"),
    ] {
        let mut page = page();
        page.tell(Event::TokenAnswered { generation: page.generation(), token: Ok(Some(token)) });
        assert_eq!((page.problems.as_slice(), page.status()), ([code].as_slice(), Status::Failed));
        page.pass(200_000);
        assert_eq!(page.requests.len(), 1);
    }
}

#[test]
fn beside_an_endpoint_claims_are_believed_until_its_first_answer_but_never_fresh() {
    let config = Config { has_token: true, reads_claims: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1","permissions":["a"]"#);
    assert!(page.can("a"));
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 1));
    page.answer(&document(1, &["b"]));
    assert!(!page.can("a") && page.can("b"));
    assert_eq!(page.status(), Status::Fresh);
}

#[test]
fn claims_that_were_read_for_an_earlier_load_are_ignored() {
    let mut page = page();
    let earlier = page.generation();
    page.tell(Event::TokenProviderChanged);
    let read = page.claims(&token(r#""permissions":["a"]"#));
    for generation in [earlier, page.generation()] {
        page.tell(Event::ClaimsRead { generation, read: read.clone() });
        assert!(!page.can("a") && page.session.is_loading(), "this load has no token yet");
    }
    page.give(r#""permissions":["b"]"#);
    assert!(page.can("b") && !page.can("a"));
}

#[test]
fn unreadable_claims_beside_an_endpoint_leave_the_decision_to_the_endpoint() {
    let config = Config { has_token: true, reads_claims: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1""#);
    assert_eq!((page.problems.as_slice(), page.fetches()), (&["malformed-claims"][..], 1));
    page.answer(&document(1, &["a"]));
    assert!(page.can("a"));
}

#[test]
fn an_unreadable_token_grants_nothing_without_an_endpoint_that_names_its_user() {
    let mut page = page();
    page.give(r#""permissions":["a"]"#);
    assert!(page.can("a"));
    page.tell(Event::TokenChanged(Some("garbage".into())));
    let generation = page.generation();
    page.tell(Event::TokenAnswered { generation, token: Ok(Some("garbage".into())) });
    assert!(!page.can("a"));
    assert_eq!(page.status(), Status::Failed);
}
