//! Sets from the claims of tokens. Only the whole build reads them.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Acts, answers, engine, request_count, token_of, until};

#[wasm_bindgen_test]
async fn the_claims_of_a_token_decide_without_any_request() {
    answers(&["never"]);
    let (engine, host) = engine(r#"{"hasToken":true}"#);
    host.set_given_token(&token_of(r#"{"permissions":["a"]}"#).into());
    until("the token is read", || host.rests() == 1).await;
    assert_eq!((engine.decide("a", None), request_count()), (1, 0));
    host.set_given_token(&JsValue::NULL);
    engine.set_token(None);
    assert_eq!((engine.decide("a", None), engine.status()), (2, "unauthenticated".into()));
    engine.dispose();
}
