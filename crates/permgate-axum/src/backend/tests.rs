//! The endpoints for pages: documents and their entity tags, and how streams end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use axum::response::Response;
use permgate_core::{Catalogue, Grant, Pattern};
use tower::ServiceExt as _;

use super::Backend;
use crate::testing::{TestAuthority, TestEvents};
use crate::{Identify, LocalBus, SettableClock, StreamLimits, Timestamp};

const START: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

struct App {
    router: Router,
    backend: Backend,
    authority: TestAuthority,
    clock: Arc<SettableClock>,
}

impl App {
    fn start() -> Self {
        let (authority, clock) = (TestAuthority::default(), Arc::new(SettableClock::new(START)));
        let names = ["invoice:view", "invoice:edit"].map(|name| Pattern::parse(name).unwrap());
        let catalogue = Arc::new(Catalogue::new("c-1", names.to_vec()).unwrap());
        let limits = StreamLimits { total: 4, per_subject: 2 };
        let backend = Backend::on(Arc::new(LocalBus::new()), clock.clone(), limits)
            .with_catalogue(catalogue)
            .with_ttl(Duration::from_secs(60));
        let router = backend.routes("/me").layer(Identify::new(authority.clone()));
        authority.set("ada", [view()]);
        Self { router, backend, authority, clock }
    }

    async fn get(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn get_as(&self, token: &str, path: &str) -> Response {
        self.get(path, &[(header::AUTHORIZATION, &format!("Bearer {token}"))]).await
    }

    async fn events(&self, token: &str) -> TestEvents {
        let mut events = TestEvents::new(self.get_as(token, "/me/events").await);
        assert_eq!(events.next().await.unwrap().0, "version");
        events
    }
}

fn view() -> Grant {
    Grant::allow(Pattern::parse("invoice:view").unwrap())
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.into()).unwrap()
}

fn tag(headers: &HeaderMap) -> String {
    headers[header::ETAG].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_document_that_the_client_has_is_answered_with_304_until_it_differs() {
    let app = App::start();
    let token = app.authority.sign_in("ada");
    let bearer = format!("Bearer {token}");
    let response = app.get_as(&token, "/me").await;
    let headers = response.headers().clone();
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::VARY], "Authorization, Cookie");
    assert_eq!(headers["permissions-version"], "1;sub=\"ada\"");
    let document = text(response).await;
    let expected = r#""subject":"ada""#;
    assert!(document.contains(expected) && document.contains(r#""ttl":60"#), "{document}");

    let tag = tag(&headers);
    for held in [tag.as_str(), &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
        let headers = [(header::AUTHORIZATION, bearer.as_str()), (header::IF_NONE_MATCH, held)];
        let response = app.get("/me", &headers).await;
        assert_eq!(response.status(), 304, "{held}");
        assert_eq!(response.headers()[header::ETAG], tag);
        assert_eq!(response.headers()["permissions-version"], "1;sub=\"ada\"");
        assert_eq!(text(response).await, "");
    }
    app.authority.set("ada", []);
    let headers = [(header::AUTHORIZATION, bearer.as_str()), (header::IF_NONE_MATCH, tag.as_str())];
    assert_eq!(app.get("/me", &headers).await.status(), 200);
}

#[tokio::test]
async fn entity_tags_of_different_subjects_versions_tenants_or_forms_differ() {
    let app = App::start();
    app.authority.set("bob", [view()]);
    let (ada, bob) = (app.authority.sign_in("ada"), app.authority.sign_in("bob"));
    let mut tags = Vec::new();
    for (token, path) in [
        (&ada, "/me"),
        (&bob, "/me"),
        (&ada, "/me?tenant=acme"),
        (&ada, "/me?tenant=other"),
        (&ada, "/me?packed=1"),
        (&ada, "/me?packed=1&tenant=acme"),
    ] {
        let response = app.get_as(token, path).await;
        assert_eq!(response.status(), 200);
        // The second time, the document comes from the cache.
        assert_eq!(tag(app.get_as(token, path).await.headers()), tag(response.headers()));
        tags.push(tag(response.headers()));
    }
    // The same grants, under another version.
    app.authority.set("ada", [view()]);
    tags.push(tag(app.get_as(&ada, "/me").await.headers()));
    let count = tags.len();
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), count);
}

