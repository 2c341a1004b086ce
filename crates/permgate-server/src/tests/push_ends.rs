//! How streams end: with the credentials, with the user, with the server.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::sign_in::{by_cookie, with_cookie};
use super::{Events, START, Server, quick};
use crate::store::Change;
use crate::{AppState, Clock, Timestamp, app};

/// A clock that follows tokio's, which advances by itself where a test pauses it.
struct Going(Instant);

impl Clock for Going {
    fn now(&self) -> Timestamp {
        START.plus(self.0.elapsed())
    }
}

fn other_roles(id: &str) -> Change {
    Change::SetUserRoles { id: id.into(), roles: vec!["warehouse".into()] }
}

async fn opened(server: &Server, header: &str, value: &str) -> Events {
    let mut events = server.events(header, value).await;
    assert_eq!(events.next().await.unwrap().0, "version");
    events
}

#[tokio::test(start_paused = true)]
async fn signing_out_by_cookie_ends_the_streams_of_that_session_only() {
    let server = Server::start();
    let ((_, first), (_, second)) = (by_cookie(&server).await, by_cookie(&server).await);
    let bearer = format!("Bearer {}", server.token("grace").await);
    let mut ended =
        [opened(&server, "cookie", &first).await, opened(&server, "cookie", &first).await];
    let mut others =
        [opened(&server, "cookie", &second).await, opened(&server, "authorization", &bearer).await];
    assert_eq!(with_cookie(&server, "DELETE", "/api/session", &first).await.status, 204);
    for events in &mut ended {
        events.expects_the_end().await;
    }
    server.announced(other_roles("u-2")).await;
    for events in &mut others {
        assert_eq!(events.next().await.unwrap().1["version"], 2);
    }
}

#[tokio::test(start_paused = true)]
async fn signing_out_with_a_token_ends_that_token_only() {
    let server = Server::start();
    let (token, other) = (server.token("grace").await, server.token("grace").await);
    let mut events = server.events_by_token(&token).await;
    let mut others = server.events_by_token(&other).await;
    assert_eq!(events.next().await.unwrap().0, "version");
    assert_eq!(others.next().await.unwrap().0, "version");
    assert_eq!(server.call(&token, "DELETE", "/api/session", Value::Null).await.status, 204);

    events.expects_the_end().await;
    others.expects_silence().await;
    for path in ["/api/me/permissions", "/api/me/permissions/events", "/api/session"] {
        let answer = server.get(&token, path).await;
        answer.assert_problem(401, "unauthenticated");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "{path}");
    }
    assert_eq!(server.get(&other, "/api/session").await.status, 200);
    // A second sign-out, and one with a token that was never valid, end no stream and are no error.
    for token in [token.as_str(), "forged"] {
        assert_eq!(server.call(token, "DELETE", "/api/session", Value::Null).await.status, 204);
    }
}

#[tokio::test(start_paused = true)]
async fn the_stream_of_a_removed_user_is_ended_with_a_message() {
    let server = Server::start();
    let mut alan = server.events_by_token(&server.minted("u-5")).await;
    let mut grace = server.events_by_token(&server.minted("u-2")).await;
    assert_eq!(alan.next().await.unwrap().0, "version");
    assert_eq!(grace.next().await.unwrap().0, "version");
    server.announced(Change::RemoveUser { id: "u-5".into() }).await;
    alan.expects_the_end().await;
    grace.expects_silence().await;
}

#[tokio::test(start_paused = true)]
async fn streams_end_when_their_credentials_expire() {
    let clock = Arc::new(Going(Instant::now()));
    let state = AppState::in_memory(clock, quick()).unwrap();
    let settable = Arc::new(crate::SettableClock::new(START));
    let server = Server { app: app(state.clone()), state, clock: settable };
    let mut events = server.events_by_token(&server.minted("u-5")).await;
    let start = Instant::now();
    assert_eq!(events.next().await.unwrap().0, "version");
    let mut beats = 0;
    let last = loop {
        match events.next().await.unwrap() {
            (kind, _) if kind == "heartbeat" => beats += 1,
            (kind, _) => break kind,
        }
    };
    assert_eq!((last.as_str(), start.elapsed().as_secs(), beats), ("session-revoked", 900, 59));
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn f21_a_clock_that_is_set_ends_expired_streams_at_the_next_heartbeat() {
    let server = Server::start();
    let mut events = server.events_by_token(&server.minted("u-5")).await;
    assert_eq!(events.next().await.unwrap().0, "version");
    events.expects_silence().await;
    server.clock.advance(Duration::from_secs(900));
    events.expects_the_end().await;
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_is_not_lost_among_missed_announcements() {
    let server = Server::start();
    let (_, cookie) = by_cookie(&server).await;
    let mut events = opened(&server, "cookie", &cookie).await;
    assert_eq!(with_cookie(&server, "DELETE", "/api/session", &cookie).await.status, 204);
    for round in 0..40 {
        let roles = if round % 2 == 0 { vec!["sales".into()] } else { Vec::new() };
        server.announced(Change::SetUserRoles { id: "u-2".into(), roles }).await;
    }
    events.expects_the_end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_ends_all_streams_at_once_and_opens_no_new_ones() {
    let server = Server::start();
    let token = server.minted("u-5");
    let mut events = server.events_by_token(&token).await;
    assert_eq!(events.next().await.unwrap().0, "version");
    let waiting = async { server.get(&token, "/api/me/permissions?wait=25&version=1").await };
    let start = Instant::now();
    let (waited, ()) = tokio::join!(waiting, async {
        tokio::task::yield_now().await;
        server.state.stop();
    });
    waited.assert_problem(503, "stopping");
    // No message about the credentials, which are still valid.
    assert_eq!(events.next().await, None);
    for path in ["/api/me/permissions/events", "/api/me/permissions?wait=25&version=1"] {
        let answer = server.get(&token, path).await;
        answer.assert_problem(503, "stopping");
        assert!((5..=15).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    let document = server.get(&token, "/api/me/permissions").await;
    assert_eq!((document.status.as_u16(), &document.body["version"]), (200, &json!(1)));
}
