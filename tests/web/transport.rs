//! Answers of the network and of the host: the module survives all of them, and none grants a permission
//! by mistake.

use std::cell::RefCell;
use std::rc::Rc;

use permgate::Engine;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Acts, answers, callback, engine, pending_timers, request_header, token_of, turned, until,
    watch_timers,
};

const ENDPOINT: &str = r#"{"endpoint":"/permissions"}"#;

#[wasm_bindgen_test]
async fn a_fetched_document_decides_questions_once_the_load_has_ended() {
    answers(&["a"]);
    let (engine, host) = engine(ENDPOINT);
    assert_eq!((engine.decide("a", None), engine.status()), (2, "loading".into()));
    until("the load has ended", || host.rests() == 1).await;
    assert_eq!(
        (engine.decide("a", None), engine.decide("b", None), engine.decide("a b", None)),
        (1, 0, 3)
    );
    assert_eq!((engine.status(), host.codes()), ("fresh".into(), String::new()));
    engine.dispose();
}

#[wasm_bindgen_test]
async fn every_bad_answer_is_reported_and_keeps_the_held_set() {
    for (bad, code) in [
        ("html", "malformed-document"),
        ("truncated", "malformed-document"),
        ("wrong type", "malformed-document"),
        ("403", "http-status"),
        ("500", "http-status"),
        ("rejects with an error", "network"),
        ("rejects with a string", "network"),
        ("rejects with nothing", "network"),
        ("throws", "network"),
        ("no promise", "network"),
        ("no response", "network"),
        ("body fails", "network"),
        ("huge by its length", "too-large"),
        ("the server of these tests", "http-status"),
    ] {
        answers(&["a", bad]);
        let (engine, host) = engine(ENDPOINT);
        until("the first load has ended", || host.rests() == 1).await;
        engine.refresh();
        until("the second load has ended", || host.rests() == 2).await;
        assert_eq!(host.codes(), code, "{bad}");
        assert_eq!((engine.decide("a", None), engine.decide("b", None)), (1, 0), "{bad}");
        engine.dispose();

        answers(&[bad]);
        let (engine, host) = crate::page::engine(ENDPOINT);
        until("the only load has ended", || host.rests() == 1).await;
        assert_eq!((engine.decide("a", None), engine.status()), (2, "failed".into()), "{bad}");
        engine.dispose();
    }
}

#[wasm_bindgen_test]
async fn an_instance_and_another_client_read_the_same_status() {
    answers(&["the server of these tests"]);
    let request = gloo_net::http::Request::get("/permissions");
    let status = request.send().await.expect("an answer").status();
    let (engine, host) = engine(ENDPOINT);
    until("the load has ended", || host.rests() == 1).await;
    assert_eq!((status, host.codes()), (404, "http-status".into()));
    engine.dispose();
}

#[wasm_bindgen_test]
async fn a_304_to_a_request_with_the_entity_tag_keeps_the_set() {
    answers(&["a", "not modified"]);
    let (engine, host) = engine(ENDPOINT);
    until("the first load has ended", || host.rests() == 1).await;
    engine.refresh();
    until("the second load has ended", || host.rests() == 2).await;
    assert_eq!(request_header(1, "if-none-match").as_deref(), Some("\"1\""));
    assert_eq!((engine.decide("a", None), host.codes()), (1, String::new()));
    engine.dispose();
}

#[wasm_bindgen_test]
async fn a_401_from_the_endpoint_makes_the_status_unauthenticated() {
    answers(&["a", "401"]);
    let (engine, host) = engine(ENDPOINT);
    until("the first load has ended", || host.rests() == 1).await;
    engine.observe(401, None, None, engine.ticket(), false);
    assert_eq!(engine.decide("a", None), 2, "at once");
    until("the second load has ended", || host.rests() == 2).await;
    assert_eq!(
        (engine.status(), host.codes()),
        ("unauthenticated".into(), "unauthenticated".into())
    );
    engine.dispose();
}

#[wasm_bindgen_test]
async fn the_token_function_gives_the_token_that_is_sent_and_its_failure_is_reported() {
    answers(&["a"]);
    let (engine, host) = engine(r#"{"endpoint":"/permissions","hasToken":true}"#);
    host.set_given_token(&token_of(r#"{"sub":"u-1"}"#).into());
    until("the load has ended", || host.rests() == 1).await;
    let expected = ["Bearer ", &token_of(r#"{"sub":"u-1"}"#)].concat();
    assert_eq!(request_header(0, "authorization"), Some(expected));
    assert_eq!(engine.decide("a", None), 1);
    engine.dispose();

    for bad in [JsValue::from("throw"), JsValue::from(7), JsValue::from("two\nlines")] {
        let (engine, host) = crate::page::engine(r#"{"endpoint":"/permissions","hasToken":true}"#);
        host.set_given_token(&bad);
        until("the load has ended", || host.rests() == 1).await;
        assert!(["token-provider", "malformed-token"].contains(&host.codes().as_str()), "{bad:?}");
        assert_eq!(engine.decide("a", None), 2);
        engine.dispose();
    }
}

#[wasm_bindgen_test]
async fn f49_a_listener_may_call_back_into_the_instance() {
    type Act = fn(&Engine);
    let acts: [Act; 6] = [
        |engine| engine.turn(),
        |engine| engine.refresh(),
        |engine| engine.invalidate(),
        |engine| engine.set_token(None),
        |engine| engine.sign_out(),
        |engine| engine.dispose(),
    ];
    for (index, act) in acts.into_iter().enumerate() {
        answers(&["a"]);
        let (engine, host) = engine(ENDPOINT);
        let (inner, done) = (Rc::clone(&engine), RefCell::new(false));
        host.set_on_published(&callback(move || {
            // The listener refreshes only once: otherwise there would be no end.
            if inner.status() == "fresh" && !done.replace(true) {
                act(&inner);
                let _ = (inner.decide("a", None), inner.check("a", None), inner.snapshot());
            }
        }));
        until("the load has ended", || host.rests() >= 1).await;
        turned().await;
        let granted = engine.decide("a", None) == 1;
        assert_eq!(granted, index < 3, "act {index}");
        engine.dispose();
    }
}

#[wasm_bindgen_test]
async fn f5_a_listener_that_signs_out_leaves_no_timer_behind() {
    watch_timers();
    answers(&["a"]);
    let (engine, host) = engine(ENDPOINT);
    assert_eq!(pending_timers(), 1, "the time limit of the first load");
    let inner = Rc::clone(&engine);
    host.set_on_published(&callback(move || {
        if inner.status() == "fresh" {
            inner.sign_out();
        }
    }));
    until("the load has ended", || host.rests() >= 1).await;
    assert_eq!((engine.status(), pending_timers()), ("unauthenticated".into(), 0));
    engine.dispose();
}

#[wasm_bindgen_test]
async fn a_host_that_throws_does_not_harm_the_module() {
    answers(&["a"]);
    let (engine, host) = engine(ENDPOINT);
    host.set_throws(true);
    let thrower = js_sys::Function::new_no_args("throw new Error('a listener that throws')");
    host.set_on_published(&thrower);
    until("the load has ended", || host.rests() == 1).await;
    assert_eq!(engine.decide("a", None), 1);
    engine.refresh();
    until("the next load has ended", || host.rests() == 2).await;
    engine.dispose();
}