#[tokio::test]
async fn absent_and_ended_credentials_get_401_and_a_failing_authority_gets_500() {
    let app = App::start();
    let token = app.authority.sign_in("ada");
    for path in ["/me", "/me/events", "/me/socket"] {
        assert_eq!(app.get(path, &[]).await.status(), 401, "{path}");
        assert_eq!(app.get_as("unknown", path).await.status(), 401, "{path}");
    }
    app.authority.set_failing(true);
    assert_eq!(app.get_as(&token, "/me").await.status(), 500);
    app.authority.set_failing(false);
    app.authority.sign_out(&token);
    assert_eq!(app.get_as(&token, "/me").await.status(), 401);
}

#[tokio::test]
async fn a_backend_without_a_catalogue_refuses_to_pack() {
    let authority = TestAuthority::default();
    authority.set("ada", [view()]);
    let token = authority.sign_in("ada");
    let router: Router = Backend::new().routes("/me").layer(Identify::new(authority));
    let request = Request::get("/me?packed=1").header("authorization", format!("Bearer {token}"));
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test(start_paused = true)]
async fn a_stream_sends_the_version_each_change_and_the_end_of_its_session() {
    let app = App::start();
    let (token, other) = (app.authority.sign_in("ada"), app.authority.sign_in("ada"));
    let (mut events, mut others) = (app.events(&token).await, app.events(&other).await);
    assert_eq!(app.get_as(&token, "/me/events").await.status(), 503, "both places are taken");
    app.backend.streams().announce(app.authority.set("ada", []));
    let message = Some(("version".into(), r#"{"version":2,"subject":"ada"}"#.into()));
    assert_eq!((events.next().await, others.next().await), (message.clone(), message));

    app.backend.streams().announce(app.authority.sign_out(&token));
    let over = Some(("session-revoked".into(), "{}".into()));
    assert_eq!((events.next().await, events.next().await), (over.clone(), None));
    assert_eq!(others.next().await.unwrap().0, "heartbeat");
    app.backend.streams().announce(app.authority.remove("ada"));
    assert_eq!((others.next().await, others.next().await), (over, None));
    assert_eq!(app.backend.streams().open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_credentials_were_ended_elsewhere_judges_them_again() {
    let app = App::start();
    let (token, other) = (app.authority.sign_in("ada"), app.authority.sign_in("ada"));
    let (mut events, mut others) = (app.events(&token).await, app.events(&other).await);
    app.authority.sign_out(&token);
    app.backend.streams().announce(crate::Announcement::SignedOut { subject: "ada".into() });
    assert_eq!(events.next().await.unwrap().0, "session-revoked");
    assert_eq!(others.next().await.unwrap().0, "heartbeat");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_its_session_belongs_to_another_user() {
    let app = App::start();
    let token = app.authority.sign_in("ada");
    let mut events = app.events(&token).await;
    app.authority.set("eve", [view()]);
    app.authority.exchange(&token, "eve");
    app.backend.streams().announce(crate::Announcement::SignedOut { subject: "ada".into() });
    assert_eq!(events.next().await.unwrap().0, "session-revoked");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_its_credentials_expire() {
    let app = App::start();
    let token = app.authority.sign_in_until("ada", Some(START.plus(Duration::from_secs(20))));
    let mut events = app.events(&token).await;
    assert_eq!(events.next().await.unwrap().0, "heartbeat");
    app.clock.advance(Duration::from_secs(20));
    assert_eq!(events.next().await.unwrap().0, "session-revoked");
}

#[tokio::test]
async fn a_backend_that_stops_ends_its_streams_without_a_message_about_the_session() {
    let app = App::start();
    let token = app.authority.sign_in("ada");
    let mut events = app.events(&token).await;
    app.backend.streams().stop();
    assert_eq!(events.next().await, None);
    assert_eq!(app.get_as(&token, "/me/events").await.status(), 503);
    assert_eq!(app.get_as(&token, "/me").await.status(), 200);
}
