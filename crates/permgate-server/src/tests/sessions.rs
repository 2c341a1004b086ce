//! Sessions and passwords: users see and end their own sessions, and change their passwords.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::sign_in::with_cookie;
use super::{Answer, Server};

/// Signs Grace in by cookie with a `User-Agent`, and returns the cookie to send back.
async fn sign_in(server: &Server, agent: &str) -> String {
    let body = json!({ "username": "grace", "password": "grace-demo", "mode": "cookie" });
    let request = Request::post("/api/session")
        .header("content-type", "application/json")
        .header("user-agent", agent)
        .body(Body::from(body.to_string()));
    let answer = server.send(request.unwrap()).await;
    assert_eq!(answer.status, 200);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn change_password(server: &Server, cookie: &str, old: &str, new: &str) -> Answer {
    let request = Request::put("/api/me/password")
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .body(Body::from(json!({ "old": old, "new": new }).to_string()));
    server.send(request.unwrap()).await
}

async fn is_signed_in(server: &Server, cookie: &str) -> bool {
    with_cookie(server, "GET", "/api/session", cookie).await.status == 200
}

#[tokio::test]
async fn users_list_and_end_their_sessions_by_ids_that_are_no_credentials() {
    let server = Server::start();
    let first = sign_in(&server, "Firefox").await;
    server.clock.advance(Duration::from_secs(60));
    let second = sign_in(&server, &"x".repeat(1000)).await;
    let sessions = with_cookie(&server, "GET", "/api/me/sessions", &second).await.body;
    let ids: Vec<_> = (0..2).map(|index| sessions[index]["id"].as_str().unwrap()).collect();
    assert_eq!(
        sessions,
        json!([
            { "id": ids[0], "created_at": "2027-01-15T08:01:00Z", "is_current": true,
              "last_seen_at": "2027-01-15T08:01:00Z", "expires_at": "2027-01-15T16:01:00Z",
              "agent": "x".repeat(256) },
            { "id": ids[1], "created_at": "2027-01-15T08:00:00Z", "is_current": false,
              "last_seen_at": "2027-01-15T08:00:00Z", "expires_at": "2027-01-15T16:00:00Z",
              "agent": "Firefox" },
        ])
    );
    for id in &ids {
        assert!(!first.contains(id) && !second.contains(id));
        assert!(!is_signed_in(&server, &format!("permgate_session={id}")).await);
    }
    // A session of another user cannot be ended.
    let ada = server.token("ada").await;
    let path = format!("/api/me/sessions/{}", ids[1]);
    server.call(&ada, "DELETE", &path, Value::Null).await.assert_problem(404, "not-found");
    assert!(is_signed_in(&server, &first).await);
    assert_eq!(with_cookie(&server, "DELETE", &path, &second).await.status, 204);
    assert!(!is_signed_in(&server, &first).await && is_signed_in(&server, &second).await);
    with_cookie(&server, "DELETE", &path, &second).await.assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_session_remembers_when_it_was_last_used_within_minutes() {
    let server = Server::start();
    let cookie = sign_in(&server, "Firefox").await;
    let last_seen = async || {
        let sessions = with_cookie(&server, "GET", "/api/me/sessions", &cookie).await.body;
        sessions[0]["last_seen_at"].as_str().unwrap().to_owned()
    };
    server.clock.advance(Duration::from_secs(299));
    assert_eq!(last_seen().await, "2027-01-15T08:00:00Z");
    server.clock.advance(Duration::from_secs(1));
    assert!(is_signed_in(&server, &cookie).await);
    // The last use is recorded in the background, and no request waits for it.
    while last_seen().await != "2027-01-15T08:05:00Z" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn changing_the_password_needs_the_old_one_and_ends_all_other_sessions_and_tokens() {
    let server = Server::start();
    let (cookie, other) = (sign_in(&server, "a").await, sign_in(&server, "b").await);
    let token = server.token("grace").await;
    let mut stream = server.events_by_token(&token).await;
    stream.expects("version", json!({ "version": 1, "subject": "u-2" })).await;
    for (old, new, status) in [("wrong", "another-one", 400), ("grace-demo", "short", 400)] {
        let answer = change_password(&server, &cookie, old, new).await;
        answer.assert_problem(status, "invalid-body");
    }
    assert!(is_signed_in(&server, &other).await);

    let answer = change_password(&server, &cookie, "grace-demo", "another-one").await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    assert!(is_signed_in(&server, &cookie).await && !is_signed_in(&server, &other).await);
    assert_eq!(server.get(&token, "/api/session").await.status, 401);
    stream.expects_the_end().await;
    let sign_in = async |password: &str| {
        let body = json!({ "username": "grace", "password": password });
        server.call("", "POST", "/api/session", body).await
    };
    assert_eq!(sign_in("grace-demo").await.status, 401);
    let signed_in = sign_in("another-one").await;
    assert_eq!(signed_in.status, 200);

    // A caller with a token gets a new one.
    let token = signed_in.body["token"].as_str().unwrap();
    let body = json!({ "old": "another-one", "new": "a-third-one" });
    let answer = server.call(token, "PUT", "/api/me/password", body).await;
    assert_eq!(server.get(token, "/api/session").await.status, 401);
    let token = answer.body["token"].as_str().unwrap();
    assert_eq!(server.get(token, "/api/session").await.status, 200);
    assert!(!is_signed_in(&server, &cookie).await);
}

#[tokio::test]
async fn guesses_of_the_password_within_a_session_are_limited() {
    let server = Server::start();
    let cookie = sign_in(&server, "a").await;
    for guess in 0..11 {
        let answer = change_password(&server, &cookie, "wrong", "another-one").await;
        assert_eq!(answer.status, if guess < 10 { 400 } else { 429 });
    }
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_and_tokens_of_that_user_only() {
    let server = Server::start();
    let (cookie, other) = (sign_in(&server, "a").await, sign_in(&server, "b").await);
    let (token, ada) = (server.token("grace").await, server.token("ada").await);
    let answer = with_cookie(&server, "DELETE", "/api/me/sessions", &cookie).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert!(!is_signed_in(&server, &cookie).await && !is_signed_in(&server, &other).await);
    assert_eq!(server.get(&token, "/api/session").await.status, 401);
    assert_eq!(server.get(&ada, "/api/session").await.status, 200);
    // A new token is valid in the same second, and so is a new token after the clock was set back.
    let token = server.token("grace").await;
    assert_eq!(server.get(&token, "/api/session").await.status, 200);
    server.clock.set(crate::Timestamp::from_unix_ms(super::START.unix_ms() - 3_600_000));
    let token = server.token("grace").await;
    assert_eq!(server.get(&token, "/api/session").await.status, 200);
}

#[tokio::test]
async fn administrators_see_and_end_sessions_and_set_passwords() {
    let server = Server::start();
    let (first, second) = (sign_in(&server, "a").await, sign_in(&server, "b").await);
    let (grace, ada) = (server.token("grace").await, server.token("ada").await);
    let path = "/api/admin/users/u-2/sessions";
    let sessions = server.get(&ada, path).await.body;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let of_first = sessions.as_array().unwrap().iter().find(|session| session["agent"] == "a");
    let one = format!("{path}/{}", of_first.unwrap()["id"].as_str().unwrap());
    assert_eq!(server.call(&ada, "DELETE", &one, Value::Null).await.status, 200);
    assert!(!is_signed_in(&server, &first).await && is_signed_in(&server, &second).await);
    server.call(&ada, "DELETE", &one, Value::Null).await.assert_problem(404, "not-found");

    let body = json!({ "password": "set-by-ada" });
    let answer = server.call(&ada, "PUT", "/api/admin/users/u-2/password", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(!answer.body.to_string().contains("argon2"));
    assert!(!is_signed_in(&server, &second).await);
    assert_eq!(server.get(&grace, "/api/session").await.status, 401);
    let body = json!({ "username": "grace", "password": "set-by-ada" });
    let grace = server.call("", "POST", "/api/session", body).await.body;
    assert_eq!(server.call(&ada, "DELETE", path, Value::Null).await.status, 200);
    let grace = grace["token"].as_str().unwrap();
    assert_eq!(server.get(grace, "/api/session").await.status, 401);
}
