//! After a 401: how credentials are judged, when the application is asked, which requests are
//! replayed.

use super::*;

/// A page whose application can be asked for new credentials, with `a` at version 1.
fn page() -> Page {
    let config = Config { renews: true, asks_renewal: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    page.answer(&document(1, &["a"]));
    page
}

/// A page whose application is being asked, and the ticket of the refused request.
fn page_with_open_renewal() -> (Page, u64) {
    let mut page = page();
    let ticket = page.session.ticket();
    page.observe(401);
    refuse(&mut page);
    (page, ticket)
}

pub(super) fn refuse(page: &mut Page) {
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
}

pub(super) fn renew(page: &mut Page, outcome: Renewal) {
    let renewal = *page.renewals.last().unwrap();
    page.tell(Event::RenewalAnswered { renewal, outcome: Ok(outcome) });
}

#[test]
fn f12_one_renewal_serves_fifty_requests_that_met_401() {
    let mut page = page();
    let ticket = page.session.ticket();
    for _ in 0..50 {
        page.observe(401);
        assert_eq!(page.session.verdict(ticket), Verdict::Wait);
        assert!(!page.can("a") && !page.can("!a"));
    }
    refuse(&mut page);
    assert_eq!((page.renewals.len(), page.session.verdict(ticket)), (1, Verdict::Wait));
    assert_eq!((page.status(), page.settled), (Status::Unauthenticated, 0));
    renew(&mut page, Renewal::Renewed);
    assert_eq!((page.session.verdict(ticket), page.status()), (Verdict::Wait, Status::Loading));
    page.answer(&document(1, &["a"]));
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Replay, 1));
    assert!(page.can("a"));
    assert_eq!((page.renewals.len(), page.problems.len()), (1, 0));
}

