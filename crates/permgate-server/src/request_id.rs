//! Gives each request an id, which its response and its lines in the log have in common.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

/// The header of a response with the id of its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where ids come from: a count under a key of this process, so that they look random and cost no
/// call of the system. No secret depends on them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestIds(Arc<Source>);

#[derive(Debug, Default)]
struct Source {
    key: RandomState,
    given: AtomicU64,
}

impl RequestIds {
    /// Sixteen hexadecimal digits.
    fn next(&self) -> String {
        let Source { key, given } = &*self.0;
        format!("{:016x}", key.hash_one(given.fetch_add(1, Ordering::Relaxed)))
    }
}

/// Runs a request with an id. An id that a client sends is not taken over: it could be another
/// request's, or a line of its own in the log.
pub(crate) async fn with_id(
    State(ids): State<RequestIds>,
    request: Request,
    next: Next,
) -> Response {
    let id = ids.next();
    // Without the query, which may hold names of tenants.
    let (method, path) = (request.method(), request.uri().path());
    let span = tracing::info_span!("request", id = id.as_str(), %method, path);
    let answered = async move {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    };
    let mut response = answered.instrument(span).await;
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
