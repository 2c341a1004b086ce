//! Catalogues and roles that the application provides: no document is read before they have come.

use super::*;

const ROLES: &str = r#"{"subject":"u-1","version":1,"permissions":[],"roles":["clerk"]}"#;

fn page(source: Source) -> Page {
    Page::of(Config { asks_policies: true, ..Config::new(source) })
}

/// The answer to the newest request for policies.
fn policies(page: &mut Page, roles: &str) {
    let texts = PolicyTexts { catalogue: None, roles: Some(roles.into()) };
    let generation = page.session.state.supply.loader.generation().0;
    page.tell(Event::PoliciesAnswered { generation, policies: Ok(texts) });
}

fn refuse(page: &mut Page) {
    let generation = page.session.state.supply.loader.generation().0;
    page.tell(Event::PoliciesAnswered { generation, policies: Err("out of order".into()) });
}

#[test]
fn the_document_is_read_with_the_policies_whichever_comes_first() {
    for policies_first in [true, false] {
        let mut page = page(Source::Endpoint);
        assert_eq!(
            (page.policy_requests, page.fetches()),
            (1, 1),
            "policies and document are requested at the same time"
        );
        if policies_first {
            policies(&mut page, r#"{"clerk":["a"]}"#);
            assert_eq!(page.status(), Status::Loading);
            page.answer(ROLES);
        } else {
            page.answer(ROLES);
            assert_eq!(page.status(), Status::Loading);
            policies(&mut page, r#"{"clerk":["a"]}"#);
        }
        assert_eq!(page.status(), Status::Fresh);
        assert!(page.can("a"));
        assert!(!page.session.is_loading());
    }
}

#[test]
fn a_token_waits_for_the_policies() {
    let mut page = page(Source::Token);
    let generation = page.generation();
    let token = Ok(Some(token(r#""permissions":["a"]"#)));
    page.tell(Event::TokenAnswered { generation, token });
    assert!(!page.can("a"));
    policies(&mut page, "{}");
    assert!(page.can("a"));
}

#[test]
fn a_bootstrap_waits_for_the_policies_without_a_request_to_the_source() {
    for source in [Source::Bootstrap, Source::Endpoint] {
        let mut page = Page::new(Config { asks_policies: true, ..Config::new(source) });
        page.tell(Event::Started { bootstrap: Some(ROLES.into()), stored: None });
        assert!(page.session.is_loading());
        refuse(&mut page);
        assert_eq!(
            (page.status(), page.problems.as_slice()),
            (Status::Failed, &["policy-provider"][..])
        );
        page.pass(60_000);
        assert!(page.policy_requests > 1, "it is tried again");
        policies(&mut page, r#"{"clerk":["a"]}"#);
        assert!(page.can("a"));
        assert_eq!(page.fetches(), 0);
        page.pass(239_999);
        assert_eq!(
            (page.fetches(), page.status()),
            (0, Status::Fresh),
            "the age of the bootstrap counts from the start of the page"
        );
        page.pass(1);
        assert_eq!(page.fetches(), usize::from(source == Source::Endpoint));
    }
}

#[test]
fn policies_that_fail_or_are_malformed_leave_the_set() {
    let mut page = page(Source::Endpoint);
    policies(&mut page, r#"{"clerk":["a"]}"#);
    page.answer(ROLES);
    page.tell(Event::RefreshRequested);
    refuse(&mut page);
    assert_eq!((page.can("a"), page.aborts), (true, 1));
    page.pass(1_000);
    page.tell(Event::RefreshRequested);
    policies(&mut page, r#"{"clerk":"a"}"#);
    assert!(page.can("a"));
    assert_eq!(page.problems, ["policy-provider", "malformed-policies"]);
}

#[test]
fn changed_policies_change_the_set_of_the_same_version() {
    let mut page = page(Source::Endpoint);
    policies(&mut page, r#"{"clerk":["a"]}"#);
    page.answer(ROLES);
    page.tell(Event::RefreshRequested);
    policies(&mut page, r#"{"clerk":["b"]}"#);
    page.answer(ROLES);
    assert!(page.can("b") && !page.can("a"));
}

#[test]
fn after_a_change_of_policies_the_document_is_requested_without_an_entity_tag() {
    let mut page = page(Source::Endpoint);
    policies(&mut page, r#"{"clerk":["a"]}"#);
    page.answer(ROLES);
    page.tell(Event::RefreshRequested);
    policies(&mut page, r#"{"clerk":["b"]}"#);
    let generation = page.generation();
    page.tell(Event::Answered { generation, answer: Answer::NotModified });
    assert_eq!(page.problems, [""; 0]);
    page.pass(30_000);
    assert!(
        matches!(page.requests.last(), Some(Effect::Fetch { etag: None, .. })),
        "without an entity tag"
    );
    policies(&mut page, r#"{"clerk":["b"]}"#);
    page.answer(ROLES);
    assert!(page.can("b") && !page.can("a"));
}

#[test]
fn f5_policies_that_come_after_a_sign_out_restore_no_set() {
    let mut page = page(Source::Endpoint);
    page.answer(ROLES);
    let generation = page.session.state.supply.loader.generation().0;
    page.tell(Event::SignedOut);
    let texts = PolicyTexts { catalogue: None, roles: Some(r#"{"clerk":["a"]}"#.into()) };
    page.tell(Event::PoliciesAnswered { generation, policies: Ok(texts) });
    assert_eq!((page.status(), page.can("a")), (Status::Unauthenticated, false));
    assert_eq!(page.timer, None);
}

#[test]
fn policies_that_never_come_are_given_up_with_their_load() {
    let mut page = page(Source::Endpoint);
    page.answer(ROLES);
    page.pass(15_000);
    assert_eq!(page.problems, ["timeout"]);
    page.pass(60_000);
    assert!(page.policy_requests > 1);
}

#[test]
fn a_packed_set_needs_a_catalogue_which_reports_unknown_names() {
    let packed = r#"{"packed":{"catalogue":"7","bits":"Ag"}}"#;
    let mut page = page(Source::Endpoint);
    let catalogue = |id: &str| PolicyTexts {
        catalogue: Some(format!(r#"{{"id":"{id}","permissions":["a","b"]}}"#)),
        roles: None,
    };
    let generation = page.session.state.supply.loader.generation().0;
    page.tell(Event::PoliciesAnswered { generation, policies: Ok(catalogue("6")) });
    page.answer(packed);
    assert_eq!(
        (page.problems.as_slice(), page.status()),
        (&["malformed-document"][..], Status::Failed)
    );
    page.pass(30_000);
    let generation = page.session.state.supply.loader.generation().0;
    page.tell(Event::PoliciesAnswered { generation, policies: Ok(catalogue("7")) });
    page.answer(packed);
    assert!(page.can("b") && !page.can("a"));
    assert_eq!((page.reason("c"), page.can("!c")), ("unknown-permission", false));
}

/// A page whose bootstrap grants `a` and waits for the policies.
fn waiting() -> Page {
    let mut page = Page::new(Config { asks_policies: true, ..Config::new(Source::Endpoint) });
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    page
}

#[test]
fn a_bootstrap_that_waited_too_long_for_the_policies_is_not_believed() {
    let mut page = waiting();
    refuse(&mut page);
    page.pass(8 * 3600 * 1000);
    policies(&mut page, "{}");
    assert!(!page.can("a"));
    assert_ne!(page.status(), Status::Fresh);
}

#[test]
fn a_401_drops_a_bootstrap_that_waits_for_the_policies() {
    let mut page = waiting();
    page.observe(401);
    policies(&mut page, "{}");
    assert!(!page.can("a"));
    assert!(page.fetches() > 0, "the endpoint is asked");
}

#[test]
fn a_bootstrap_that_waits_is_dropped_when_the_credentials_are_refused() {
    let mut page = Page::new(Config {
        asks_policies: true,
        asks_renewal: true,
        ..Config::new(Source::Endpoint)
    });
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    let generation = page.session.state.supply.loader.generation().0;
    page.tell(Event::Answered { generation, answer: Answer::Unauthorized });
    assert_eq!(page.renewals.len(), 1, "the application is asked for new credentials");
    page.tell(Event::RefreshRequested);
    policies(&mut page, "{}");
    assert!(!page.can("a"));
}

#[test]
fn f8_a_bootstrap_that_is_invalidated_while_it_waits_is_not_fresh() {
    for doubt in [Event::Invalidated, Event::RefreshRequested] {
        let mut page = waiting();
        page.tell(doubt);
        policies(&mut page, "{}");
        assert_eq!((page.can("a"), page.status(), page.fetches()), (true, Status::Stale, 1));
    }
    let mut page = waiting();
    let version = VersionHeader { version: 2, subject: None };
    let observation = Observation::of_status(200, page.session.ticket());
    page.tell(Event::Observed(Observation { version: Some(version), ..observation }));
    policies(&mut page, "{}");
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 1));
}

#[test]
fn f4_a_change_of_user_or_tenant_drops_a_bootstrap_that_waits() {
    for change in [
        Event::TenantChanged(Some("umbrella".into())),
        Event::TokenChanged(Some(token(r#""sub":"u-9""#))),
        Event::SignedOut,
    ] {
        let mut page = waiting();
        page.tell(change);
        policies(&mut page, "{}");
        assert!(!page.can("a"));
    }
}

#[test]
fn a_401_of_the_endpoint_does_not_wait_for_the_policies() {
    let mut page = page(Source::Endpoint);
    policies(&mut page, r#"{"clerk":["a"]}"#);
    page.answer(ROLES);
    page.tell(Event::RefreshRequested);
    let generation = page.generation();
    page.tell(Event::Answered { generation, answer: Answer::Unauthorized });
    assert_eq!((page.can("a"), page.status()), (false, Status::Unauthenticated));
}
