//! The envelope of every request and response of the API, in one service.
//!
//! It wraps the router, not each route, because axum clones a route with all of its layers for
//! every request. Only rare requests (from a foreign origin, or changes) pass through tower-http's
//! layers.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use permgate_axum::{Refused, Wait, problem};
use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt as _};
use tower_http::cors::CorsLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::problem::Problem;
use crate::routes;
use crate::state::AppState;
use crate::store::audit::{Act, Uncommitted};

/// How long a request may take, including the time to read its body: a slow client must not hold a
/// place forever, and no response of this API takes more than a second unless the client asked to
/// wait. A stream counts as answered when its headers are sent; its body continues.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const CREDENTIALS: HeaderValue = HeaderValue::from_static("Authorization, Cookie");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const ORIGIN: HeaderValue = HeaderValue::from_static("origin");

/// How many headers are added here and around this service: a map that has to grow is filled anew
/// each time.
const HEADERS: usize = 8;

/// The layer around all routes.
#[derive(Clone)]
pub(crate) struct Envelope(Arc<Rules>);

struct Rules {
    cors: CorsLayer,
    csrf: CsrfLayer,
    // The headers that a page of another origin may read.
    exposed: HeaderValue,
    state: AppState,
}

impl Envelope {
    /// Rules that expose these headers, as `cors` does.
    pub(crate) fn new(cors: CorsLayer, state: AppState, exposed: &[HeaderName]) -> Self {
        let csrf = state.csrf();
        let exposed = exposed.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(",");
        // Header names joined by commas always form a valid header value.
        let exposed = HeaderValue::try_from(exposed).unwrap_or(HeaderValue::from_static(""));
        Self(Arc::new(Rules { cors, csrf, exposed, state }))
    }
}

impl<S> Layer<S> for Envelope {
    type Service = Enveloped<S>;

    fn layer(&self, inner: S) -> Enveloped<S> {
        Enveloped { rules: Arc::clone(&self.0), inner }
    }
}

/// The service that [`Envelope`] makes.
#[derive(Clone)]
pub(crate) struct Enveloped<S> {
    rules: Arc<Rules>,
    inner: S,
}

type Answered = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for Enveloped<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answered;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Answered {
        let rules = Arc::clone(&self.rules);
        let method = request.method();
        let is_cross_origin =
            request.headers().contains_key(header::ORIGIN) || *method == Method::OPTIONS;
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        if is_read && !is_cross_origin {
            // The request comes from no other site and changes nothing: neither CORS nor CSRF rules
            // apply.
            let waits = patience(&request);
            let answered = self.inner.call(request);
            return Box::pin(async move {
                let mut response = seal(&rules, waits, answered).await?;
                // The same headers as the CORS layer adds for a request without an `Origin`.
                let headers = response.headers_mut();
                headers.append(header::VARY, ORIGIN);
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
                headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, rules.exposed.clone());
                Ok(response)
            });
        }
        // The clone may not be ready, so the service that was polled is called.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let service = rules.csrf.layer(inner);
        let sealed = tower::service_fn({
            let rules = Arc::clone(&rules);
            move |request| {
                let (rules, service) = (Arc::clone(&rules), service.clone());
                let waits = patience(&request);
                async move { seal(&rules, waits, service.oneshot(request)).await }
            }
        });
        Box::pin(rules.cors.layer(sealed).oneshot(request))
    }
}

/// Responds within the time limit, with a problem document for each error, and forbids caching.
/// `waits` is how long the response may be delayed on purpose.
async fn seal(
    rules: &Rules,
    waits: Duration,
    answered: impl Future<Output = Result<Response, Infallible>>,
) -> Result<Response, Infallible> {
    let began = Instant::now();
    let response = match tokio::time::timeout(REQUEST_TIMEOUT + waits, answered).await {
        Ok(response) => response?,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    // A response that is delayed on purpose says nothing about the server's speed.
    if waits.is_zero() {
        rules.state.metrics().took(began);
    }
    if let Some(Refused { subject, required }) = response.extensions().get() {
        let (actor, target) = (Some(subject.clone()), Some(required.clone()));
        rules.state.counting().count(Uncommitted { act: Act::Refuse, actor, target });
    }
    let mut response = complete(response);
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    set_if_absent(headers, header::CACHE_CONTROL, NO_STORE);
    set_if_absent(headers, header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    // Every response depends on the credentials (RFC 9110 §12.5.5).
    if !headers.get_all(header::VARY).iter().any(|held| held == CREDENTIALS) {
        headers.append(header::VARY, CREDENTIALS);
    }
    Ok(response)
}

fn set_if_absent(headers: &mut axum::http::HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// How long the response may be delayed on purpose: only the permission document has `?wait=`. Its
/// path has one spelling, since the router matches it before anything is decoded.
fn patience(request: &Request) -> Duration {
    let uri = request.uri();
    match uri.query() {
        Some(_) if uri.path() == routes::DOCUMENT => Wait::patience(uri),
        _ => Duration::ZERO,
    }
}

/// Gives every error response a problem document, including those of the router and of middleware.
fn complete(response: Response) -> Response {
    if response.extensions().get::<ProtectionError>().is_none() {
        return problem::completed(response);
    }
    let detail = "changes are only accepted from this origin; start the server with `--origin` \
                  for more";
    Problem::new(response.status(), "cross-origin", "Another site sent this", detail)
        .instead_of(&response)
}
