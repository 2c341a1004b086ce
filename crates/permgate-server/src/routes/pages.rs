//! Lists that are sent in pages.

use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use permgate_axum::query;
use serde::Serialize;

use crate::problem::Problem;

/// The length of a page unless the request has a `limit`.
const DEFAULT_LENGTH: u64 = 100;

/// The length of a page: `?limit=`, at most `max`.
pub(super) fn length(uri: &Uri, max: usize) -> Result<usize, Problem> {
    let length = query::whole(uri, "limit")?.unwrap_or(DEFAULT_LENGTH);
    let length = usize::try_from(length).ok().filter(|length| (1..=max).contains(length));
    let advice = format!("write a number from 1 to {max}");
    length.ok_or_else(|| Problem::invalid_query("limit", advice))
}

/// A page. If there are more, the header `Link` names the next one (RFC 8288, relation `next`).
pub(super) fn page(entries: Vec<impl Serialize>, next: Option<String>) -> Response {
    let mut response = Json(entries).into_response();
    let link = next.map(|address| HeaderValue::try_from(format!("<{address}>; rel=\"next\"")));
    if let Some(Ok(link)) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
