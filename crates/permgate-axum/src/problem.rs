//! Error responses: problem details (RFC 9457).

use std::fmt;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// An error response with a stable kind, a title that never varies, and a helpful detail.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    refused: Option<Box<Refused>>,
}

/// A subject that was refused because of a missing permission. It is put into the extensions of the
/// response, for an audit trail, and is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The subject that was refused.
    pub subject: String,
    /// The requirement that was not met.
    pub required: String,
}

impl Problem {
    /// A problem of this kind; its `type` is `/problems/<kind>`.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            members: Map::new(),
            headers: Vec::new(),
            refused: None,
        }
    }

    /// The same problem with an extension member (RFC 9457 §3.2).
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.into(), value.into());
        self
    }

    /// The same problem with a response header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same problem, with the refused subject and the permission for the layers around it.
    #[must_use]
    pub fn with_refused(mut self, refused: Refused) -> Self {
        self.refused = Some(Box::new(refused));
        self
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// 401: the sender is not known.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::challenge(detail, HeaderValue::from_static("Bearer realm=\"permgate\""))
    }

    /// 401: the request has credentials, but they are not valid (RFC 6750 §3.1).
    pub fn invalid_credentials(detail: impl Into<String>) -> Self {
        let challenge =
            HeaderValue::from_static("Bearer realm=\"permgate\", error=\"invalid_token\"");
        Self::challenge(detail, challenge)
    }

    /// 401: the credentials are no longer valid.
    #[must_use]
    pub fn session_over() -> Self {
        Self::invalid_credentials("the session is over; sign in again")
    }

    fn challenge(detail: impl Into<String>, challenge: HeaderValue) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign-in needed", detail)
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// 404: the resource does not exist.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 400: the value at `path` in the body is not valid.
    pub fn invalid(path: impl Into<String>, detail: impl fmt::Display) -> Self {
        let path = path.into();
        let detail = format!("`{path}`: {detail}");
        Self::new(StatusCode::BAD_REQUEST, "invalid-body", "The body is not valid", detail)
            .with("path", path)
    }

    /// 400: a parameter of the query is not valid.
    pub fn invalid_query(parameter: &str, detail: impl fmt::Display) -> Self {
        let detail = format!("`{parameter}`: {detail}");
        let title = "The query is not valid";
        Self::new(StatusCode::BAD_REQUEST, "invalid-query", title, detail)
            .with("parameter", parameter)
    }

    /// 409: the change contradicts the current state.
    pub fn conflict(kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, kind, title, detail)
    }

    /// 500: the cause is logged and kept from the caller.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!("{cause}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "the server failed; try again, and look into its log",
        )
    }

    /// The problem for a status that axum or another layer sent without a body.
    #[must_use]
    pub fn from_status(status: StatusCode) -> Self {
        let (kind, detail) = match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method-not-allowed", "use one of the methods in the `Allow` header")
            }
            StatusCode::REQUEST_TIMEOUT => ("timeout", "the request took too long; try again"),
            StatusCode::NOT_FOUND => ("not-found", "there is nothing at this address"),
            StatusCode::PAYLOAD_TOO_LARGE => ("body-too-large", "send a smaller body"),
            _ if status.is_server_error() => ("internal", "the server failed; try again"),
            _ => ("refused", "the request was refused"),
        };
        Self::new(status, kind, status.canonical_reason().unwrap_or("Error"), detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", self.kind).into());
        body.insert("title".into(), self.title.into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("detail".into(), self.detail.into());
        body.extend(self.members);
        let mut response = Response::new(Body::from(Value::Object(body).to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, CONTENT_TYPE);
        response.headers_mut().extend(self.headers);
        if let Some(refused) = self.refused {
            response.extensions_mut().insert(*refused);
        }
        response
    }
}

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Gives error responses of the router, of extractors and of other middleware a problem document.
/// Meant for `axum::middleware::map_response`.
pub async fn complete(response: Response) -> Response {
    completed(response)
}

/// The same as a synchronous function.
#[must_use]
pub fn completed(response: Response) -> Response {
    if !needs_problem(&response) {
        return response;
    }
    Problem::from_status(response.status()).instead_of(&response)
}

/// Whether a response is an error without a problem document.
#[must_use]
pub fn needs_problem(response: &Response) -> bool {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    is_error && response.headers().get(header::CONTENT_TYPE) != Some(&CONTENT_TYPE)
}

impl Problem {
    /// Replaces a response by this problem, and keeps its headers.
    #[must_use]
    pub fn instead_of(self, response: &Response) -> Response {
        let mut completed = self.into_response();
        for (name, value) in response.headers() {
            if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
                completed.headers_mut().append(name, value.clone());
            }
        }
        completed
    }
}
