//! Gives each request an id, which is sent with its response and written into its log lines.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use axum::response::Response;

/// The response header with the id of the request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: RequestLine;
}

/// The fields of a request that are added to its log lines.
///
/// This is not a span of `tracing`: a span is formatted for every request, and most requests log
/// nothing.
#[derive(Clone, Debug)]
pub struct RequestLine {
    id: RequestId,
    method: Method,
    uri: Uri,
}

impl RequestLine {
    /// Calls `look` with the request that is being answered, if there is one.
    pub fn with_current<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        CURRENT.try_with(look).ok()
    }

    /// Sixteen hexadecimal digits, as in the header `X-Request-Id`.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, without the query, which may hold names of tenants.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }
}

/// The id of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    fn header(self) -> HeaderValue {
        let mut digits = [0; 16];
        for (place, digit) in digits.iter_mut().enumerate() {
            let nibble = (self.0 >> (60 - 4 * place)) & 0xf;
            *digit = u8::try_from(nibble).map_or(b'0', |nibble| match nibble {
                0..=9 => b'0' + nibble,
                _ => b'a' + nibble - 10,
            });
        }
        // Hexadecimal digits are always the value of a header.
        HeaderValue::from_bytes(&digits).unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The source of ids: a counter, hashed under a key of this process, so that ids look random and
/// need no system call. No secret depends on them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestIds(Arc<Source>);

#[derive(Debug, Default)]
struct Source {
    key: RandomState,
    count: AtomicU64,
}

impl RequestIds {
    fn next(&self) -> RequestId {
        let Source { key, count } = &*self.0;
        RequestId(key.hash_one(count.fetch_add(1, Ordering::Relaxed)))
    }

    /// Answers a request with an id. A client's own id is ignored: it could be another request's
    /// id, or break the line of the log.
    pub(crate) async fn answer<B, E, F>(
        &self,
        request: Request<B>,
        answer: impl FnOnce(Request<B>) -> F,
    ) -> Result<Response, E>
    where
        F: Future<Output = Result<Response, E>>,
    {
        let id = self.next();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let answered = async {
            let response = answer(request).await?;
            tracing::debug!(status = response.status().as_u16(), "answered");
            Ok(response)
        };
        let mut response = CURRENT.scope(RequestLine { id, method, uri }, answered).await?;
        response.headers_mut().insert(REQUEST_ID, id.header());
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::RequestId;

    #[test]
    fn a_request_has_the_same_id_in_the_header_and_in_the_log() {
        for number in [0, 1, 0x0123_4567_89ab_cdef, u64::MAX] {
            let id = RequestId(number);
            assert_eq!(id.header(), id.to_string());
        }
    }
}
