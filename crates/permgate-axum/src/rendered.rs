//! A permission document as it is sent, with its entity tag.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::Catalogue;
use sha2::{Digest as _, Sha256};

use crate::tenant::Tenant;

/// How many headers a response has at most, including those of the layers around it.
const HEADERS: usize = 12;

/// A document as it is sent, with its strong entity tag.
///
/// The tag covers subject and tenant, which are part of the content, so that it never matches for
/// another subject or tenant. A packed document has a different content, and so a different tag.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    content: Bytes,
    tag: HeaderValue,
}

/// Identifies one document of a permission set.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) subject: String,
    pub(crate) version: u64,
    pub(crate) ttl_seconds: u64,
    pub(crate) tenant: Option<Tenant>,
    pub(crate) packed_by: Option<Arc<Catalogue>>,
}

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        let catalogue = match (&self.packed_by, &other.packed_by) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            _ => false,
        };
        catalogue
            && (self.version, self.ttl_seconds) == (other.version, other.ttl_seconds)
            && (&self.subject, &self.tenant) == (&other.subject, &other.tenant)
    }
}

impl Rendered {
    pub(crate) fn new(content: String) -> Self {
        let digest = Sha256::digest(content.as_bytes());
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest));
        // Base64url is always a valid header value; if it were not, the tag would match nothing.
        let tag = HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { content: content.into(), tag }
    }

    /// The response: the document, or 304 when the client has it already.
    pub(crate) fn respond(self, request: &HeaderMap) -> Response {
        let held = self.is_held(request);
        let mut response = Response::new(if held { Body::empty() } else { self.content.into() });
        // Room for all headers: a map that has to grow is filled anew each time.
        response.headers_mut().reserve(HEADERS);
        if held {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        response.headers_mut().insert(header::ETAG, self.tag);
        response
    }

    /// Whether `If-None-Match` names the tag (RFC 9110 §13.1.2, which compares weakly).
    fn is_held(&self, request: &HeaderMap) -> bool {
        let values = request.get_all(header::IF_NONE_MATCH).iter();
        values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
            |held| {
                let held = held.trim();
                let held = held.strip_prefix("W/").unwrap_or(held);
                held == "*" || held.as_bytes() == self.tag.as_bytes()
            },
        )
    }
}
