//! The permission document of a subject, and the entity tag under which it is cached.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::Catalogue;
use permgate_core::wire::Document;
use sha2::{Digest as _, Sha256};

use crate::authority::Standing;
use crate::tenant::Tenant;

/// A document as it is sent, with its strong entity tag.
///
/// The tag covers subject and tenant, which are part of the content: it never crosses from one to
/// another. A packed document has other content, and so a tag of its own.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    content: Bytes,
    tag: HeaderValue,
}

/// Which document is wanted of a permission set.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    subject: String,
    version: u64,
    ttl_seconds: u64,
    tenant: Option<Tenant>,
    packed_by: Option<Arc<Catalogue>>,
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

/// How documents are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<'a> {
    pub(crate) ttl_seconds: u64,
    pub(crate) tenant: Option<&'a Tenant>,
    /// The catalogue by which permissions are packed; none for names.
    pub(crate) catalogue: Option<&'a Arc<Catalogue>>,
}

impl Rendered {
    /// The document for a standing, as JSON: all of it, or what is seen in a tenant; with names, or
    /// packed by a catalogue.
    pub(crate) fn of(standing: &Standing, form: Form<'_>) -> Self {
        let wanted = Wanted {
            subject: standing.subject.clone(),
            version: standing.version,
            ttl_seconds: form.ttl_seconds,
            tenant: form.tenant.cloned(),
            packed_by: form.catalogue.cloned(),
        };
        standing.set.document(&wanted, || Self::new(json(standing, form)))
    }

    fn new(content: String) -> Self {
        let digest = Sha256::digest(content.as_bytes());
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest));
        // Base64url is always a header's value; were it otherwise, the tag would match nothing.
        let tag = HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { content: content.into(), tag }
    }

    /// The response: the document, or 304 when the caller holds it already.
    pub(crate) fn respond(self, request: &HeaderMap) -> Response {
        let held = self.is_held(request);
        let mut response = Response::new(if held { Body::empty() } else { self.content.into() });
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

fn json(standing: &Standing, form: Form<'_>) -> String {
    let seen = |grant: &&_| form.tenant.is_none_or(|tenant| tenant.sees(grant));
    let document = Document {
        subject: Some(standing.subject.clone()),
        tenant: form.tenant.map(|tenant| tenant.as_str().into()),
        version: Some(standing.version),
        ttl_seconds: Some(form.ttl_seconds),
        grants: standing.set.grants().filter(seen).cloned().collect(),
        memberships: standing.set.memberships().clone(),
        ..Document::default()
    };
    match form.catalogue {
        Some(catalogue) => document.to_packed_json(catalogue),
        None => document.to_json(),
    }
}
