//! A request that begins before a revocation, and whose body ends after it, changes nothing (F72).

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;
use permgate_core::Language;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;

use super::{START, Server};
use crate::routes::{Access, table};
use crate::store::Change;

const RECORDS: &str = "/api/pages/invoice/records";

/// The sender of the rest of a request's body.
type Rest = mpsc::Sender<&'static str>;

/// A request of Grace whose body has not come yet.
fn begun(token: &str, method: &str, path: &str) -> (Request<Body>, Rest) {
    let (rest, body) = mpsc::channel(1);
    let body = stream::unfold(body, async |mut body: mpsc::Receiver<&'static str>| {
        let part = body.recv().await?;
        Some((Ok::<_, std::io::Error>(Bytes::from(part)), body))
    });
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    (request.body(Body::from_stream(body)).unwrap(), rest)
}

/// Sends a request, and the end of its body only after `meanwhile`.
async fn late(
    server: &Server,
    (method, path): (&str, &str),
    meanwhile: impl Future<Output = ()>,
) -> (StatusCode, Value) {
    let (request, rest) = begun(&server.minted("u-2"), method, path);
    let response = server.app.clone().oneshot(request);
    let body = async {
        // The server has admitted the request once it reads the body.
        rest.send("{\"title\":").await.unwrap();
        rest.send("\"Oak").await.unwrap();
        meanwhile.await;
        // The server may have stopped reading the body.
        let _ = rest.send(" desk\"}").await;
        drop(rest);
    };
    let (response, ()) = tokio::join!(response, body);
    let (parts, body) = response.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn titles(server: &Server) -> Vec<String> {
    let records = server.state.store().records("invoice").unwrap();
    records.into_iter().map(|record| record.fields.title).collect()
}

fn nothing_for(id: &str) -> Change {
    Change::SetUserRoles { id: id.into(), roles: Vec::new() }
}

#[tokio::test]
async fn f72_a_body_that_ends_after_a_revocation_is_refused_and_writes_nothing() {
    let server = Server::start();
    let before = titles(&server);
    let grants = Change::SetUserGrants { id: "u-2".into(), grants: Vec::new() };
    let revoked = async {
        server.announced(nothing_for("u-2")).await;
        server.announced(grants).await;
    };
    let (status, problem) = late(&server, ("POST", RECORDS), revoked).await;
    assert_eq!((status.as_u16(), &problem["type"]), (403, &json!("/problems/forbidden")));
    assert_eq!(titles(&server), before);
}

#[tokio::test]
async fn f72_a_body_that_ends_after_the_session_is_refused_and_writes_nothing() {
    for path in [RECORDS.to_owned(), format!("{RECORDS}?wait=55&version=1")] {
        let server = Server::start();
        let before = titles(&server);
        let removed = server.announced(Change::RemoveUser { id: "u-2".into() });
        let (status, problem) = late(&server, ("POST", &path), removed).await;
        assert_eq!((status.as_u16(), &problem["type"]), (401, &json!("/problems/unauthenticated")));
        let server = Server::start();
        let expired = async { server.clock.set(START.plus(Duration::from_secs(901))) };
        let (status, _) = late(&server, ("POST", &path), expired).await;
        assert_eq!(status.as_u16(), 401);
        assert_eq!(titles(&server), before);
    }
}

#[tokio::test]
async fn a_body_that_ends_late_without_a_revocation_is_accepted() {
    let server = Server::start();
    let (status, record) = late(&server, ("POST", RECORDS), async {}).await;
    assert_eq!((status.as_u16(), &record["title"]), (201, &json!("Oak desk")));
}

#[tokio::test]
async fn f72_every_route_that_changes_something_confirms_after_the_body() {
    for route in table(Language::default()) {
        let reads = route.method == "GET" || route.access == Access::Public;
        if reads {
            continue;
        }
        let server = Server::start();
        let (roles, grants) = (vec!["administrator".into()], Vec::new());
        server.announced(Change::SetUserRoles { id: "u-2".into(), roles }).await;
        server.announced(Change::SetUserGrants { id: "u-2".into(), grants }).await;
        let path = route.path.replace("{id}", "1").replace("{name}", "staff");
        let (method, removed) = (route.method.as_str(), Change::RemoveUser { id: "u-2".into() });
        let (status, _) = late(&server, (method, &path), server.announced(removed)).await;
        assert_eq!(status.as_u16(), 401, "{method} {path}");
    }
}

#[tokio::test]
async fn f72_a_sign_out_while_a_new_password_waits_to_be_hashed_prevents_the_change() {
    let new = "correct horse battery staple";
    for (method, path, body) in [
        ("PUT", "/api/admin/users/u-5/password", json!({ "password": new })),
        (
            "POST",
            "/api/admin/users",
            json!({ "username": "mallory", "name": "Mallory", "password": new }),
        ),
        ("PUT", "/api/me/password", json!({ "old": "ada-demo", "new": new })),
    ] {
        let server = Server::start();
        let account = |name| server.state.store().account(name).unwrap();
        let hashes = || ["ada", "alan"].map(|name| account(name).unwrap().password_hash);
        let (token, before) = (server.minted("u-1"), hashes());
        let turns = server.state.sign_in().all_turns().await.unwrap();
        let answered = server.call(&token, method, path, body);
        let signed_out = async {
            while server.state.sign_in().waiting() == 0 {
                tokio::task::yield_now().await;
            }
            let out = server.call(&token, "DELETE", "/api/session", Value::Null).await;
            assert_eq!(out.status, 204);
            drop(turns);
        };
        let (answer, ()) = tokio::join!(answered, signed_out);
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(hashes(), before, "{method} {path}");
        assert!(account("mallory").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn f72_only_the_permission_document_may_be_waited_for() {
    let server = Server::start();
    let (request, rest) =
        begun(&server.minted("u-2"), "POST", &format!("{RECORDS}?wait=55&version=1"));
    let start = Instant::now();
    let response = timeout(Duration::from_secs(600), server.app.clone().oneshot(request)).await;
    assert_eq!(response.unwrap().unwrap().status(), 408);
    assert_eq!(start.elapsed().as_secs(), 30);
    drop(rest);
}
