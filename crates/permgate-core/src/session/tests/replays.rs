//! Requests that met 401 and may belong to another user: they are not replayed for the current
//! user.

use super::identity::{give, of, switch, with_token};
use super::*;

#[test]
fn f64_a_request_with_an_opaque_token_after_a_sign_out_is_not_replayed_for_the_user_of_the_next_token()
 {
    let mut page = with_token();
    page.tell(Event::SignedOut);
    switch(&mut page, "a");
    page.fail(Failure::Status(503), None);
    page.tell(Event::RefreshRequested);
    give(&mut page, "opaque");
    let ticket = page.session.ticket();
    page.fail(Failure::Status(503), None);
    page.tell(Event::RefreshRequested);
    give(&mut page, &of("b"));
    page.answer(&document_of("b", 1, &["x"]));
    assert!(page.can("x"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "it may have been sent for `a`");
}

/// A page whose user `a` is refused, while the application is asked for new credentials.
fn refused() -> Page {
    let mut page = Page::of(Config {
        has_token: true,
        renews: true,
        asks_renewal: true,
        ..Config::new(Source::Endpoint)
    });
    let a = switch(&mut page, "a");
    page.answer_to(a, &document_of("a", 1, &["x"]));
    page.tell(Event::RefreshRequested);
    give(&mut page, &of("a"));
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    page
}

#[test]
fn f64_a_request_of_another_user_while_credentials_are_refused_is_not_replayed_when_the_first_returns()
 {
    let mut page = refused();
    page.tell(Event::TokenSeen(of("b")));
    let ticket = page.session.ticket();
    let outcome = Ok(Renewal::Token("opaque".into()));
    page.tell(Event::RenewalAnswered { renewal: page.renewals[0], outcome });
    give(&mut page, "opaque");
    page.answer(&document_of("a", 1, &["x"]));
    assert!(page.can("x"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "it is a request of `b`");
}

#[test]
fn f64_a_request_with_an_opaque_token_that_is_refused_later_is_not_replayed_with_the_next() {
    let mut page = refused();
    page.tell(Event::TokenSeen("opaque-1".into()));
    let ticket = page.session.ticket();
    page.tell(Event::RefreshRequested);
    give(&mut page, "opaque-1");
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    let renewal = page.renewals[page.renewals.len() - 1];
    page.tell(Event::RenewalAnswered { renewal, outcome: Ok(Renewal::Token("opaque-2".into())) });
    give(&mut page, "opaque-2");
    page.answer(&document_of("a", 1, &["x"]));
    assert!(page.can("x"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "its user is unknown");
}

#[test]
fn f64_a_request_with_an_opaque_token_in_another_tenant_is_not_replayed_for_the_user_of_the_next_token()
 {
    let mut page = with_token();
    give(&mut page, "opaque");
    page.answer(&document_of("a", 1, &["x"]));
    page.tell(Event::TenantChanged(Some("t".into())));
    give(&mut page, "opaque");
    let ticket = page.session.ticket();
    page.fail(Failure::Status(503), None);
    page.tell(Event::RefreshRequested);
    give(&mut page, &of("b"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "it is a request of `a`");
}

#[test]
fn a_request_without_a_signed_in_user_is_not_replayed_for_the_user_of_the_next_cookie() {
    let mut page = Page::of(Config { asks_renewal: true, ..Config::new(Source::Endpoint) });
    page.tell(Event::SignedOut);
    let ticket = page.session.ticket();
    page.tell(Event::RefreshRequested);
    page.answer(&document_of("b", 1, &["x"]));
    assert!(page.can("x"));
    page.observe(401);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    page.tell(Event::RenewalAnswered { renewal: page.renewals[0], outcome: Ok(Renewal::Renewed) });
    page.answer(&document_of("b", 1, &["x"]));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "it may have had another cookie");
}

#[test]
fn f64_a_request_after_a_change_of_tenant_with_an_unjudged_token_is_not_replayed_with_the_next() {
    let mut page = with_token();
    page.tell(Event::TokenSeen("opaque".into()));
    page.tell(Event::TenantChanged(Some("t".into())));
    let ticket = page.session.ticket();
    page.tell(Event::TokenSeen(of("b")));
    give(&mut page, &of("b"));
    page.answer(r#"{"subject":"b","tenant":"t","version":1,"permissions":["x"]}"#);
    assert!(page.can("x"));
    assert_eq!(page.session.verdict(ticket), Verdict::Pass, "the user of `opaque` is unknown");
}
