//! A page, a network and a server that a test controls step by step.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use permgate_core::Requirement;
use permgate_core::session::{
    Answer, Config, Effect, Event, Failure, Millis, Now, Observation, Session, Source, Status,
};
use permgate_core::wire::VersionHeader;
use permgate_server::{AppState, PasswordCost, SettableClock, Timestamp, app};
use permgate_testbed::Performer;
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// The time at which every test begins, in milliseconds since 1970.
const START: u64 = 1_800_000_000_000;

/// A request of the page's session on the network.
pub(crate) enum Exchange {
    /// The request is on its way to the server.
    Sent { generation: u64, bearer: Option<String>, etag: Option<String> },
    /// The answer is on its way back.
    Answered { generation: u64, answer: Answer },
}

/// The page, the network and the server of one test.
pub(crate) struct World {
    runtime: Runtime,
    app: Router,
    server_clock: Arc<SettableClock>,
    /// The clocks of the page's device.
    pub(crate) now: Now,
    pub(crate) session: Session,
    /// The token that the application returns.
    pub(crate) token: Option<String>,
    pub(crate) network: Vec<Exchange>,
    /// Whether aborted requests disappear from the network.
    pub(crate) honours_abort: bool,
    /// Whether the server can be reached.
    pub(crate) online: bool,
    pub(crate) requests: usize,
    pub(crate) performer: Performer,
}

