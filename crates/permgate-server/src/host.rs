//! Requests that do not name one host are refused before anything looks at them.

use axum::http::uri::Authority;
use axum::http::{HeaderValue, Request, StatusCode, Version, header};

use crate::problem::Problem;

/// Checks that a request has exactly one `Host` that is one (RFC 9112 §3.2). Without it, this
/// server and a proxy before it may take the request for one of different hosts.
///
/// # Errors
/// 400 when it is missing, doubled, no host, or another one than the address names.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        (None, _) => Err(bad("there is no `Host` header; send one")),
        (Some(_), Some(_)) => Err(bad("there are several `Host` headers; send one")),
        (Some(host), None) => {
            // Nearly all are as simple as that, and need no copy to be read.
            if request.uri().authority().is_none() && is_plain(host.as_bytes()) {
                return Ok(());
            }
            let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
            let Some(host) = host.filter(|host| !host.as_str().contains('@')) else {
                return Err(bad("the `Host` header is not a host with a port"));
            };
            // A host in the address overrides the header (RFC 9112 §3.2.2), and
            // not every server follows that.
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
