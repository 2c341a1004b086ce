//! Revisions of users, roles and records: entity tags, and the precondition that prevents lost
//! updates.
//!
//! A `PUT` of a whole list would undo what another user changed meanwhile. So each change names the
//! revision that its author saw, in `If-Match` (RFC 9110 §13.1.1): the server answers 428 (RFC 6585
//! §3) without it, and 412 with the current state when the revision is another.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;

/// The longest `If-Match` that is read, in bytes: a few dozen tags.
const MAX_BYTES: usize = 1024;

/// The revisions of a resource to which a change may be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Any revision, as long as the resource exists: `*`.
    Any,
    /// One of these revisions.
    OneOf(Vec<u64>),
}

impl IfMatch {
    /// Whether a resource of this revision may be changed.
    #[must_use]
    pub fn allows(&self, revision: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(wanted) => wanted.contains(&revision),
        }
    }

    fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(header::IF_MATCH).iter();
        // `*` must be the whole field (RFC 9110 §13.1.1): among tags, or in one of two headers, it
        // would allow the change at every revision although the author named one.
        if let (Some(value), None) = (values.next(), values.next())
            && value.as_bytes().trim_ascii() == b"*"
        {
            return Ok(Self::Any);
        }
        let mut wanted = Vec::new();
        let mut is_there = false;
        for value in headers.get_all(header::IF_MATCH) {
            is_there = true;
            let text = value.to_str().ok().filter(|text| text.len() <= MAX_BYTES);
            for tag in text.unwrap_or_default().split(',').map(str::trim) {
                // A weak tag never matches here (RFC 9110 §8.8.3.2), nor does a tag in a form that
                // we do not write.
                wanted.extend(revision_of(tag));
            }
        }
        if is_there { Ok(Self::OneOf(wanted)) } else { Err(required()) }
    }
}

/// Reads the precondition of a request that changes something.
///
/// # Errors
/// 428 when the request has none.
impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(&parts.headers)
    }
}

/// The strong entity tag of a revision, with its quotes.
pub(crate) fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

fn revision_of(tag: &str) -> Option<u64> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let revision: u64 = digits.parse().ok()?;
    (digits == revision.to_string()).then_some(revision)
}

/// The header with the tag of a revision.
pub(crate) fn etag(revision: u64) -> (header::HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(tag(revision));
    // Digits in quotes are always a valid header value.
    (header::ETAG, value.unwrap_or_else(|_| HeaderValue::from_static("\"\"")))
}

fn required() -> Problem {
    let detail = "send the `ETag` of the revision that you saw as `If-Match`, or `*` for any";
    let status = StatusCode::PRECONDITION_REQUIRED;
    Problem::new(status, "precondition-required", "The revision is missing", detail)
}

/// 412: another user changed it. `current` is the current state, for callers who may see it.
pub(crate) fn differs(revision: u64, current: Option<impl Serialize>) -> Problem {
    let detail = "somebody else changed this since you read it; read it again, then decide";
    let status = StatusCode::PRECONDITION_FAILED;
    let problem = Problem::new(status, "changed-meanwhile", "Changed meanwhile", detail);
    let Some(current) = current else { return problem };
    let (name, value) = etag(revision);
    let current = serde_json::to_value(current).unwrap_or(Value::Null);
    problem.with("current", current).with_header(name, value)
}

#[cfg(test)]
mod tests;