impl World {
    /// A page without a user, and the seeded server.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A page without a user, and the seeded server, with other settings of the session.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let server_clock = Arc::new(SettableClock::new(Timestamp::from_unix_ms(START)));
        let config = permgate_server::Config {
            password_cost: PasswordCost::LEAST,
            token_ttl: Duration::from_secs(365 * 24 * 3600),
            ..permgate_server::Config::default()
        };
        let state = AppState::in_memory(server_clock.clone(), config).unwrap();
        let mut client = Config { has_token: true, ..Config::new(Source::Endpoint) };
        change(&mut client);
        let now = Now { wall: Millis(START), monotonic: Millis(1234) };
        Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap(),
            app: app(state),
            server_clock,
            now,
            session: Session::new(now, client),
            token: None,
            network: Vec::new(),
            honours_abort: true,
            online: true,
            requests: 0,
            performer: Performer::default(),
        }
    }

    /// A page with a signed-in user whose set is fresh.
    pub(crate) fn signed_in(username: &str) -> Self {
        let mut world = Self::new();
        world.tell(Event::Started { bootstrap: None, stored: None });
        world.switch_to(username);
        world.settle();
        assert_eq!(world.session.status(), Status::Fresh);
        world
    }

    /// Passes an event to the session and performs the effects.
    pub(crate) fn tell(&mut self, event: Event) {
        let mut events = Vec::from([event]);
        while let Some(event) = events.pop() {
            let effects = self.performer.tell(&mut self.session, self.now, event).unwrap();
            for effect in effects {
                match effect {
                    Effect::AskToken { generation } => events
                        .push(Event::TokenAnswered { generation, token: Ok(self.token.clone()) }),
                    Effect::Fetch { generation, bearer, etag, .. } => {
                        self.requests += 1;
                        self.network.push(Exchange::Sent { generation, bearer, etag });
                    }
                    Effect::Abort if self.honours_abort => self.network.clear(),
                    _ => {}
                }
            }
        }
    }

    /// Signs in at the server and hands the token to the session, as an application does.
    pub(crate) fn switch_to(&mut self, username: &str) {
        self.token = Some(self.sign_in(username));
        self.tell(Event::TokenChanged(self.token.clone()));
    }

    /// A token of a seeded user.
    pub(crate) fn sign_in(&self, username: &str) -> String {
        let body =
            format!(r#"{{"username":"{username}","password":"{username}-demo","mode":"token"}}"#);
        let (status, _, body) = self.call(Method::POST, "/api/session", None, &body);
        assert_eq!(status, StatusCode::OK);
        serde_json::from_str::<Value>(&body).unwrap()["token"].as_str().unwrap().to_owned()
    }

    /// Sends one request to the server, which is answered at once.
    pub(crate) fn call(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: &str,
    ) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            // Any revision is right, since no other client makes changes.
            .header("if-match", "*")
            .body(Body::from(body.to_owned()))
            .unwrap();
        if let Some(bearer) = bearer {
            let value = format!("Bearer {bearer}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
        }
        self.exchange(request)
    }

    fn exchange(&self, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        self.runtime.block_on(async {
            let response = self.app.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
        })
    }

    /// The server answers a request; the answer is still on its way.
    pub(crate) fn serve(&mut self, index: usize) {
        let Exchange::Sent { generation, bearer, etag } = &self.network[index] else { return };
        let mut request = Request::get("/api/me/permissions").body(Body::empty()).unwrap();
        if let Some(bearer) = bearer {
            let value = format!("Bearer {bearer}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
        }
        if let Some(etag) = etag {
            request.headers_mut().insert("if-none-match", etag.parse().unwrap());
        }
        let generation = *generation;
        let answer = if self.online {
            let (status, headers, body) = self.exchange(request);
            let header =
                |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            match status.as_u16() {
                200 => Answer::Document { body, etag: header("etag") },
                304 => Answer::NotModified,
                401 => Answer::Unauthorized,
                other => Answer::Failed { failure: Failure::Status(other), retry_after: None },
            }
        } else {
            let failure = Failure::Network("connection refused".into());
            Answer::Failed { failure, retry_after: None }
        };
        self.network[index] = Exchange::Answered { generation, answer };
    }

    /// An answer arrives at the page.
    pub(crate) fn deliver(&mut self, index: usize) {
        self.serve(index);
        if let Exchange::Answered { generation, answer } = self.network.remove(index) {
            self.tell(Event::Answered { generation, answer });
        }
    }

    /// Delivers all requests and answers, until the network is empty.
    pub(crate) fn settle(&mut self) {
        for _ in 0..1000 {
            if self.network.is_empty() {
                return;
            }
            self.deliver(0);
        }
        panic!("the page fetches in circles");
    }

    /// The application sends a guarded request with its token.
    pub(crate) fn api(&mut self, method: Method, path: &str, body: &str) -> StatusCode {
        let ticket = self.session.ticket();
        let (status, headers, _) = self.call(method, path, self.token.as_deref(), body);
        let version = headers
            .get("permissions-version")
            .and_then(|value| VersionHeader::parse(value.to_str().unwrap()));
        let observation = Observation::of_status(status.as_u16(), ticket);
        self.tell(Event::Observed(Observation { version, ..observation }));
        status
    }

    /// The administrator gives a user exactly these direct grants.
    pub(crate) fn administer(&self, user: &str, grants: &str) {
        let ada = self.sign_in("ada");
        let path = format!("/api/admin/users/{user}/grants");
        let body = format!(r#"{{"grants":{grants}}}"#);
        let (status, _, body) = self.call(Method::PUT, &path, Some(&ada), &body);
        assert_eq!(status, StatusCode::OK, "{body}");
    }

    /// Time passes for page and server; timers fire, and requests on the network arrive.
    pub(crate) fn pass(&mut self, millis: u64) {
        let end = self.now.monotonic + Millis(millis);
        let mut fired = 0;
        while let Some(moment) = self.performer.take_timer(end) {
            self.step(moment - self.now.monotonic);
            self.tell(Event::TimerFired);
            self.settle();
            fired += 1;
            assert!(fired < 10_000, "the timer runs in circles");
        }
        self.step(end - self.now.monotonic);
    }

    /// Time passes and timers fire, but requests on the network do not arrive.
    pub(crate) fn pass_without_network(&mut self, millis: u64) {
        let end = self.now.monotonic + Millis(millis);
        while let Some(moment) = self.performer.take_timer(end) {
            self.step(moment - self.now.monotonic);
            self.tell(Event::TimerFired);
        }
        self.step(end - self.now.monotonic);
    }

    fn step(&mut self, by: Millis) {
        self.now = Now { wall: self.now.wall + by, monotonic: self.now.monotonic + by };
        self.server_clock.advance(Duration::from_millis(by.0));
    }

    /// The device sleeps: its wall clock runs, its monotonic clock and its timers stand still.
    pub(crate) fn sleep(&mut self, by: Millis) {
        self.now.wall = self.now.wall + by;
        self.server_clock.advance(Duration::from_millis(by.0));
    }

    pub(crate) fn can(&self, requirement: &str) -> bool {
        let requirement = Requirement::parse(requirement).unwrap();
        self.session.decide(self.now, &requirement, None).is_granted()
    }

    pub(crate) fn has_timer(&self) -> bool {
        self.performer.timer.is_some()
    }
}
