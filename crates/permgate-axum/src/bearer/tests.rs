//! Which `Authorization` headers contain a bearer token.

use axum::http::{HeaderMap, HeaderValue, header};

use super::bearer;

#[test]
fn a_token_is_read_only_from_a_single_header_of_the_scheme_bearer() {
    for (values, expected) in [
        (&[][..], Some(None)),
        (&["Bearer abc"], Some(Some("abc"))),
        (&["bearer  abc "], Some(Some("abc"))),
        (&["Bearer "], Some(Some(""))),
        (&["Bearer"], None),
        (&["Basic YTpi"], None),
        (&["BearerX abc"], None),
        (&["Bearer \u{e9}"], None),
        (&["Bearer abc", "Bearer abc"], None),
        (&["Basic YTpi", "Bearer abc"], None),
    ] {
        let mut headers = HeaderMap::new();
        for value in values {
            headers
                .append(header::AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        assert_eq!(bearer(&headers).ok(), expected, "{values:?}");
    }
}
