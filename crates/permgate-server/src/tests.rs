//! Tests of the server through its API: in one process, without sockets, on a clock that tests set.

mod access;
mod administration;
mod audit;
mod bodies;
mod budgets;
mod clocks;
mod demo;
mod health;
mod keys;
mod language;
mod late_bodies;
mod metrics;
mod packed;
mod permissions;
mod poll;
mod push;
mod push_bounds;
mod push_ends;
mod records;
mod revisions;
mod sessions;
mod sign_in;
mod tenants;
mod tokens;
mod vectors;
mod www;
mod wycheproof;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use permgate_core::Language;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::seed::Seed;
use crate::store::{Accounts as _, Change, TokenMark};
use crate::{AppState, Config, LocalBus, PasswordCost, SettableClock, SqliteStore, Timestamp, app};

/// The time at which all tests begin.
const START: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

/// A seeded server with its clock.
struct Server {
    app: Router,
    state: AppState,
    clock: Arc<SettableClock>,
}

/// An event stream that a client reads.
struct Events {
    body: Body,
    text: String,
}

/// A response.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

/// The configuration of the tests.
fn quick() -> Config {
    Config { password_cost: PasswordCost::LEAST, ..Config::default() }
}

impl Server {
    fn start() -> Self {
        Self::with(quick())
    }

    fn with(config: Config) -> Self {
        let clock = Arc::new(SettableClock::new(START));
        let state = AppState::in_memory(clock.clone(), config).unwrap();
        Self { app: app(state.clone()), state, clock }
    }

    /// A server whose database is in a file, which several connections can read at once.
    fn in_file(path: &std::path::Path) -> Self {
        let clock = Arc::new(SettableClock::new(START));
        let store = SqliteStore::open(path).unwrap();
        let seed = crate::seed::demo(START, PasswordCost::LEAST, Language::default()).unwrap();
        assert!(store.plant(&seed).unwrap());
        let bus = Arc::new(LocalBus::new());
        let state = AppState::new(Arc::new(store), clock.clone(), bus, quick()).unwrap();
        Self { app: app(state.clone()), state, clock }
    }

    /// A server with other content than the demo.
    fn planted(config: Config, seed: &Seed) -> Self {
        let clock = Arc::new(SettableClock::new(START));
        let store = SqliteStore::in_memory().unwrap().in_language(config.language);
        assert!(store.plant(seed).unwrap());
        let bus = Arc::new(LocalBus::new());
        let state = AppState::new(Arc::new(store), clock.clone(), bus, config).unwrap();
        Self { app: app(state.clone()), state, clock }
    }

    /// Sends a request without changes.
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into()),
        };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request with a token, unless it is empty, and a JSON body, unless it is null. A
    /// change applies to any revision (`If-Match: *`); tests of revisions send the header
    /// themselves.
    async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if ["PUT", "DELETE"].contains(&method) {
            request = request.header(header::IF_MATCH, "*");
        }
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
        };
        self.send(request.body(body).unwrap()).await
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, "GET", path, Value::Null).await
    }

    /// Signs a demo user in and returns the token.
    async fn token(&self, username: &str) -> String {
        let password = format!("{username}-demo");
        let body = json!({ "username": username, "password": password, "mode": "token" });
        let answer = self.call("", "POST", "/api/session", body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["token"].as_str().unwrap().to_owned()
    }

    /// A token for a subject, without signing in.
    fn minted(&self, subject: &str) -> String {
        let now = self.state.now();
        let expires_at = now.plus(self.state.config().token_ttl);
        self.state
            .judge()
            .tokens()
            .mint(subject, None, TokenMark::default(), now, expires_at)
            .unwrap()
    }

    /// Opens an event stream with a header that identifies the user.
    async fn events(&self, name: &str, value: &str) -> Events {
        let request = Request::get("/api/me/permissions/events").header(name, value);
        let request = request.body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        Events { body: response.into_body(), text: String::new() }
    }

    async fn events_by_token(&self, token: &str) -> Events {
        self.events("authorization", &format!("Bearer {token}")).await
    }

    /// Makes a change as the administrator, and announces it.
    async fn announced(&self, change: Change) {
        self.state.administer("u-1", change).await.unwrap().unwrap();
    }

    /// Makes a change as the administrator, without HTTP.
    fn change(&self, change: &Change) {
        self.state.store().administer("u-1", change).unwrap();
    }

    /// The versions of all demo users, by subject.
    fn versions(&self) -> Vec<(String, u64)> {
        let users = self.state.store().users().unwrap();
        users.into_iter().map(|user| (user.id, user.version)).collect()
    }
}

impl Events {
    /// The next message: its kind and its data; none at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = message.lines().filter_map(|line| line.split_once(": "));
                    lines.find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
                };
                let (kind, data) = (field("event").unwrap(), field("data").unwrap());
                let data: Value = serde_json::from_str(&data).unwrap();
                assert_eq!(field("id"), data.get("version").map(Value::to_string), "{message}");
                self.text = rest.to_owned();
                return Some((kind, data));
            }
            let frame = self.body.frame().await?.unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// Asserts that the next message is of this kind and has this data.
    #[track_caller]
    fn expects(&mut self, kind: &str, data: Value) -> impl Future<Output = ()> {
        let (expected, caller) = ((kind.to_owned(), data), std::panic::Location::caller());
        async move { assert_eq!(self.next().await, Some(expected), "{caller}") }
    }

    /// Asserts that only heartbeats come, on a clock that advances by itself.
    #[track_caller]
    fn expects_silence(&mut self) -> impl Future<Output = ()> {
        self.expects("heartbeat", json!({}))
    }

    /// Asserts that the stream announces the end of the credentials, and then ends.
    #[track_caller]
    fn expects_the_end(&mut self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let last = Some(("session-revoked".to_owned(), json!({})));
            assert_eq!((self.next().await, self.next().await), (last, None), "{caller}");
        }
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that it is a complete problem document of this status and kind.
    #[track_caller]
    fn assert_problem(&self, status: u16, kind: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["type"], format!("/problems/{kind}"));
        assert_eq!(self.body["status"], status);
        for member in ["title", "detail"] {
            assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
        }
    }
}
