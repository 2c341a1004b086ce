//! Which pages may open a socket with a cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use super::is_ours;

#[test]
fn only_pages_of_this_host_and_of_configured_origins_are_accepted() {
    let configured = [HeaderValue::from_static("https://app.example")];
    for (origin, host, expected) in [
        (Some("http://127.0.0.1:7420"), "127.0.0.1:7420", true),
        (Some("https://Demo.example"), "demo.EXAMPLE", true),
        (Some("https://app.example"), "127.0.0.1:7420", true),
        (Some("https://app.example:8443"), "127.0.0.1:7420", false),
        (Some("http://app.example"), "127.0.0.1:7420", false),
        (Some("http://127.0.0.1:7421"), "127.0.0.1:7420", false),
        (Some("http://127.0.0.1"), "127.0.0.1:7420", false),
        (Some("http://127.0.0.1:7420.evil.example"), "127.0.0.1:7420", false),
        (Some("http://evil.example/127.0.0.1:7420"), "127.0.0.1:7420", false),
        (Some("127.0.0.1:7420"), "127.0.0.1:7420", false),
        (Some("null"), "null", false),
        (Some(""), "", false),
        (None, "127.0.0.1:7420", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        assert_eq!(is_ours(&headers, &configured), expected, "{origin:?} at {host}");
    }
    assert!(!is_ours(&HeaderMap::new(), &configured));
}
