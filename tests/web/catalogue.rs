//! Names of the page that the catalogue does not hold. Only the whole build has catalogues.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{bind, by_id, document, engine, is_visible, policies, show, state, until};

#[wasm_bindgen_test]
async fn a_name_that_the_catalogue_does_not_hold_is_unknown_and_reported_with_its_element() {
    show(r#"<b id=x data-permission="!aa"></b><b id=ok data-permission="a"></b>"#);
    let (engine, host) =
        engine(r#"{"bootstrap":"[\"a\"]","catalogue":{"id":"1","permissions":["a","b"]}}"#);
    let binding = bind(&engine, document());
    assert_eq!((state("x"), state("ok")), ("unknown".into(), "granted".into()));
    assert!(!is_visible("x"));
    assert_eq!(host.codes(), "unknown-permission");
    assert_eq!(host.reported_element(0), by_id("x"));
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_name_that_a_later_catalogue_does_not_hold_is_unknown_and_reported_with_its_element() {
    show(r#"<b id=x data-permission="aa"></b><b id=ok data-permission="a"></b>"#);
    policies(r#"{"id":"1","permissions":["a","b"]}"#);
    let (engine, host) = engine(r#"{"bootstrap":"[\"a\"]","asksPolicies":true}"#);
    let binding = bind(&engine, document());
    assert_eq!(
        (state("x"), state("ok"), host.codes()),
        ("unknown".into(), "unknown".into(), "".into())
    );
    until("the policies are there", || state("ok") == "granted").await;
    assert_eq!((state("x"), host.codes()), ("unknown".into(), "unknown-permission".into()));
    assert_eq!(host.reported_element(0), by_id("x"));
    binding.disconnect();
}
