//! Reads what TypeScript found out about a request to the endpoint.

use permgate_core::session::{Answer, Failure, Millis};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::past::parts;

#[wasm_bindgen]
extern "C" {
    type Thrown;
    #[wasm_bindgen(method, catch, getter)]
    fn message(this: &Thrown) -> Result<JsValue, JsValue>;
}

/// Reads an answer as `js/src/reply.ts` makes it: the status, the text of a document unless it is too
/// long, and of a document its entity tag, else the value of `Retry-After`. A failure is an answer,
/// too.
pub(crate) fn read(reply: Result<JsValue, JsValue>) -> Answer {
    let reply = reply.and_then(|reply| parts(&reply).ok_or(reply));
    let [status, body, header] = match reply {
        Ok(reply) => reply,
        Err(thrown) => return failed(Failure::Network(message_of(&thrown))),
    };
    match (status_of(&status), body.as_string()) {
        (200..=299, Some(body)) => Answer::Document { body, etag: header.as_string() },
        (200..=299, None) => failed(Failure::TooLarge),
        (304, _) => Answer::NotModified,
        (401, _) => Answer::Unauthorized,
        (status, _) => Answer::Failed {
            failure: Failure::Status(status),
            retry_after: header.as_string().as_deref().and_then(retry_after),
        },
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturating; the status of a response is a small integer"
)]
fn status_of(status: &JsValue) -> u16 {
    status.as_f64().unwrap_or_default() as u16
}

fn failed(failure: Failure) -> Answer {
    Answer::Failed { failure, retry_after: None }
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3). The form with a date is left to the backoff: it
/// would depend on two clocks agreeing.
pub(crate) fn retry_after(value: &str) -> Option<Millis> {
    value.trim_ascii().parse().ok().map(Millis::from_seconds)
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
