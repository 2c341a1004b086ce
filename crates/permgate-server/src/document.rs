//! The permission document of a subject, and the entity tag under which it is cached.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use permgate_core::Catalogue;
use permgate_core::wire::Document;

use crate::secret::{base64url, digest};
use crate::store::Standing;
use crate::tenant::Tenant;

/// The document for a standing, as JSON: all of it, or what is seen in a tenant; with names, or
/// packed by a catalogue.
pub(crate) fn document(
    standing: &Standing,
    ttl_seconds: u64,
    tenant: Option<&Tenant>,
    catalogue: Option<&Catalogue>,
) -> String {
    let grants = standing.set.grants();
    let seen = grants.filter(|grant| tenant.is_none_or(|tenant| tenant.sees(grant)));
    let document = Document {
        subject: Some(standing.subject.clone()),
        tenant: tenant.map(|tenant| tenant.as_str().into()),
        version: Some(standing.version),
        ttl_seconds: Some(ttl_seconds),
        grants: seen.cloned().collect(),
        memberships: standing.set.memberships().clone(),
        ..Document::default()
    };
    match catalogue {
        Some(catalogue) => document.to_packed_json(catalogue),
        None => document.to_json(),
    }
}

/// Answers with a document, or with 304 when the caller holds it already.
///
/// The tag is strong and covers subject and tenant, which are part of the content: it never crosses
/// from one to another. A packed document has other content, and so a tag of its own.
pub(crate) fn respond(content: String, request: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", base64url(&digest(content.as_bytes())));
    let held = is_held(request, &tag);
    let mut response = Response::new(if held { Body::empty() } else { Body::from(content) });
    if held {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Whether `If-None-Match` names the tag (RFC 9110 §13.1.2, which compares weakly).
fn is_held(request: &HeaderMap, tag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|held| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag
    })
}
