//! Permits, which are confirmed after the body was read, in handlers and in the layer (F72).

use std::convert::Infallible;
use std::fmt;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::{StreamExt as _, stream};
use http_body_util::Full;
use permgate_core::{Grant, Pattern};
use tower::{ServiceBuilder, ServiceExt as _};

use super::Permit;
use crate::testing::TestAuthority;
use crate::{Current, Identify, Problem, Require, RequireAfterBody};

fn edit() -> Grant {
    Grant::allow(Pattern::parse("invoice:edit").unwrap())
}

fn require() -> Require {
    Require::new("invoice:edit").unwrap()
}

/// An application whose handlers return the version that applies when they commit.
fn app(authority: &TestAuthority) -> Router {
    let confirm = async |permit: Permit, body: Body| -> Result<String, Problem> {
        let before = permit.current().standing.version;
        let bytes = axum::body::to_bytes(body, 1 << 10).await.unwrap();
        let now = permit.confirm().await?.standing.version;
        Ok(format!("{before} {now} {}", bytes.len()))
    };
    let after =
        async |current: Current, body: String| format!("{} {body}", current.standing.version);
    Router::new()
        .route("/confirm", post(confirm).route_layer(require()))
        .route("/after", post(after).route_layer(require().after_body(8)))
        .layer(Identify::new(authority.clone()))
}

/// Sends a body whose second part comes only after `meanwhile`.
async fn send(
    app: &Router,
    path: &str,
    token: &str,
    meanwhile: impl FnOnce() + Send + 'static,
) -> (StatusCode, String) {
    let mut meanwhile = Some(meanwhile);
    let parts = stream::iter(["ab", "cd"]).map(move |part| {
        if let Some(meanwhile) = meanwhile.take_if(|_| part == "cd") {
            meanwhile();
        }
        Ok::<_, Infallible>(Bytes::from(part))
    });
    let request = Request::post(path).header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::from_stream(parts)).unwrap();
    text(app.clone().oneshot(request).await.unwrap()).await
}

async fn text(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 10).await.unwrap();
    (status, String::from_utf8(bytes.into()).unwrap())
}

#[tokio::test]
async fn f72_a_change_during_the_body_applies_to_the_commit_after_it() {
    for path in ["/confirm", "/after"] {
        let authority = TestAuthority::default();
        authority.set("ada", [edit()]);
        let (app, token) = (app(&authority), authority.sign_in("ada"));
        let expected = if path == "/confirm" { "1 1 4" } else { "1 abcd" };
        assert_eq!(send(&app, path, &token, || ()).await, (StatusCode::OK, expected.into()));

        let changing = authority.clone();
        let more = move || drop(changing.set("ada", [edit(), edit()]));
        let expected = if path == "/confirm" { "1 2 4" } else { "2 abcd" };
        assert_eq!(send(&app, path, &token, more).await, (StatusCode::OK, expected.into()));

        let changing = authority.clone();
        let revoke = move || drop(changing.set("ada", []));
        assert_eq!(send(&app, path, &token, revoke).await.0, 403, "{path}");

        authority.set("ada", [edit()]);
        let (ending, ended) = (authority.clone(), token.clone());
        let sign_out = move || drop(ending.sign_out(&ended));
        assert_eq!(send(&app, path, &token, sign_out).await.0, 401, "{path}");

        let (token, failing) = (authority.sign_in("ada"), authority.clone());
        let fail = move || failing.set_failing(true);
        assert_eq!(send(&app, path, &token, fail).await.0, 500, "{path}");
    }
}

#[tokio::test]
async fn f72_a_body_that_ends_after_its_session_belongs_to_another_user_is_refused() {
    for path in ["/confirm", "/after"] {
        let authority = TestAuthority::default();
        authority.set("ada", [edit()]);
        authority.set("eve", [edit()]);
        let (app, token) = (app(&authority), authority.sign_in("ada"));
        let (exchanging, of_ada) = (authority.clone(), token.clone());
        let exchange = move || exchanging.exchange(&of_ada, "eve");
        assert_eq!(send(&app, path, &token, exchange).await.0, 401, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_or_breaks_off_is_refused() {
    let authority = TestAuthority::default();
    authority.set("ada", [edit()]);
    let (app, token) = (app(&authority), authority.sign_in("ada"));
    let post = |body| {
        let request = Request::post("/after").header("authorization", format!("Bearer {token}"));
        app.clone().oneshot(request.body(body).unwrap())
    };
    for (length, expected) in [(0, 200), (8, 200), (9, 413), (9_000, 413)] {
        let response = post(Body::from("x".repeat(length))).await.unwrap();
        assert_eq!(response.status(), expected, "{length}");
    }
    let broken = stream::iter([Ok("ab"), Err(std::io::Error::other("gone"))]);
    assert_eq!(post(Body::from_stream(broken)).await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_sender_without_permission_is_refused_before_the_body_is_read() {
    let authority = TestAuthority::default();
    authority.set("ada", []);
    let (app, token) = (app(&authority), authority.sign_in("ada"));
    let unread = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let request = Request::post("/after").header("authorization", format!("Bearer {token}"));
    let response = app.oneshot(request.body(unread).unwrap()).await.unwrap();
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn a_request_without_a_body_is_judged_only_once() {
    let authority = TestAuthority::default();
    authority.set("ada", [edit()]);
    let (app, token) = (app(&authority), authority.sign_in("ada"));
    let request = Request::post("/after").header("authorization", format!("Bearer {token}"));
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    // Once before the handler, and once for the version in the response to a change.
    assert_eq!(authority.asked(), 2);
}

#[tokio::test]
async fn an_extractor_without_its_layer_is_an_internal_error() {
    let authority = TestAuthority::default();
    authority.set("ada", [edit()]);
    let token = authority.sign_in("ada");
    let app = Router::new()
        .route("/permit", get(async |_: Permit| "in"))
        .route("/current", get(async |_: Current| "in"))
        .layer(Identify::new(authority));
    let ask = async |path: &str, token: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!((ask("/permit", &token).await, ask("/current", &token).await), (500, 200));
    assert_eq!(ask("/current", "unknown").await, 401);
    let outside = Router::<()>::new().route("/", get(async || "in").route_layer(require()));
    let response = outside.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(response.status(), 500);
}

/// An error of a service that does not come from axum.
#[derive(Debug, PartialEq)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

#[tokio::test]
async fn the_layers_wrap_services_with_other_bodies_and_errors() {
    let authority = TestAuthority::default();
    authority.set("ada", [edit()]);
    let token = authority.sign_in("ada");
    let request = |body: &'static str| {
        Request::post("/")
            .header("authorization", format!("Bearer {token}"))
            .body(Full::new(Bytes::from(body)))
            .unwrap()
    };
    let plain = ServiceBuilder::new()
        .layer(Identify::new(authority.clone()))
        .layer(require())
        .service_fn(async |_: Request<Full<Bytes>>| Err::<Response, _>(Broken));
    assert_eq!(plain.oneshot(request("x")).await.unwrap_err(), Broken);

    let after: RequireAfterBody = require().after_body(8);
    let read = ServiceBuilder::new().layer(Identify::new(authority)).layer(after).service_fn(
        async |request: Request<Body>| {
            let bytes = axum::body::to_bytes(request.into_body(), 8).await;
            Ok::<_, Broken>(Response::new(Body::from(bytes.map_err(|_| Broken)?)))
        },
    );
    let response = read.oneshot(request("body")).await.unwrap();
    assert_eq!(text(response).await, (StatusCode::OK, "body".into()));
}
