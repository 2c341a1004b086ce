//! What the host is asked for on behalf of the session: each answer becomes an event.

use std::rc::Rc;

use js_sys::{Array, Promise};
use permgate_core::session::{Event, PolicyTexts, Renewal};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::decider::Decider;
use crate::transport::message_of;

/// Asks the application for the policies.
pub(crate) async fn policies(decider: Rc<Decider>, generation: u64) -> Event {
    let policies = answer(decider.host().policies()).await.map(|texts| {
        let texts = Array::from(&texts);
        PolicyTexts { catalogue: texts.get(0).as_string(), roles: texts.get(1).as_string() }
    });
    Event::PoliciesAnswered { generation, policies }
}

/// Asks the application for the token.
pub(crate) async fn token(decider: Rc<Decider>, generation: u64) -> Event {
    let token = match answer(decider.host().token()).await {
        Ok(value) if value.is_null() || value.is_undefined() => Ok(None),
        Ok(value) => value.as_string().map(Some).ok_or_else(|| "no string and not null".into()),
        Err(message) => Err(message),
    };
    Event::TokenAnswered { generation, token }
}

/// Asks the application for new credentials.
pub(crate) async fn renewal(decider: Rc<Decider>, renewal: u64) -> Event {
    let outcome = answer(decider.host().renew()).await.map(|value| match value.as_string() {
        Some(token) => Renewal::Token(token),
        None if value.is_truthy() => Renewal::Renewed,
        None => Renewal::Refused,
    });
    if let Ok(Renewal::Token(token)) = &outcome
        && decider.with_session(|session| session.awaits_renewal(renewal))
    {
        // What comes too late is not what requests are sent with.
        let _ = decider.host().renewed(token);
    }
    Event::RenewalAnswered { renewal, outcome }
}

/// Waits for an answer; an error is what was thrown, in words.
async fn answer(promise: Result<Promise, JsValue>) -> Result<JsValue, String> {
    let answered = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(thrown) => Err(thrown),
    };
    answered.map_err(|thrown| message_of(&thrown))
}
