//! Signing in by token and by cookie, how long credentials last, and signing out.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::{Answer, Server, quick};
use crate::seed::DEMO_USERS;
use crate::{Config, secret};

/// Signs in by cookie, and returns the answer with the cookie to send back.
pub(super) async fn by_cookie(server: &Server) -> (Answer, String) {
    let body = json!({ "username": "grace", "password": "grace-demo", "mode": "cookie" });
    let answer = server.call("", "POST", "/api/session", body).await;
    let pair = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (answer, pair)
}

pub(super) async fn with_cookie(server: &Server, method: &str, path: &str, cookie: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("cookie", cookie);
    server.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_demo_user_signs_in_by_token() {
    let server = Server::start();
    for (number, user) in (1..).zip(DEMO_USERS) {
        let token = server.token(user.username).await;
        let answer = server.get(&token, "/api/session").await;
        let expected =
            json!({ "subject": format!("u-{number}"), "name": user.name, "expires_in": 900 });
        assert_eq!(answer.body, expected);
        assert_eq!(answer.header("permissions-version"), format!("1;sub=\"u-{number}\""));
    }
}

#[tokio::test]
async fn a_sign_in_without_a_mode_gets_a_token_and_the_version() {
    let server = Server::start();
    let body = json!({ "username": "ada", "password": "ada-demo" });
    let answer = server.call("", "POST", "/api/session", body).await;
    assert!(answer.body["token"].is_string());
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(answer.header("permissions-version"), "1;sub=\"u-1\"");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_cookie_session_keeps_its_secret_from_the_page_and_from_the_store() {
    let server = Server::start();
    let (answer, cookie) = by_cookie(&server).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        json!({ "subject": "u-2", "name": "Grace Hopper", "expires_in": 28800 })
    );
    let attributes = answer.header("set-cookie");
    for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=28800"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    assert!(!attributes.contains("Secure"));
    assert_eq!(with_cookie(&server, "GET", "/api/session", &cookie).await.body["subject"], "u-2");

    let (_, value) = cookie.split_once('=').unwrap();
    let find = |key| server.state.store().session(&key, server.state.now()).unwrap();
    assert!(find(secret::digest(value.as_bytes())).is_some());
    let mut raw = [0; 32];
    raw.copy_from_slice(&value.as_bytes()[..32]);
    assert!(find(raw).is_none());
}

#[tokio::test]
async fn cookies_are_secure_where_that_is_configured() {
    let server = Server::with(Config { secure_cookies: true, ..quick() });
    let (answer, _) = by_cookie(&server).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_cookie() {
    let server = Server::start();
    let (_, cookie) = by_cookie(&server).await;
    let answer = with_cookie(&server, "DELETE", "/api/session", &cookie).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").starts_with("permgate_session=; "));
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    let answer = with_cookie(&server, "GET", "/api/session", &cookie).await;
    answer.assert_problem(401, "unauthenticated");
    // A second sign-out, and one without credentials, succeed.
    assert_eq!(with_cookie(&server, "DELETE", "/api/session", &cookie).await.status, 204);
    assert_eq!(server.call("", "DELETE", "/api/session", Value::Null).await.status, 204);
}

#[tokio::test]
async fn tokens_and_sessions_end_by_the_clock() {
    let server = Server::start();
    let token = server.token("grace").await;
    let (_, cookie) = by_cookie(&server).await;
    server.clock.advance(Duration::from_millis(899_999));
    assert_eq!(server.get(&token, "/api/session").await.status, 200);
    server.clock.advance(Duration::from_millis(1));
    let answer = server.get(&token, "/api/session").await;
    answer.assert_problem(401, "unauthenticated");
    assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));

    server.clock.advance(Duration::from_secs(28_800 - 901));
    let answer = with_cookie(&server, "GET", "/api/session", &cookie).await;
    assert_eq!((answer.status.as_u16(), &answer.body["expires_in"]), (200, &json!(1)));
    server.clock.advance(Duration::from_secs(1));
    let answer = with_cookie(&server, "GET", "/api/session", &cookie).await;
    answer.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let server = Server::start();
    let mut bodies = Vec::new();
    for (username, password) in
        [("ada", "ada"), ("ada", ""), ("nobody", "ada-demo"), ("nobody", ""), ("ADA", "ada-demo")]
    {
        let body = json!({ "username": username, "password": password });
        let answer = server.call("", "POST", "/api/session", body).await;
        answer.assert_problem(401, "unauthenticated");
        assert_eq!(answer.header("set-cookie"), "");
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn bad_credentials_are_refused_even_beside_valid_ones() {
    let server = Server::start();
    let (_, cookie) = by_cookie(&server).await;
    let token = server.token("ada").await;
    for (authorization, cookies, expected) in [
        (None, cookie.clone(), 200),
        (None, format!("theme=dark; {cookie}; x"), 200),
        (None, format!("{cookie}; {cookie}"), 401),
        (None, "permgate_session=short".to_owned(), 401),
        (Some("Bearer forged".to_owned()), cookie.clone(), 401),
        (Some("Basic YWRhOmFkYS1kZW1v".to_owned()), cookie.clone(), 401),
        (Some(token.clone()), String::new(), 401),
        (Some(format!("bearer {token}")), String::new(), 200),
    ] {
        let mut request = Request::get("/api/session").header("cookie", &cookies);
        if let Some(authorization) = &authorization {
            request = request.header("authorization", authorization);
        }
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, expected, "{authorization:?} {cookies}");
    }

    let twice = Request::get("/api/session")
        .header("authorization", format!("Bearer {token}"))
        .header("authorization", format!("Bearer {token}"));
    let answer = server.send(twice.body(Body::empty()).unwrap()).await;
    answer.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_user_with_ten_failures_in_a_minute_is_refused_even_with_the_right_password() {
    let server = Server::start();
    let sign_in = async |username: &str, password: &str| {
        let body = json!({ "username": username, "password": password });
        server.call("", "POST", "/api/session", body).await
    };
    for username in ["ada", "nobody"] {
        for guess in 0..10 {
            let answer = sign_in(username, &guess.to_string()).await;
            answer.assert_problem(401, "unauthenticated");
        }
        server.clock.advance(Duration::from_millis(500));
        for password in ["wrong", "ada-demo"] {
            let answer = sign_in(username, password).await;
            answer.assert_problem(429, "too-many-attempts");
            assert_eq!(answer.header("retry-after"), "60");
        }
    }
    // Other users can sign in, and so can this one after the pause.
    server.token("grace").await;
    server.clock.advance(Duration::from_millis(58_999));
    assert_eq!(sign_in("ada", "ada-demo").await.header("retry-after"), "1");
    server.clock.advance(Duration::from_millis(1));
    assert_eq!(sign_in("ada", "ada-demo").await.status, 200);
}

#[tokio::test]
async fn guesses_that_are_sent_at_once_are_all_counted() {
    let server = std::sync::Arc::new(Server::start());
    let guesses: Vec<_> = (0..40)
        .map(|guess| {
            let server = std::sync::Arc::clone(&server);
            let body = json!({ "username": "ada", "password": guess.to_string() });
            tokio::spawn(async move { server.call("", "POST", "/api/session", body).await.status })
        })
        .collect();
    let mut tried = 0;
    for guess in guesses {
        tried += usize::from(guess.await.unwrap() == 401);
    }
    // Two passwords are verified at the same time, so one more attempt may be made.
    assert!((10..=11).contains(&tried), "{tried}");
}