#[test]
fn f13_a_late_401_of_the_old_credentials_causes_no_renewal() {
    let mut page = page();
    let old = page.session.ticket();
    page.observe(401);
    refuse(&mut page);
    renew(&mut page, Renewal::Token(token(r#""sub":"u-1""#)));
    page.answer(&document(1, &["a"]));
    let fetches = page.fetches();
    page.tell(Event::Observed(Observation::of_status(401, old)));
    // The new token names its user, to whom the earlier request cannot be attributed.
    assert!(page.can("a") && page.fetches() == fetches && page.renewals.len() == 1);
    let second = page.session.ticket();
    page.tell(Event::TokenChanged(Some(token(r#""sub":"u-1","exp":9999999999"#))));
    page.answer(&document(1, &["a"]));
    page.tell(Event::Observed(Observation::of_status(401, second)));
    assert!(page.can("a"), "the 401 was about earlier credentials");
    assert_eq!((page.session.verdict(second), page.renewals.len()), (Verdict::Replay, 1));
}

#[test]
fn f14_a_replayed_request_that_is_refused_again_ends_in_unauthenticated() {
    let (mut page, _) = page_with_open_renewal();
    renew(&mut page, Renewal::Renewed);
    page.answer(&document(1, &["a"]));
    let ticket = page.session.ticket();
    for _ in 0..3 {
        let refused = Observation::of_status(401, ticket);
        page.tell(Event::Observed(Observation { is_replay: true, ..refused }));
    }
    assert_eq!(
        (page.status(), page.problems.as_slice()),
        (Status::Unauthenticated, &["unauthenticated"][..])
    );
    assert!(!page.can("a") && page.renewals.len() == 1 && !page.session.is_loading());
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn new_credentials_that_the_api_refuses_at_once_are_judged_at_once() {
    let (mut page, _) = page_with_open_renewal();
    renew(&mut page, Renewal::Renewed);
    page.answer(&document(1, &["a"]));
    let ticket = page.session.ticket();
    page.observe(401);
    assert!(!page.can("a"));
    refuse(&mut page);
    assert_eq!((page.renewals.len(), page.session.verdict(ticket)), (2, Verdict::Wait));
}

#[test]
fn f15_new_credentials_that_are_refused_are_not_renewed_again() {
    let (mut page, ticket) = page_with_open_renewal();
    renew(&mut page, Renewal::Renewed);
    refuse(&mut page);
    assert_eq!((page.renewals.len(), page.status()), (1, Status::Unauthenticated));
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Pass, 1));
    page.pass(3_600_000);
    assert_eq!((page.renewals.len(), page.fetches()), (1, 3));
}

#[test]
fn a_401_of_an_api_that_the_endpoint_contradicts_causes_no_renewal() {
    let mut page = page();
    let ticket = page.session.ticket();
    page.observe(401);
    page.answer(&document(1, &["a"]));
    assert_eq!((page.session.verdict(ticket), page.renewals.len()), (Verdict::Pass, 0));
    assert!(page.can("a"));
}

#[test]
fn a_function_that_returns_a_new_token_causes_a_replay_without_a_renewal() {
    let config = Config { renews: true, has_token: true, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    let give = |page: &mut Page, claims: &str| {
        page.give(claims);
        page.answer(&document(1, &["a"]));
    };
    give(&mut page, r#""sub":"u-1""#);
    let ticket = page.session.ticket();
    page.observe(401);
    assert_eq!(page.session.verdict(ticket), Verdict::Wait);
    give(&mut page, r#""sub":"u-1","jti":"2""#);
    assert_eq!(page.session.verdict(ticket), Verdict::Replay);
    page.pass(5_000);
    page.observe(401);
    give(&mut page, r#""sub":"u-2""#);
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "another user's request");
}

/// A page whose dialog is open, the ticket of the request that met 401, and the token of its user.
/// Meanwhile the application has reloaded the set, and its function has returned null.
fn asked_without_a_token() -> (Page, u64) {
    let config = Config {
        renews: true,
        asks_renewal: true,
        has_token: true,
        reads_claims: true,
        ..Config::new(Source::Endpoint)
    };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1","jti":"1""#);
    page.answer(&document(5, &["a"]));
    let ticket = page.session.ticket();
    page.observe(401);
    give_none(&mut page);
    assert_eq!((page.renewals.len(), page.session.verdict(ticket)), (1, Verdict::Wait));
    page.tell(Event::RefreshRequested);
    give_none(&mut page);
    assert_eq!((page.status(), page.session.is_busy()), (Status::Unauthenticated, false));
    assert!(!page.can("a") && !page.can("!a") && page.session.view().is_none());
    (page, ticket)
}

/// The application's function has no token.
fn give_none(page: &mut Page) {
    page.tell(Event::TokenAnswered { generation: page.generation(), token: Ok(None) });
}

#[test]
fn a_null_token_during_a_renewal_leaves_the_renewal_open() {
    let (mut page, ticket) = asked_without_a_token();
    renew(&mut page, Renewal::Renewed);
    assert_eq!((page.status(), page.session.verdict(ticket)), (Status::Loading, Verdict::Wait));
    page.give(r#""sub":"u-1","jti":"2""#);
    assert!(!page.can("a"), "the endpoint has not answered");
    page.answer(&document(5, &["a"]));
    assert_eq!((page.status(), page.session.verdict(ticket)), (Status::Fresh, Verdict::Replay));
    assert!(page.can("a") && page.renewals.len() == 1);
}

#[test]
fn a_null_token_during_a_renewal_that_is_refused_signs_out() {
    let (mut page, ticket) = asked_without_a_token();
    assert_eq!(page.session.verdict(ticket), Verdict::Wait);
    renew(&mut page, Renewal::Refused);
    assert_eq!(
        (page.status(), page.session.verdict(ticket)),
        (Status::Unauthenticated, Verdict::Pass)
    );
    page.pass(3_600_000);
    assert!(!page.session.is_busy() && page.renewals.len() == 1);
}

#[test]
fn another_user_who_signs_in_after_a_null_token_during_a_renewal_gets_nothing_of_the_first() {
    for claims in [r#""sub":"u-2""#, r#""jti":"opaque""#] {
        let (mut page, ticket) = asked_without_a_token();
        renew(&mut page, Renewal::Renewed);
        page.give(claims);
        assert!(!page.can("a") && !page.can("!a"));
        page.answer(&document_of("u-2", 1, &["b"]));
        assert!(page.can("b") && !page.can("a"), "{claims}");
        assert_eq!(page.session.verdict(ticket), Verdict::Pass, "{claims}");
    }
}

#[test]
fn a_sign_out_after_a_null_token_during_a_renewal_ends_the_renewal() {
    for event in [Event::SignedOut, Event::TokenChanged(None)] {
        let (mut page, ticket) = asked_without_a_token();
        page.tell(event);
        assert_eq!(page.session.verdict(ticket), Verdict::Pass);
        renew(&mut page, Renewal::Renewed);
        assert_eq!((page.status(), page.session.is_busy()), (Status::Unauthenticated, false));
    }
}

#[test]
fn a_null_token_after_another_one_during_a_renewal_stops_its_loads_and_refuses_nothing() {
    const CLAIMS: [&str; 2] =
        [r#""sub":"u-1","permissions":["a"]"#, r#""sub":"u-1","jti":"2","permissions":["a"]"#];
    let config = Config {
        renews: true,
        asks_renewal: true,
        has_token: true,
        asks_policies: true,
        ..Config::new(Source::Token)
    };
    let mut page = Page::of(config);
    let answer_policies = |page: &mut Page, policies| {
        let generation = page.session.state.supply.loader.generation().0;
        page.tell(Event::PoliciesAnswered { generation, policies });
    };
    let good = || Ok(PolicyTexts { catalogue: None, roles: Some("{}".into()) });
    page.give(CLAIMS[0]);
    answer_policies(&mut page, good());
    assert!(page.can("a"));
    page.observe(401);
    give_none(&mut page);
    assert_eq!(page.renewals.len(), 1);
    page.tell(Event::TokenChanged(Some(token(CLAIMS[1]))));
    page.give(CLAIMS[1]);
    answer_policies(&mut page, Err("out of order".into()));
    page.pass(60_000);
    assert!(page.session.is_loading() && !page.can("a"), "the token is tried again");
    give_none(&mut page);
    assert_eq!((page.status(), page.session.is_busy()), (Status::Unauthenticated, false));
    renew(&mut page, Renewal::Renewed);
    page.give(CLAIMS[1]);
    answer_policies(&mut page, good());
    assert!(page.can("a") && page.renewals.len() == 1);
}

#[test]
fn no_request_is_replayed_for_another_user() {
    // With a cookie, the answer of the endpoint names the user who signed in.
    for (answer, verdict) in [
        (document_of("u-1", 1, &["a"]), Verdict::Replay),
        (document_of("u-2", 1, &["a"]), Verdict::Pass),
        (r#"{"permissions":["a"]}"#.into(), Verdict::Pass),
    ] {
        // If the earlier set had no subject, the users cannot be compared either.
        let config = Config { renews: true, asks_renewal: true, ..Config::new(Source::Endpoint) };
        let mut unnamed = Page::of(config);
        unnamed.answer(r#"{"permissions":["a"]}"#);
        let ticket = unnamed.session.ticket();
        unnamed.observe(401);
        refuse(&mut unnamed);
        renew(&mut unnamed, Renewal::Renewed);
        unnamed.answer(&answer);
        assert_eq!(unnamed.session.verdict(ticket), Verdict::Pass, "{answer}");

        let (mut page, ticket) = page_with_open_renewal();
        renew(&mut page, Renewal::Renewed);
        page.answer(&answer);
        assert_eq!(page.session.verdict(ticket), verdict, "{answer}");
    }
    let (mut page, ticket) = page_with_open_renewal();
    renew(&mut page, Renewal::Token(token(r#""sub":"u-2""#)));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn after_a_cancelled_renewal_requests_get_their_401_and_the_next_renewal_needs_a_new_load() {
    let (mut page, ticket) = page_with_open_renewal();
    renew(&mut page, Renewal::Refused);
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Pass, 1));
    for _ in 0..10 {
        page.observe(401);
        page.pass(1_000);
    }
    assert_eq!(page.renewals.len(), 1, "no new load");
    page.tell(Event::RefreshRequested);
    refuse(&mut page);
    assert_eq!(page.renewals.len(), 2);
    let renewal = page.renewals[1];
    page.tell(Event::RenewalAnswered { renewal, outcome: Err("no".into()) });
    assert_eq!(page.problems, ["renewal"]);
}

#[test]
fn f5_after_a_sign_out_waiting_requests_get_their_401_and_no_renewal_follows() {
    let (mut page, ticket) = page_with_open_renewal();
    page.tell(Event::SignedOut);
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Pass, 1));
    renew(&mut page, Renewal::Renewed);
    page.observe(401);
    assert_eq!((page.renewals.len(), page.session.is_loading()), (1, false));
}

#[test]
fn a_load_that_succeeds_before_the_renewal_is_answered_replays_the_requests() {
    let (mut page, ticket) = page_with_open_renewal();
    page.tell(Event::RefreshRequested);
    page.answer(&document(1, &["a"]));
    assert_eq!(page.session.verdict(ticket), Verdict::Replay);
    renew(&mut page, Renewal::Refused);
    assert!(page.can("a"), "the late answer to the renewal is ignored");
}

#[test]
fn a_request_gets_its_401_when_the_source_fails_to_judge_it() {
    let mut page = page();
    let ticket = page.session.ticket();
    page.observe(401);
    page.fail(Failure::Status(500), None);
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Pass, 1));
    assert!(!page.can("a"));
}

#[test]
fn claims_that_are_believed_during_a_renewal_are_not_believed_after_a_refusal() {
    let config = Config {
        asks_renewal: true,
        renews: true,
        has_token: true,
        reads_claims: true,
        ..Config::new(Source::Endpoint)
    };
    let mut page = Page::of(config);
    page.give(r#""sub":"u-1","permissions":["a"]"#);
    refuse(&mut page);
    page.tell(Event::RefreshRequested);
    page.give(r#""sub":"u-2","permissions":["a"]"#);
    refuse(&mut page);
    assert!(!page.can("a") && !page.can("!a"));
}

#[test]
fn a_load_that_fails_during_a_renewal_is_not_retried() {
    let (mut page, _) = page_with_open_renewal();
    page.tell(Event::RefreshRequested);
    page.fail(Failure::Status(500), None);
    let fetches = page.fetches();
    page.pass(3_600_000);
    assert_eq!(page.fetches(), fetches);
}

#[test]
fn a_renewal_survives_a_change_of_tenant_and_waiting_requests_do_not() {
    let (mut page, ticket) = page_with_open_renewal();
    page.tell(Event::TenantChanged(Some("acme".into())));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
    renew(&mut page, Renewal::Renewed);
    page.answer(&document(1, &["a"]));
    assert!(page.can("a"));
}

#[test]
fn a_page_without_a_user_loads_again_when_it_is_resumed_and_causes_no_renewal() {
    let mut page = page();
    page.tell(Event::RefreshRequested);
    refuse(&mut page);
    renew(&mut page, Renewal::Refused);
    page.pass(10_000);
    page.tell(Event::Life(Life::Resumed));
    assert!(page.session.is_loading(), "the user may have signed in elsewhere");
    refuse(&mut page);
    assert_eq!(
        (page.renewals.len(), page.session.is_loading()),
        (1, false),
        "and the application is not asked again"
    );

    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    refuse(&mut page);
    let (status, problems) = (page.status(), page.problems.len());
    for life in [Life::Resumed, Life::Shown] {
        page.pass(10_000);
        page.tell(Event::Life(life));
        assert_eq!((page.status(), page.session.is_loading()), (status, true), "{life:?}");
        refuse(&mut page);
        assert_eq!((page.status(), page.problems.len()), (status, problems));
    }
    page.pass(10_000);
    page.tell(Event::Life(Life::Shown));
    page.answer(&document_of("u-2", 1, &["b"]));
    assert!(page.can("b") && page.status() == Status::Fresh);
}

#[test]
fn new_credentials_without_an_answer_of_the_source_cause_no_replay_if_only_the_source_names_the_user()
 {
    let (mut page, ticket) = page_with_open_renewal();
    renew(&mut page, Renewal::Renewed);
    page.fail(Failure::Status(500), None);
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Pass, 1));
    page.pass(1_000);
    page.answer(&document_of("u-2", 1, &["a"]));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass);
}

#[test]
fn a_401_without_a_source_to_judge_it_causes_a_renewal_at_once() {
    let config = Config { renews: true, asks_renewal: true, ..Config::new(Source::Bootstrap) };
    let mut page = Page::new(config);
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    let ticket = page.session.ticket();
    page.observe(401);
    assert_eq!((page.renewals.len(), page.session.verdict(ticket)), (1, Verdict::Wait));
    renew(&mut page, Renewal::Refused);
    assert_eq!(
        (page.session.verdict(ticket), page.status()),
        (Verdict::Pass, Status::Unauthenticated)
    );
}

#[test]
fn waiting_requests_get_their_401_after_a_renewal_that_no_source_can_prove() {
    let config = Config { renews: true, asks_renewal: true, ..Config::new(Source::Bootstrap) };
    let mut page = Page::new(config);
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    let ticket = page.session.ticket();
    page.observe(401);
    renew(&mut page, Renewal::Renewed);
    assert_eq!((page.session.verdict(ticket), page.settled), (Verdict::Pass, 1));
}

#[test]
fn f17_a_challenge_for_a_stronger_sign_in_is_an_event_and_a_nonce_is_not() {
    let mut page = page();
    for (challenge, step_ups) in [
        (r#"DPoP error="use_dpop_nonce", error_description="x""#, 0),
        (r#"Bearer error="insufficient_user_authentication", acr_values="a b", max_age="5""#, 1),
    ] {
        let observation = Observation::of_status(401, page.session.ticket());
        let challenge = Some(challenge.into());
        page.tell(Event::Observed(Observation { challenge, ..observation }));
        assert_eq!(
            (page.step_ups.len(), page.status(), page.fetches()),
            (step_ups, Status::Fresh, 1)
        );
    }
    assert_eq!(page.step_ups[0].max_age_seconds, Some(5));
}
