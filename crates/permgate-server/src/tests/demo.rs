//! The demo's control that crashes the server: only if it is switched on, and only for signed-in
//! users.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use serde_json::json;

use super::{Server, quick};
use crate::Config;

/// The number with which the crash was called; static, since a crash is a plain function.
static CRASHED: AtomicU8 = AtomicU8::new(0);

#[tokio::test(start_paused = true)]
async fn a_signed_in_user_of_the_demo_can_crash_the_server_and_choose_when_it_starts_again() {
    let path = "/api/demo/crash";
    let plain = Server::start();
    let token = plain.minted("u-5");
    plain
        .call(&token, "POST", path, json!({ "seconds": 5 }))
        .await
        .assert_problem(404, "not-found");

    let demo_crash: Option<fn(u8)> = Some(|seconds| CRASHED.store(seconds, Ordering::SeqCst));
    let demo = Server::with(Config { demo_crash, ..quick() });
    let token = demo.minted("u-5");
    let crash = async |token: &str, body| demo.call(token, "POST", path, body).await;
    crash("", json!({ "seconds": 5 })).await.assert_problem(401, "unauthenticated");
    for body in [
        json!({}),
        json!({ "seconds": 0 }),
        json!({ "seconds": 61 }),
        json!({ "seconds": -1 }),
        json!({ "seconds": "5" }),
        json!({ "seconds": 5, "more": 1 }),
    ] {
        crash(&token, body).await.assert_problem(400, "invalid-body");
    }
    assert_eq!(crash(&token, json!({ "seconds": 60 })).await.status, 202);
    while CRASHED.load(Ordering::SeqCst) == 0 {
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    assert_eq!(CRASHED.load(Ordering::SeqCst), 60);
}
