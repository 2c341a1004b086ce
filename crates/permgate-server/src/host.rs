//! Refuses requests that do not name exactly one host, before anything else looks at them.

use axum::http::uri::Authority;
use axum::http::{HeaderValue, Request, StatusCode, Version, header};

use crate::problem::Problem;

/// Checks that a request has exactly one valid `Host` (RFC 9112 §3.2). Otherwise this server and a
/// proxy in front of it may read different hosts from the same request.
///
/// # Errors
/// 400 when the header is missing, doubled or invalid, or differs from the host in the address.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        (None, _) => Err(bad("there is no `Host` header; send one")),
        (Some(_), Some(_)) => Err(bad("there are several `Host` headers; send one")),
        (Some(host), None) => {
            // Nearly all hosts are this simple, and can be checked without a copy.
            if request.uri().authority().is_none() && is_plain(host.as_bytes()) {
                return Ok(());
            }
            let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
            let Some(host) = host.filter(|host| !host.as_str().contains('@')) else {
                return Err(bad("the `Host` header is not a host with a port"));
            };
            // A host in the address overrides the header (RFC 9112 §3.2.2), but not every server
            // follows that rule.
            match request.uri().authority() {
                Some(other) if *other != host => Err(bad("the address names another host")),
                _ => Ok(()),
            }
        }
    }
}

/// Whether a host is a name or an IPv4 address, perhaps with a port.
fn is_plain(host: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let end = host.iter().position(|byte| *byte == b':').unwrap_or(host.len());
    let (name, port) = host.split_at(end);
    let port = port.get(1..).unwrap_or_default();
    let is_port = port.iter().all(u8::is_ascii_digit) && port.len() <= 5;
    !name.is_empty() && name.iter().all(is_name) && is_port
}

fn bad(detail: &str) -> Problem {
    // The next bytes on the connection may be the rest of a smuggled request.
    Problem::new(StatusCode::BAD_REQUEST, "bad-host", "The host is not clear", detail)
        .with_header(header::CONNECTION, HeaderValue::from_static("close"))
}
