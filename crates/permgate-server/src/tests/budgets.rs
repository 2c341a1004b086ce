//! Sign-in under attack (F70): the owners of accounts can sign in, other clients wait, and no client
//! takes the turns of another.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::{Answer, Server, quick};
use crate::sign_in::Connected;
use crate::{Config, SqliteStore};

/// An attempt from an address behind the proxy, with a cookie.
async fn attempt(server: &Server, from: &str, cookie: &str, username: &str, right: bool) -> Answer {
    let password = if right { format!("{username}-demo") } else { "wrong".into() };
    let body = json!({ "username": username, "password": password, "mode": "cookie" });
    let request = Request::post("/api/session")
        .header("content-type", "application/json")
        .header("x-forwarded-for", from)
        .header("cookie", cookie)
        .extension(Connected([127, 0, 0, 1].into()))
        .body(Body::from(body.to_string()));
    server.send(request.unwrap()).await
}

fn behind_a_proxy() -> Server {
    let trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    Server::with(Config { trusted_proxies, ..quick() })
}

/// The device cookie of an answer.
fn device(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut devices = cookies.filter(|cookie| cookie.contains("permgate_device="));
    let device = devices.next().unwrap();
    for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(device.contains(attribute), "{device}");
    }
    device.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn f70_guesses_from_one_address_lock_no_user_out_at_another() {
    let server = behind_a_proxy();
    for guess in 0..12 {
        let answer = attempt(&server, "192.0.2.1", "", "ada", false).await;
        assert_eq!(answer.status, if guess < 10 { 401 } else { 429 });
    }
    assert_eq!(attempt(&server, "192.0.2.1", "", "ada", true).await.status, 429);
    assert_eq!(attempt(&server, "198.51.100.7", "", "ada", true).await.status, 200);
    // The address to the left of the last one was written by the client.
    assert_eq!(attempt(&server, "198.51.100.7, 192.0.2.1", "", "ada", true).await.status, 429);
}

#[tokio::test]
async fn f70_without_a_trusted_proxy_the_header_is_ignored() {
    let server = Server::start();
    for guess in 0..11 {
        let from = format!("192.0.2.{guess}");
        let answer = attempt(&server, &from, "", "ada", false).await;
        assert_eq!(answer.status, if guess < 10 { 401 } else { 429 });
    }
}

