//! Reads JSON bodies: limited in size, with errors that name the path and say what to send.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The largest body that is read, in bytes: ten times a page's requirements to decide.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// A type that a body can be read as.
pub(crate) trait FromJson: DeserializeOwned {
    /// An example of a valid body, for the advice in errors.
    const EXAMPLE: &'static str;
}

/// A JSON body.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: FromJson, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "The body must be JSON",
                "send the body as JSON, with `Content-Type: application/json`",
            ));
        }
        read(&collect(request.into_body()).await?).map(Self)
    }
}

fn is_json(request: &Request) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

async fn collect(body: Body) -> Result<Vec<u8>, Problem> {
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "The body is too large",
            format!("send at most {MAX_BODY_BYTES} bytes"),
        )),
        Err(_) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body-incomplete",
            "The body ended early",
            "send the request again",
        )),
    }
}

fn read<T: FromJson>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        (path, error.into_inner())
    });
    // Nothing may follow the value.
    let read = read.and_then(|value| json.end().map(|()| value).map_err(|e| (".".into(), e)));
    read.map_err(|(path, error)| {
        let path = if path == "." || path == "?" { "body".to_owned() } else { path };
        Problem::invalid(path, format_args!("{error}; send for example {}", T::EXAMPLE))
    })
}
