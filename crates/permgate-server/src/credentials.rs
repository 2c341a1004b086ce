//! The credentials of a request: a bearer token or a session cookie.

use axum::http::{HeaderMap, header};

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "permgate_session";

/// The name of the session cookie where cookies are sent over TLS only.
pub const SECURE_SESSION_COOKIE: &str = "__Host-permgate_session";

/// The length of the secret in a session cookie: 32 bytes in unpadded base64url.
const SECRET_LENGTH: usize = 43;

/// The credentials of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credentials<'a> {
    /// The request has none.
    None,
    /// A bearer token (RFC 6750 §2.1).
    Bearer(&'a str),
    /// The secret of a cookie session.
    Session(&'a str),
    /// The credentials are unusable; the text says what to do.
    Unusable(&'static str),
}

impl<'a> Credentials<'a> {
    /// Reads the headers. An `Authorization` header has precedence over cookies, even when it is
    /// malformed: falling back would answer as a user whom the caller did not name.
    pub(crate) fn read(headers: &'a HeaderMap, session_cookie: &str) -> Self {
        let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
        if let Some(value) = authorizations.next() {
            if authorizations.next().is_some() {
                return Self::Unusable("there are several `Authorization` headers; send one");
            }
            let bearer = value.to_str().ok().and_then(|text| text.split_once(' '));
            return match bearer {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                    Self::Bearer(token.trim_matches(' '))
                }
                _ => Self::Unusable("the `Authorization` header must be `Bearer` and a token"),
            };
        }
        let mut secrets = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == session_cookie);
        match (secrets.next(), secrets.next()) {
            (None, _) => Self::None,
            (Some((_, secret)), None) if secret.len() == SECRET_LENGTH => Self::Session(secret),
            (Some(_), None) => Self::Unusable("the session cookie is malformed; sign in again"),
            // Another path or a sibling domain set a cookie of this name, too, and nothing tells
            // which is ours.
            (Some(_), Some(_)) => {
                Self::Unusable("there are several session cookies; delete them and sign in again")
            }
        }
    }
}
