//! Gives each request an id, which its response and its lines in the log have in common.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::secret::random_bytes;

/// The header of a response with the id of its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs a request with an id. An id that a client sends is not taken over: it could be another
/// request's, or a line of its own in the log.
pub(crate) async fn with_id(request: Request, next: Next) -> Response {
    let id = new_id();
    // Without the query, which may hold names of tenants.
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id = %id, %method, path);
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

/// Sixteen hexadecimal digits; all zero when the system has no randomness, which is no reason to
/// refuse a request.
fn new_id() -> String {
    let bytes = random_bytes().unwrap_or_default();
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
