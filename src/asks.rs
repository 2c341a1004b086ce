//! The answers of the host: each becomes an event.

#[cfg(feature = "whole")]
use permgate_core::session::PolicyTexts;
use permgate_core::session::{Event, Renewal};
use wasm_bindgen::JsValue;

use crate::border::Asked;
#[cfg(feature = "whole")]
use crate::past::parts;
use crate::transport::{message_of, read};

/// The event for the outcome of a question with this number. None for a question that this build
/// does not ask.
pub(crate) fn event(asked: Asked, number: u64, outcome: Result<JsValue, JsValue>) -> Option<Event> {
    Some(match asked {
        #[cfg(feature = "whole")]
        Asked::Policies => policies(outcome, number),
        #[cfg(not(feature = "whole"))]
        Asked::Policies => return None,
        Asked::Token => token(outcome, number),
        Asked::Document => Event::Answered { generation: number, answer: read(outcome) },
        Asked::Renewal => renewal(outcome, number),
    })
}

/// The event for the policies of the application.
#[cfg(feature = "whole")]
fn policies(outcome: Result<JsValue, JsValue>, generation: u64) -> Event {
    let policies = in_words(outcome).map(|texts| {
        let [catalogue, roles] = parts(&texts).unwrap_or_default();
        PolicyTexts { catalogue: catalogue.as_string(), roles: roles.as_string() }
    });
    Event::PoliciesAnswered { generation, policies }
}

/// The event for the token of the application.
fn token(outcome: Result<JsValue, JsValue>, generation: u64) -> Event {
    let token = match in_words(outcome) {
        Ok(value) if value.is_null() || value.is_undefined() => Ok(None),
        Ok(value) => value.as_string().map(Some).ok_or_else(|| "no string and not null".into()),
        Err(message) => Err(message),
    };
    Event::TokenAnswered { generation, token }
}

/// The event for new credentials.
fn renewal(outcome: Result<JsValue, JsValue>, renewal: u64) -> Event {
    let outcome = in_words(outcome).map(|value| match value.as_string() {
        Some(token) => Renewal::Token(token),
        None if value.is_truthy() => Renewal::Renewed,
        None => Renewal::Refused,
    });
    Event::RenewalAnswered { renewal, outcome }
}

/// Turns a thrown value into a text.
fn in_words(outcome: Result<JsValue, JsValue>) -> Result<JsValue, String> {
    outcome.map_err(|thrown| message_of(&thrown))
}
