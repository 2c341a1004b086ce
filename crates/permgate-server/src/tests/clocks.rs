//! Clocks that jump (F72): a token that was signed out stays invalid, and new tokens are valid.

use std::time::Duration;

use serde_json::{Value, json};

use super::sign_in::with_cookie;
use super::{START, Server};
use crate::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);

/// The first moment of 2099.
const IN_2099: Timestamp = Timestamp::from_unix_ms(4_070_908_800_000);

async fn sign_out(server: &Server, token: &str) {
    assert_eq!(server.call(token, "DELETE", "/api/session", Value::Null).await.status, 204);
}

async fn is_good(server: &Server, token: &str) -> bool {
    server.get(token, "/api/session").await.status == 200
}

#[tokio::test]
async fn f72_a_token_that_was_signed_out_stays_invalid_when_the_clock_jumps_and_comes_back() {
    let server = Server::start();
    let (signed_out, other_token) = (server.token("grace").await, server.token("grace").await);
    sign_out(&server, &signed_out).await;
    assert!(!is_good(&server, &signed_out).await);
    // Another sign-out while the clock is wrong forgets the tokens that seem to have expired.
    server.clock.advance(HOUR);
    let other = server.token("ada").await;
    sign_out(&server, &other).await;
    server.clock.set(START);
    assert!(!is_good(&server, &signed_out).await, "the clock made a token valid again");
    assert!(!is_good(&server, &other_token).await, "it may be one of the forgotten tokens");
    let new = server.token("grace").await;
    assert!(
        is_good(&server, &new).await,
        "although it ends in the same second as the forgotten token"
    );
    server.clock.advance(Duration::from_secs(1));
    assert!(is_good(&server, &new).await);
    sign_out(&server, &new).await;
    assert!(!is_good(&server, &new).await);
}

#[tokio::test]
async fn f72_a_server_whose_clock_was_in_2099_accepts_new_tokens_afterwards() {
    let server = Server::start();
    let out = server.token("grace").await;
    sign_out(&server, &out).await;
    for later in [Duration::ZERO, HOUR, 2 * HOUR] {
        server.clock.set(IN_2099.plus(later));
        let token = server.token("ada").await;
        assert!(is_good(&server, &token).await);
        sign_out(&server, &token).await;
    }
    server.clock.set(START);
    assert!(!is_good(&server, &out).await);
    for _ in 0..3 {
        let token = server.token("grace").await;
        assert!(is_good(&server, &token).await);
        sign_out(&server, &token).await;
        assert!(!is_good(&server, &token).await);
        server.clock.advance(HOUR);
    }
    assert!(!is_good(&server, &out).await);
}

/// The cookie of a new session of Grace.
async fn cookie(server: &Server) -> String {
    let body = json!({ "username": "grace", "password": "grace-demo", "mode": "cookie" });
    let answer = server.call("", "POST", "/api/session", body).await;
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn is_good_cookie(server: &Server, cookie: &str) -> bool {
    with_cookie(server, "GET", "/api/session", cookie).await.status == 200
}

#[tokio::test]
async fn f72_credentials_that_are_ended_while_the_clock_is_ahead_stay_invalid_when_it_is_put_right()
{
    for ahead in [START.plus(48 * HOUR), IN_2099] {
        let server = Server::start();
        let (token, cookie) = (server.token("grace").await, cookie(&server).await);
        let other_token = server.token("ada").await;
        server.clock.set(ahead);
        assert!(!is_good(&server, &token).await && !is_good_cookie(&server, &cookie).await);
        sign_out(&server, &token).await;
        assert_eq!(with_cookie(&server, "DELETE", "/api/session", &cookie).await.status, 204);
        server.clock.set(START);
        assert!(!is_good(&server, &token).await, "the token is valid again");
        assert!(!is_good_cookie(&server, &cookie).await, "the session is valid again");
        assert!(is_good(&server, &other_token).await, "no other user is signed out");
    }
}

#[tokio::test]
async fn f72_credentials_that_were_issued_while_the_clock_was_ahead_end_when_it_is_put_right() {
    let server = Server::start();
    server.clock.set(IN_2099);
    let (token, cookie) = (server.token("grace").await, cookie(&server).await);
    assert!(is_good(&server, &token).await && is_good_cookie(&server, &cookie).await);
    server.clock.set(START);
    assert!(!is_good(&server, &token).await, "the token is still valid");
    assert!(!is_good_cookie(&server, &cookie).await, "the session is still valid");
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_a_minute_signs_nobody_out() {
    let server = Server::start();
    server.clock.advance(Duration::from_secs(60));
    let (token, cookie) = (server.token("grace").await, cookie(&server).await);
    server.clock.set(START);
    assert!(is_good(&server, &token).await && is_good_cookie(&server, &cookie).await);
}
