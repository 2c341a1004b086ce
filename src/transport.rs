//! Sends requests to the endpoint. No other file does.

use js_sys::{Array, Promise};
use permgate_core::session::{Answer, Failure, Millis};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials};

use crate::host::Host;

#[wasm_bindgen]
extern "C" {
    type Thrown;
    #[wasm_bindgen(method, catch, getter)]
    fn message(this: &Thrown) -> Result<JsValue, JsValue>;
}

/// The parts of a request.
pub(crate) struct Query {
    pub(crate) endpoint: String,
    /// `RequestCredentials` of the Fetch standard.
    pub(crate) credentials: String,
    pub(crate) bearer: Option<String>,
    pub(crate) etag: Option<String>,
}

/// Sends a request to the endpoint: returns the value of [`Host::send`], for [`read`].
pub(crate) async fn ask(
    host: &Host,
    query: &Query,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let headers: web_sys::Headers =
        JsFuture::from(host.headers(&query.endpoint)?).await?.dyn_into()?;
    headers.set("Accept", "application/json")?;
    if let Some(bearer) = &query.bearer
        && !headers.has("Authorization")?
    {
        // The session has refused tokens that a header cannot carry, since the host's error would
        // contain the token.
        headers.set("Authorization", &["Bearer ", bearer].concat())?;
    }
    if let Some(etag) = &query.etag {
        headers.set("If-None-Match", etag)?;
    }
    let request = request(query, &headers, signal)?;
    // Not gloo-net's `send`: a patched `fetch` may throw, or reject and resolve with any value, and
    // gloo-net panics then.
    JsFuture::from(Promise::resolve(&host.send(&request)?)).await
}

fn credentials(query: &Query) -> RequestCredentials {
    match query.credentials.as_str() {
        "omit" => RequestCredentials::Omit,
        "include" => RequestCredentials::Include,
        _ => RequestCredentials::SameOrigin,
    }
}

#[cfg(feature = "whole")]
fn request(
    query: &Query,
    headers: &web_sys::Headers,
    signal: &AbortSignal,
) -> Result<web_sys::Request, JsValue> {
    let request = gloo_net::http::RequestBuilder::new(&query.endpoint)
        .headers(gloo_net::http::Headers::from_raw(headers.clone()))
        .credentials(credentials(query))
        .cache(RequestCache::NoStore)
        .abort_signal(Some(signal))
        .build()
        .map_err(|error| JsValue::from_str(&error.to_string()))?;
    Ok(request.into())
}

/// Does without gloo-net, which would add more than a kilobyte to the module.
#[cfg(not(feature = "whole"))]
fn request(
    query: &Query,
    headers: &web_sys::Headers,
    signal: &AbortSignal,
) -> Result<web_sys::Request, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_headers_headers(headers);
    init.set_credentials(credentials(query));
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(signal));
    web_sys::Request::new_with_str_and_init(&query.endpoint, &init)
}

/// Reads a response and its text. A failure is returned as an [`Answer`], too.
pub(crate) fn read(reply: Result<JsValue, JsValue>) -> Answer {
    let parts = reply.map(|reply| Array::from(&reply));
    let response = parts.and_then(|parts| {
        let body = parts.get(1).as_string();
        Ok((parts.get(0).dyn_into::<web_sys::Response>()?, body))
    });
    let (response, body) = match response {
        Ok(response) => response,
        Err(thrown) => return failed(Failure::Network(message_of(&thrown))),
    };
    let header = |name| response.headers().get(name).ok().flatten();
    match (response.status(), body) {
        // The endpoint has redirected to a sign-in page: nobody is signed in.
        (200..=299, _)
            if response.redirected()
                && header("Content-Type").is_some_and(|kind| is_page(&kind)) =>
        {
            Answer::Unauthorized
        }
        (200..=299, Some(body)) => Answer::Document { body, etag: header("ETag") },
        (200..=299, None) => failed(Failure::TooLarge),
        (304, _) => Answer::NotModified,
        (401, _) => Answer::Unauthorized,
        (status, _) => Answer::Failed {
            failure: Failure::Status(status),
            retry_after: header("Retry-After").as_deref().and_then(retry_after),
        },
    }
}

/// Whether a media type is that of an HTML page.
fn is_page(kind: &str) -> bool {
    kind.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("text/html"))
}

fn failed(failure: Failure) -> Answer {
    Answer::Failed { failure, retry_after: None }
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3). The form with a date is left to the backoff: it
/// would depend on two clocks agreeing.
pub(crate) fn retry_after(value: &str) -> Option<Millis> {
    value.trim().parse().ok().map(Millis::from_seconds)
}

/// The message of a thrown value of any type.
pub(crate) fn message_of(thrown: &JsValue) -> String {
    if let Some(text) = thrown.as_string() {
        return text;
    }
    let message = match thrown.is_object() {
        true => thrown.unchecked_ref::<Thrown>().message().ok().and_then(|text| text.as_string()),
        false => None,
    };
    message.unwrap_or_else(|| "an error without a message".into())
}
