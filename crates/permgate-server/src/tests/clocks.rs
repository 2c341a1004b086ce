//! Clocks that jump (F72): a token that was signed out stays so, and new ones are good.

use std::time::Duration;

use serde_json::Value;

use super::{START, Server};
use crate::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);

/// The first moment of 2099.
const IN_2099: Timestamp = Timestamp::from_unix_ms(4_070_908_800_000);

async fn sign_out(server: &Server, token: &str) {
    assert_eq!(server.call(token, "DELETE", "/api/session", Value::Null).await.status, 204);
}

async fn is_good(server: &Server, token: &str) -> bool {
    server.get(token, "/api/session").await.status == 200
}

#[tokio::test]
async fn f72_a_token_that_was_signed_out_stays_so_when_the_clock_jumps_and_comes_back() {
    let server = Server::start();
    let (out, kept) = (server.token("grace").await, server.token("grace").await);
    sign_out(&server, &out).await;
    assert!(!is_good(&server, &out).await);
    // Another sign-out while the clock is wrong forgets the tokens that seem to have expired.
    server.clock.advance(HOUR);
    let other = server.token("ada").await;
    sign_out(&server, &other).await;
    server.clock.set(START);
    assert!(!is_good(&server, &out).await, "revived by the clock");
    assert!(!is_good(&server, &kept).await, "it cannot be told from one that was forgotten");
    let new = server.token("grace").await;
    assert!(is_good(&server, &new).await, "also in the same second as the forgotten one");
    server.clock.advance(Duration::from_secs(1));
    assert!(is_good(&server, &new).await);
    sign_out(&server, &new).await;
    assert!(!is_good(&server, &new).await);
}

#[tokio::test]
async fn f72_a_jump_to_2099_in_which_tokens_come_and_go_makes_no_brick_of_the_server() {
    let server = Server::start();
    let out = server.token("grace").await;
    sign_out(&server, &out).await;
    for later in [Duration::ZERO, HOUR, 2 * HOUR] {
        server.clock.set(IN_2099.plus(later));
        let token = server.token("ada").await;
        assert!(is_good(&server, &token).await);
        sign_out(&server, &token).await;
    }
    server.clock.set(START);
    assert!(!is_good(&server, &out).await);
    for _ in 0..3 {
        let token = server.token("grace").await;
        assert!(is_good(&server, &token).await);
        sign_out(&server, &token).await;
        assert!(!is_good(&server, &token).await);
        server.clock.advance(HOUR);
    }
    assert!(!is_good(&server, &out).await);
}
