//! Asks the host for tokens, policies and new credentials on behalf of the session: each answer
//! becomes an event.

use std::rc::Rc;

#[cfg(feature = "whole")]
use js_sys::Array;
use js_sys::Promise;
#[cfg(feature = "whole")]
use permgate_core::session::PolicyTexts;
use permgate_core::session::{Event, Renewal};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::decider::Decider;
use crate::transport::message_of;

#[cfg(feature = "whole")]
/// The event for the application's answer about its policies.
pub(crate) fn policies(given: Result<JsValue, JsValue>, generation: u64) -> Event {
    let policies = in_words(given).map(|texts| {
        let texts = Array::from(&texts);
        PolicyTexts { catalogue: texts.get(0).as_string(), roles: texts.get(1).as_string() }
    });
    Event::PoliciesAnswered { generation, policies }
}

/// The event for the application's answer about its token.
pub(crate) fn token(given: Result<JsValue, JsValue>, generation: u64) -> Event {
    let token = match in_words(given) {
        Ok(value) if value.is_null() || value.is_undefined() => Ok(None),
        Ok(value) => value.as_string().map(Some).ok_or_else(|| "no string and not null".into()),
        Err(message) => Err(message),
    };
    Event::TokenAnswered { generation, token }
}

/// Asks the application for new credentials.
pub(crate) async fn renewal(decider: Rc<Decider>, renewal: u64) -> Event {
    let given = answer(decider.host().renew().map(JsValue::from)).await;
    let outcome = in_words(given).map(|value| match value.as_string() {
        Some(token) => Renewal::Token(token),
        None if value.is_truthy() => Renewal::Renewed,
        None => Renewal::Refused,
    });
    if let Ok(Renewal::Token(token)) = &outcome
        && decider.with_session(|session| session.awaits_renewal(renewal))
    {
        // Only a token that is still awaited is used for the application's requests.
        let _ = decider.host().renewed(token);
    }
    Event::RenewalAnswered { renewal, outcome }
}

/// Waits for the promise of the host.
pub(crate) async fn answer(promised: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promised?)).await
}

/// Turns a thrown value into a text.
fn in_words(given: Result<JsValue, JsValue>) -> Result<JsValue, String> {
    given.map_err(|thrown| message_of(&thrown))
}
