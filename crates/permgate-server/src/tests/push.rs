//! Event streams: which messages are sent, and in which order.

use permgate_core::{Grant, Pattern, ResourcePattern};
use serde_json::{Value, json};

use super::sign_in::by_cookie;
use super::{Events, Server};
use crate::store::Change;

/// Other roles for Alan.
fn roles(names: &[&str]) -> Change {
    let roles = names.iter().map(|name| (*name).to_owned()).collect();
    Change::SetUserRoles { id: "u-5".into(), roles }
}

/// Other grants for Alan.
fn grants(grants: &[Grant]) -> Change {
    Change::SetUserGrants { id: "u-5".into(), grants: grants.to_vec() }
}

fn allow(pattern: &str) -> Grant {
    Grant::allow(Pattern::parse(pattern).unwrap())
}

fn deny(pattern: &str) -> Grant {
    Grant::deny(Pattern::parse(pattern).unwrap())
}

fn on(grant: Grant, resource: &str) -> Grant {
    grant.on(ResourcePattern::parse(resource).unwrap())
}

fn version(version: u64) -> Value {
    json!({ "version": version, "subject": "u-5" })
}

fn revoked(version: u64, permissions: &[&str]) -> Value {
    json!({ "version": version, "subject": "u-5", "permissions": permissions })
}

/// Alan's stream after its first message.
async fn alan(server: &Server) -> Events {
    let mut events = server.events_by_token(&server.minted("u-5")).await;
    let (kind, _) = events.next().await.unwrap();
    assert_eq!(kind, "version");
    events
}

#[tokio::test(start_paused = true)]
async fn a_stream_sends_the_version_first_and_then_each_change_in_turn() {
    let server = Server::start();
    let mut events = server.events_by_token(&server.token("alan").await).await;
    events.expects("version", version(1)).await;
    let permissions = ["task:*", "invoice:view"].map(|text| Pattern::parse(text).unwrap());
    let (name, title) = ("clerk".to_owned(), "Clerk".to_owned());
    server.announced(Change::AddRole { name, title, permissions: permissions.to_vec() }).await;
    server.announced(roles(&["clerk", "staff"])).await;
    server.announced(grants(&[])).await;
    server.announced(roles(&["clerk"])).await;
    server.announced(roles(&[])).await;
    server.announced(grants(&[allow("invoice:*")])).await;
    // A change of Grace is not sent to Alan, nor is a change without an effect on him.
    server.announced(Change::SetUserRoles { id: "u-2".into(), roles: Vec::new() }).await;
    server.announced(grants(&[allow("invoice:*")])).await;

    events.expects("version", version(2)).await;
    // The demo's grants of Alan himself.
    events.expects("revoked", revoked(3, &["product:view", "project:view"])).await;
    let (kind, lost) = events.next().await.unwrap();
    assert_eq!((kind.as_str(), &lost["version"]), ("revoked", &json!(4)));
    let lost = lost["permissions"].as_array().unwrap();
    assert!(lost.contains(&json!("timesheet:view")) && !lost.contains(&json!("task:view")));
    let clerk = ["invoice:view", "task:view", "task:create", "task:edit", "task:delete"];
    events.expects("revoked", revoked(5, &clerk)).await;
    events.expects("version", version(6)).await;
    events.expects_silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_a_denial_or_a_resource_takes_away_is_sent_as_revoked() {
    let server = Server::start();
    server.announced(roles(&[])).await;
    server.announced(grants(&[allow("invoice:*"), allow("task:view")])).await;
    let mut events = alan(&server).await;
    let (one, two) = ("pages/invoice/records/1", "pages/invoice/records/2");
    for (number, (change, expected)) in (4..).zip([
        // A denial of one of four names.
        (vec![allow("invoice:*"), allow("task:view"), deny("invoice:edit")], vec!["invoice:edit"]),
        (vec![allow("invoice:*"), allow("task:view")], vec![]),
        // The same on one invoice only.
        (
            vec![allow("invoice:*"), allow("task:view"), on(deny("invoice:edit"), one)],
            vec!["invoice:edit"],
        ),
        // On two invoices instead of everywhere, then on one instead of two.
        (
            vec![on(allow("invoice:edit"), one), on(allow("invoice:edit"), two)],
            vec!["invoice:view", "invoice:create", "invoice:edit", "invoice:delete", "task:view"],
        ),
        (vec![on(allow("invoice:edit"), one)], vec!["invoice:edit"]),
        // More than before.
        (vec![allow("invoice:edit")], vec![]),
    ]) {
        server.announced(grants(&change)).await;
        let (kind, data) = events.next().await.unwrap();
        let mut names: Vec<&str> = match data.get("permissions") {
            Some(names) => names.as_array().unwrap().iter().filter_map(Value::as_str).collect(),
            None => Vec::new(),
        };
        names.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!((data["version"].as_u64(), names), (Some(number), expected.clone()));
        assert_eq!(kind, if expected.is_empty() { "version" } else { "revoked" });
    }
}

#[tokio::test(start_paused = true)]
async fn the_response_of_a_stream_is_neither_cached_nor_buffered_by_proxies() {
    let server = Server::start();
    let (_, cookie) = by_cookie(&server).await;
    let request = axum::http::Request::get("/api/me/permissions/events")
        .header("cookie", cookie)
        // An id from before a restart, or an invented one, is ignored.
        .header("last-event-id", "999")
        .body(axum::body::Body::empty())
        .unwrap();
    let response = tower::ServiceExt::oneshot(server.app.clone(), request).await.unwrap();
    for (name, expected) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store, no-transform"),
        ("vary", "Authorization, Cookie"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
        ("permissions-version", "1;sub=\"u-2\""),
    ] {
        assert_eq!(response.headers()[name], expected);
    }
    let mut events = Events { body: response.into_body(), text: String::new() };
    events.expects("version", json!({ "version": 1, "subject": "u-2" })).await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_changes_sends_a_heartbeat_every_15_seconds() {
    let server = Server::start();
    let mut events = alan(&server).await;
    let start = tokio::time::Instant::now();
    for beat in 1..=3 {
        events.expects("heartbeat", json!({})).await;
        assert_eq!(start.elapsed().as_secs(), 15 * beat);
    }
    server.announced(roles(&[])).await;
    assert_eq!(events.next().await.unwrap().0, "revoked");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_falls_behind_gets_the_latest_version_and_none_between() {
    let server = Server::start();
    let mut events = alan(&server).await;
    for round in 0..40 {
        server.announced(roles(if round % 2 == 0 { &["sales"] } else { &[] })).await;
    }
    events.expects("version", version(41)).await;
    events.expects_silence().await;
    server.announced(roles(&["sales"])).await;
    events.expects("version", version(42)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f57_a_request_that_begins_after_a_message_sees_its_change() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::in_file(&folder.path().join("store.sqlite3"));
    let token = server.minted("u-5");
    let mut events = alan(&server).await;
    let state = server.state.clone();
    let changes = tokio::spawn(async move {
        for round in 0..60 {
            let change = roles(if round % 2 == 0 { &["sales"] } else { &[] });
            state.administer("u-1", change).await.unwrap().unwrap();
        }
    });
    let mut version = 1;
    while version < 61 {
        let (kind, data) = events.next().await.unwrap();
        assert_ne!(kind, "heartbeat");
        version = data["version"].as_u64().unwrap();
        let document = server.get(&token, "/api/me/permissions").await;
        assert!(
            document.body["version"].as_u64().unwrap() >= version,
            "version {version} was pushed"
        );
    }
    changes.await.unwrap();
}
