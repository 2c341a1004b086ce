//! Tenants: a change of tenant empties the set like a change of user.

use super::*;

fn page() -> Page {
    let mut config = Config::new(Source::Endpoint);
    config.reading.tenant = Some("acme".into());

    Page::of(config)
}

fn change(page: &mut Page, tenant: &str) {
    page.tell(Event::TenantChanged(Some(tenant.into())));
}

fn of(tenant: &str, version: u64) -> String {
    format!(
        r#"{{"subject":"u-1","tenant":"{tenant}","version":{version},"permissions":["{tenant}"]}}"#
    )
}

#[test]
fn a_change_of_tenant_empties_the_set_at_once() {
    let mut page = page();
    assert!(
        matches!(page.requests.last(), Some(Effect::Fetch { tenant: Some(it), .. }) if it == "acme")
    );
    page.answer(&of("acme", 7));
    let epoch = page.session.epoch();
    change(&mut page, "umbrella");
    assert_eq!((page.can("acme"), page.status()), (false, Status::Loading));
    assert_ne!(page.session.epoch(), epoch, "answers from before are not judged");
    assert!(
        matches!(page.requests.last(), Some(Effect::Fetch { tenant: Some(it), etag: None, .. }) if it == "umbrella")
    );
    page.answer(&of("umbrella", 2));
    assert!(page.can("umbrella"), "versions of different tenants are not compared");
}

#[test]
fn f1_a_late_answer_about_the_first_tenant_is_ignored() {
    let mut page = page();
    let first = page.generation();
    change(&mut page, "umbrella");
    page.answer(&of("umbrella", 1));
    page.answer_to(first, &of("acme", 9));
    assert!(page.can("umbrella") && !page.can("acme"));
}

#[test]
fn f4_a_load_without_a_known_user_is_given_up_at_a_change_of_tenant() {
    let mut page = Page::fresh();
    page.tell(Event::SignedOut);
    page.session.state.config.asks_renewal = true;
    page.tell(Event::RefreshRequested);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    page.tell(Event::RefreshRequested);
    let old = page.generation();
    page.tell(Event::TenantChanged(Some("acme".into())));
    page.answer_to(old, &document(1, &["a"]));
    assert!(!page.can("a"), "the answer is to a request from before");
}

#[test]
fn f6_an_answer_about_another_tenant_is_refused() {
    let mut page = page();
    page.answer(&of("umbrella", 1));
    assert_eq!((page.problems.as_slice(), page.can("umbrella")), (&["tenant-mismatch"][..], false));
}

#[test]
fn an_answer_without_a_tenant_is_about_the_requested_tenant() {
    let mut page = page();
    page.answer(&document(1, &["a"]));
    assert_eq!(page.session.view().unwrap().tenant, Some("acme"));
}

#[test]
fn selecting_the_same_tenant_changes_nothing_and_selecting_none_is_a_change() {
    let mut page = page();
    page.answer(&of("acme", 1));
    change(&mut page, "acme");
    assert!(page.can("acme"));
    page.tell(Event::TenantChanged(None));
    assert!(!page.can("acme"));
}

#[test]
fn f5_a_change_of_tenant_after_a_sign_out_restores_no_set() {
    let mut page = page();
    page.answer(&of("acme", 1));
    page.tell(Event::SignedOut);
    let fetches = page.fetches();
    change(&mut page, "umbrella");
    assert_eq!((page.status(), page.fetches()), (Status::Unauthenticated, fetches));
}

#[test]
fn a_bootstrap_about_another_tenant_is_refused() {
    let mut config = Config::new(Source::Bootstrap);
    config.reading.tenant = Some("acme".into());
    let mut page = Page::new(config);
    page.tell(Event::Started { bootstrap: Some(of("umbrella", 1)), stored: None });
    assert_eq!((page.problems.as_slice(), page.can("umbrella")), (&["tenant-mismatch"][..], false));
    assert_eq!(page.status(), Status::Failed);
}

/// A page that reads tokens, in a tenant.
fn token_page() -> Page {
    let mut config = Config::new(Source::Token);
    config.reading.tenant = Some("acme".into());
    config.reads_claims = true;

    Page::of(config)
}

#[test]
fn f4_a_token_that_was_read_for_one_tenant_is_not_read_for_another() {
    let (first, second) = (r#""sub":"u","permissions":["a"]"#, r#""sub":"u","permissions":["b"]"#);
    let mut page = token_page();
    page.give(first);
    assert!(page.can("a"));
    change(&mut page, "umbrella");
    page.give(first);
    assert_eq!((page.can("a"), page.problems.as_slice()), (false, &["tenant-mismatch"][..]));
    page.pass(60_000);
    page.give(second);
    assert!(page.can("b"), "a token for the new tenant is read");
}

#[test]
fn a_token_with_claims_for_each_tenant_is_read_for_every_tenant() {
    let both =
        r#""sub":"u","tenants":{"acme":{"permissions":["a"]},"umbrella":{"permissions":["b"]}}"#;
    let mut page = token_page();
    page.give(both);
    assert!(page.can("a") && !page.can("b"));
    change(&mut page, "umbrella");
    page.give(both);
    assert!(page.can("b") && !page.can("a"));
}

#[test]
fn a_change_of_tenant_does_not_restore_claims_that_await_the_endpoint() {
    let mut config = Config { has_token: true, ..Config::new(Source::Endpoint) };
    config.reads_claims = true;
    let mut page = Page::of(config);
    let claims = r#""sub":"u","permissions":["a"]"#;
    page.give(claims);
    assert!(page.can("a"));
    page.observe(401);
    change(&mut page, "umbrella");
    page.give(claims);
    assert!(!page.can("a"));
}
