//! Server-sent events: a response whose body does not end (WHATWG HTML §9.2).

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;

use super::feed::Feed;
use super::streams::Streams;
use crate::identify::Current;
use crate::problem::Problem;

/// Tells nginx, and other proxies that know this header, to pass bytes on without buffering.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// `no-transform` keeps proxies from compressing the stream, which would delay it (RFC 9111
/// §5.2.2.6).
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("no-store, no-transform");

/// An event stream for the sender of a request. `Last-Event-ID` is ignored: the first message has
/// the current version, and a client with that version has missed nothing.
pub(super) fn events(streams: &Streams, current: &Current) -> Result<Response, Problem> {
    let feed = Feed::begin(streams, current)?;
    let events = stream::unfold(feed, async |mut feed| {
        let message = feed.next().await.ok()?;
        Some((Ok::<_, Infallible>(message.to_event()), feed))
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}