#[tokio::test(start_paused = true)]
async fn f70_attempts_at_a_name_under_attack_wait_except_on_a_known_device() {
    let server = behind_a_proxy();
    let device = device(&attempt(&server, "198.51.100.7", "", "ada", true).await);
    for guess in 0..200 {
        let from = format!("192.0.2.{guess}");
        attempt(&server, &from, "", "ada", false).await.assert_problem(401, "unauthenticated");
    }
    let took = async |from: &str, cookie: &str| {
        let start = tokio::time::Instant::now();
        assert_eq!(attempt(&server, from, cookie, "ada", true).await.status, 200);
        start.elapsed()
    };
    assert_eq!(took("198.51.100.8", "").await, Duration::from_secs(8), "an unknown device waits");
    assert_eq!(took("198.51.100.8", &device).await, Duration::ZERO);
    // A known device is served also from an address that was used for guesses.
    for _ in 0..10 {
        attempt(&server, "192.0.2.1", "", "grace", false).await;
    }
    assert_eq!(took("192.0.2.1", &device).await, Duration::ZERO);
    // A device cookie is not valid for another user, and neither is a forged one.
    assert_eq!(attempt(&server, "192.0.2.1", &device, "grace", true).await.status, 429);
    let forged = device.replace("permgate_device=", "permgate_device=A");
    assert!(took("198.51.100.9", &forged).await > Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn f70_no_more_than_eight_attempts_of_one_name_wait_at_once() {
    let server = Arc::new(behind_a_proxy());
    for guess in 0..200 {
        attempt(&server, &format!("192.0.2.{guess}"), "", "ada", false).await;
    }
    let waiting: Vec<_> = (0..12)
        .map(|number| {
            let server = Arc::clone(&server);
            let from = format!("198.51.100.{number}");
            tokio::spawn(async move { attempt(&server, &from, "", "ada", false).await.status })
        })
        .collect();
    let mut refused = 0;
    for waiting in waiting {
        refused += usize::from(waiting.await.unwrap() == 429);
    }
    assert_eq!(refused, 4);
}

#[tokio::test]
async fn a_stolen_device_gives_no_more_guesses_than_an_address() {
    let server = behind_a_proxy();
    let device = device(&attempt(&server, "198.51.100.7", "", "ada", true).await);
    for guess in 0..21 {
        let answer = attempt(&server, "192.0.2.1", &device, "ada", false).await;
        let expected = if guess < 10 { 401 } else { 429 };
        assert_eq!(answer.status, expected, "{guess}");
    }
}

#[tokio::test]
async fn secure_cookies_have_names_with_the_host_prefix() {
    let server = Server::with(Config { secure_cookies: true, ..quick() });
    let answer = attempt(&server, "", "", "grace", true).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookies: Vec<_> = cookies.collect();
    for (cookie, name) in cookies.iter().zip(["permgate_session", "permgate_device"]) {
        assert!(cookie.starts_with(&format!("__Host-{name}=")), "{cookie}");
        assert!(cookie.contains("; Path=/;") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let pair = cookies[0].split(';').next().unwrap();
    let plain = pair.replace("__Host-", "");
    for (cookie, expected) in [(pair, 200), (&plain, 401)] {
        let request = Request::get("/api/session").header("cookie", cookie).body(Body::empty());
        assert_eq!(server.send(request.unwrap()).await.status, expected, "{cookie}");
    }
}

/// A server on a database whose write lock another program holds.
fn locked(folder: &std::path::Path) -> (Server, rusqlite::Connection) {
    let path = folder.join("store.sqlite3");
    let server = Server::in_file(&path);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    (server, other)
}

#[tokio::test]
async fn f70_a_sign_out_without_valid_credentials_takes_no_turn_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _lock) = locked(folder.path());
    for cookie in ["", &format!("permgate_session={}", "A".repeat(43)), "permgate_session=x"] {
        let request = Request::delete("/api/session").header("cookie", cookie).body(Body::empty());
        assert_eq!(server.send(request.unwrap()).await.status, 204, "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f72_while_another_program_holds_the_write_lock_reads_are_served_and_changes_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (server, lock) = locked(folder.path());
    let server = Arc::new(server);
    let token = server.minted("u-1");
    let writes: Vec<_> = (0..100)
        .map(|_| {
            let (server, token) = (Arc::clone(&server), token.clone());
            tokio::spawn(async move {
                let body = json!({ "roles": [] });
                server.call(&token, "PUT", "/api/admin/users/u-5/roles", body).await
            })
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(server.get(&token, "/api/me/permissions").await.status, 200);
        assert_eq!(server.get(&token, "/api/admin/users").await.status, 200);
        assert_eq!(server.token("grace").await.split('.').count(), 3, "signing in only reads");
    }
    let is_waiting = writes.iter().filter(|write| !write.is_finished()).count();
    assert!(is_waiting > 90, "the reads were answered while the changes waited: {is_waiting}");
    lock.execute_batch("ROLLBACK").unwrap();
    for write in writes {
        let answer = write.await.unwrap();
        match answer.status.as_u16() {
            200 => {}
            503 => assert_ne!(answer.header("retry-after"), ""),
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert!(server.state.store().standing("u-5").unwrap().unwrap().roles.is_empty());
}

#[test]
fn a_database_that_another_store_has_open_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let store = SqliteStore::open(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err().to_string();
    assert!(error.contains("another process has the database") && error.contains("store.sqlite3"));
    drop(store);
    drop(SqliteStore::open(&path).unwrap());
}
