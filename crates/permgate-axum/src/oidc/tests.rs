//! An application that verifies tokens of an identity provider; both run on the loopback interface.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::{Grant, Pattern, PermissionSet};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{KeySource, OidcAuthority, Rights, Token, Verifier};
use crate::{Identify, Problem, Require, SettableClock, SharedSet, Timestamp};

pub(super) const ISSUER: &str = "https://id.example";
pub(super) const AUDIENCE: &str = "api";

/// The time at which all tests begin, in seconds since 1970.
pub(super) const START: u64 = 1_800_000_000;

/// A provider that publishes keys, and counts the requests for them.
pub(super) struct Provider {
    pub(super) url: String,
    requests: Arc<AtomicUsize>,
    answer: Arc<Mutex<(StatusCode, String)>>,
}

impl Provider {
    pub(super) async fn start(keys: &[&KeyPair]) -> Self {
        let requests = Arc::new(AtomicUsize::new(0));
        let answer = Arc::new(Mutex::new((StatusCode::OK, String::new())));
        let (count, current) = (Arc::clone(&requests), Arc::clone(&answer));
        let route = get(async move || {
            count.fetch_add(1, Ordering::SeqCst);
            let (status, body) = current.lock().unwrap().clone();
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, HeaderValue::from_static("/elsewhere"));
            (status, headers, body)
        });
        let elsewhere = set(keys).to_string();
        let router =
            Router::new().route("/jwks", route).route("/elsewhere", get(async || elsewhere));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        let provider = Self { url, requests, answer };
        provider.publishes(keys);
        provider
    }

    pub(super) fn publishes(&self, keys: &[&KeyPair]) {
        self.answers(200, &set(keys).to_string());
    }

    pub(super) fn answers(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (StatusCode::from_u16(status).unwrap(), body.to_owned());
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn set(keys: &[&KeyPair]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public()).collect::<Vec<_>>() })
}

/// A key of the provider.
pub(super) struct KeyPair {
    id: &'static str,
    pair: Ed25519KeyPair,
}

impl KeyPair {
    pub(super) fn new(id: &'static str, seed: u8) -> Self {
        Self { id, pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap() }
    }

    fn public(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.id, "x": x })
    }

    /// The key set that contains only this key.
    pub(super) fn set(&self) -> Value {
        set(&[self])
    }

    pub(super) fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "kid": self.id, "typ": "at+jwt" })
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }

    pub(super) fn token(&self) -> String {
        self.sign(&self.header(), &claims())
    }
}

pub(super) fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": START + 900, "sid": "s-1" })
}

pub(super) fn clock() -> Arc<SettableClock> {
    Arc::new(SettableClock::new(Timestamp::from_unix_ms(START * 1000)))
}

pub(super) fn verifier(provider: &Provider, clock: &Arc<SettableClock>) -> Verifier {
    let keys = KeySource::new(&provider.url, clock.clone()).unwrap();
    Verifier::new(ISSUER, AUDIENCE, keys, clock.clone())
}

/// Ada may view invoices; there are no other users.
struct Ada;

impl Rights for Ada {
    async fn rights(&self, token: &Token) -> Result<Option<(u64, SharedSet)>, Problem> {
        let set = PermissionSet::new([Grant::allow(Pattern::parse("invoice:view").unwrap())]);
        Ok((token.subject == "ada").then(|| (7, set.into())))
    }
}

fn app(provider: &Provider, clock: &Arc<SettableClock>) -> Router {
    let authority = OidcAuthority::new(verifier(provider, clock), Ada);
    let require = |requirement| Require::new(requirement).unwrap();
    Router::new()
        .route("/view", get(async || "seen").route_layer(require("invoice:view")))
        .route("/edit", get(async || "seen").route_layer(require("invoice:edit")))
        .layer(Identify::new(authority))
}

async fn ask(app: &Router, path: &str, token: &str) -> (u16, HeaderMap) {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status().as_u16(), response.headers().clone())
}

#[tokio::test]
async fn a_token_of_the_provider_identifies_the_user_and_the_application_returns_the_permissions() {
    let key = KeyPair::new("k1", 1);
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let app = app(&provider, &clock);
    let (status, headers) = ask(&app, "/view", &key.token()).await;
    assert_eq!((status, &headers["permissions-version"]), (200, &"7;sub=\"ada\"".parse().unwrap()));
    assert_eq!(ask(&app, "/edit", &key.token()).await.0, 403);
    let mut eve = claims();
    eve["sub"] = "eve".into();
    assert_eq!(ask(&app, "/view", &key.sign(&key.header(), &eve)).await.0, 401);
    assert_eq!(ask(&app, "/view", "nonsense").await.0, 401);
    assert_eq!(provider.requests(), 1);
    clock.advance(Duration::from_secs(900));
    assert_eq!(ask(&app, "/view", &key.token()).await.0, 401);
}

#[tokio::test]
async fn a_token_that_cannot_be_verified_for_lack_of_keys_gets_503_and_not_401() {
    let key = KeyPair::new("k1", 1);
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    provider.answers(500, "");
    let app = app(&provider, &clock);
    assert_eq!(ask(&app, "/view", &key.token()).await.0, 503);
    provider.publishes(&[&key]);
    clock.advance(Duration::from_secs(30));
    assert_eq!(ask(&app, "/view", &key.token()).await.0, 200);
}
