//! Long polls: the answer comes at a change, or at the end of the wait, or when the credentials end.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::{Answer, Server};
use crate::store::Change;

const OTHER: &str = "/api/me/permissions?wait=25&version=1";

fn roles(id: &str, names: &[&str]) -> Change {
    let roles = names.iter().map(|name| (*name).to_owned()).collect();
    Change::SetUserRoles { id: id.into(), roles }
}

/// Sends a long poll, and runs `then` once it is waiting.
async fn meanwhile(server: &Server, path: &str, then: impl Future<Output = ()>) -> (Answer, u64) {
    let token = server.minted("u-5");
    let start = Instant::now();
    let (answer, ()) = tokio::join!(server.get(&token, path), async {
        while server.state.backend().streams().open() == 0 {
            tokio::task::yield_now().await;
        }
        then.await;
    });
    (answer, start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn a_poll_with_another_version_is_answered_at_once() {
    let server = Server::start();
    let token = server.minted("u-5");
    let start = Instant::now();
    for held in ["0", "2", "18446744073709551615"] {
        let path = format!("/api/me/permissions?wait=25&version={held}");
        let answer = server.get(&token, &path).await;
        assert_eq!((answer.status.as_u16(), &answer.body["version"]), (200, &json!(1)));
        assert_eq!(answer.header("permissions-version"), "1;sub=\"u-5\"");
        assert_ne!(answer.header("etag"), "");
    }
    assert_eq!(start.elapsed().as_secs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_waits_is_answered_with_the_change() {
    let server = Server::start();
    let (answer, waited) = meanwhile(&server, OTHER, async {
        server.announced(roles("u-2", &[])).await;
        server.announced(roles("u-5", &[])).await;
    })
    .await;
    assert_eq!((answer.status.as_u16(), &answer.body["version"]), (200, &json!(2)));
    assert_eq!(answer.header("permissions-version"), "2;sub=\"u-5\"");
    assert_eq!((&answer.body["roles"], waited), (&json!([]), 0));
    // The document is the same as without the wait.
    let plain = server.get(&server.minted("u-5"), "/api/me/permissions").await;
    assert_eq!((&answer.body, answer.header("etag")), (&plain.body, plain.header("etag")));
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_poll_has_the_requested_tenant_and_packing() {
    let server = Server::start();
    let path = format!("{OTHER}&tenant=acme&packed=1");
    let (answer, _) = meanwhile(&server, &path, server.announced(roles("u-5", &[]))).await;
    assert_eq!(answer.body["tenant"], "acme");
    assert!(answer.body["packed"]["bits"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_poll_without_a_change_is_answered_without_a_body_at_the_end_of_the_wait() {
    let server = Server::start();
    let token = server.minted("u-5");
    for (wait, expected) in [("25", 25), ("0", 0), ("55", 55), ("56", 55), ("99999999999", 55)] {
        let start = Instant::now();
        let answer =
            server.get(&token, &format!("/api/me/permissions?version=1&wait={wait}")).await;
        assert_eq!((answer.status.as_u16(), answer.body), (204, Value::Null), "{wait}");
        assert_eq!(answer.headers["permissions-version"], "1;sub=\"u-5\"");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(start.elapsed().as_secs(), expected, "{wait}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poll_whose_user_signs_out_or_is_removed_meanwhile_is_refused() {
    let server = Server::start();
    let token = server.minted("u-5");
    let (answer, ()) = tokio::join!(server.get(&token, OTHER), async {
        while server.state.backend().streams().open() == 0 {
            tokio::task::yield_now().await;
        }
        server.call(&token, "DELETE", "/api/session", Value::Null).await;
    });
    answer.assert_problem(401, "unauthenticated");

    let removed = server.announced(Change::RemoveUser { id: "u-5".into() });
    meanwhile(&server, OTHER, removed).await.0.assert_problem(401, "unauthenticated");
}

#[tokio::test(start_paused = true)]
async fn f21_a_poll_whose_credentials_expired_by_a_clock_that_was_set_is_refused_at_the_end_of_the_wait()
 {
    let server = Server::start();
    let set = async {
        // On the paused clock a second passes once all tasks wait, also for the store.
        drop(timeout(Duration::from_secs(1), std::future::pending::<()>()).await);
        server.clock.advance(Duration::from_secs(900));
    };
    let (answer, waited) = meanwhile(&server, OTHER, set).await;
    answer.assert_problem(401, "unauthenticated");
    assert_eq!(waited, 25);
}

#[tokio::test(start_paused = true)]
async fn an_invalid_parameter_of_a_poll_is_refused_by_its_name() {
    let server = Server::start();
    let token = server.minted("u-5");
    for (query, parameter) in [
        ("wait=25", "version"),
        ("wait=25&version=", "version"),
        ("wait=25&version=-1", "version"),
        ("wait=25&version=%2B1", "version"),
        ("wait=25&version=1.0", "version"),
        ("wait=25&version=18446744073709551616", "version"),
        ("wait=25&version=1&version=1", "version"),
        ("wait=&version=1", "wait"),
        ("wait=soon&version=1", "wait"),
        ("wait=1e3&version=1", "wait"),
        ("wait=-1&version=1", "wait"),
        ("wait=1&wait=2&version=1", "wait"),
    ] {
        let answer = server.get(&token, &format!("/api/me/permissions?{query}")).await;
        answer.assert_problem(400, "invalid-query");
        assert_eq!(answer.body["parameter"], parameter, "{query}");
    }
    // Without `wait`, the answer does not wait.
    let answer = server.get(&token, "/api/me/permissions?version=1").await;
    assert_eq!(answer.status, 200);
}
