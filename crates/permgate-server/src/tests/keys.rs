//! Signing keys: their names, rotation, and the end of all sessions and tokens at once.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::{Grant, Pattern};
use serde_json::{Value, json};

use super::sign_in::with_cookie;
use super::{Server, quick};
use crate::store::keys::OPERATOR;
use crate::store::{Author, Change, ChangeError, Rotation, TokenMark};
use crate::{Config, Tokens};

const KEYS: &str = "/api/admin/keys";

fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!("HS256")));
    header["kid"].as_str().unwrap().to_owned()
}

async fn status(server: &Server, token: &str) -> u16 {
    server.get(token, "/api/me/permissions").await.status.as_u16()
}

async fn rotate(server: &Server, token: &str, end_all: bool) -> Value {
    let answer = server.call(token, "POST", KEYS, json!({ "end_all": end_all })).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn after_a_rotation_old_tokens_are_valid_until_they_expire_and_new_ones_name_another_key() {
    let server = Server::start();
    let old = server.token("ada").await;
    server.clock.advance(Duration::from_secs(10));
    let keys = rotate(&server, &old, false).await;
    let new = server.token("ada").await;
    assert_ne!(kid(&old), kid(&new));
    assert_eq!((&keys[0]["kid"], &keys[1]["kid"]), (&json!(kid(&new)), &json!(kid(&old))));
    assert_eq!(
        (&keys[0]["until"], &keys[1]["until"]),
        (&Value::Null, &json!("2027-01-15T08:15:10Z"))
    );
    assert_eq!(server.get(&new, KEYS).await.body, keys);
    for token in [&old, &new] {
        assert_eq!(status(&server, token).await, 200);
    }
    // A stolen old key: nothing that it signs is valid after the key has retired.
    let mut stolen = server.state.store().signing_keys().unwrap();
    let (key, until) = stolen.retired.remove(0);
    let forger = Tokens::new(&key.into(), &Config::default());
    let forged = |now| {
        forger.mint("u-1", None, TokenMark::default(), now, until.plus(Duration::from_secs(900)))
    };
    let forged = forged(server.state.now()).unwrap();
    server.clock.set(until);
    assert_eq!(status(&server, &forged).await, 401);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(status(&server, &old).await, 401);
    assert_eq!(status(&server, &new).await, 401, "it was issued 15 minutes ago");
    let again = server.token("ada").await;
    let keys = rotate(&server, &again, false).await;
    assert_eq!(keys.as_array().unwrap().len(), 2, "the first key was deleted: {keys}");
}

#[tokio::test]
async fn end_all_ends_every_token_session_and_stream_at_once_whatever_a_token_claims() {
    let server = Server::start();
    let (ada, grace) = (server.token("ada").await, server.token("grace").await);
    let body = json!({ "username": "linus", "password": "linus-demo", "mode": "cookie" });
    let answer = server.call("", "POST", "/api/session", body).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut events = server.events_by_token(&grace).await;
    events.expects("version", json!({ "version": 1, "subject": "u-2" })).await;
    // A stolen key can sign any claims, also future generations and epochs.
    let stolen = server.state.store().signing_keys().unwrap();
    let forger = Tokens::new(&stolen, &Config::default());
    let now = server.state.now();
    let later = now.plus(Duration::from_secs(900));
    let mark = TokenMark { epoch: 1, generation: 0 };
    let forged = forger.mint("u-1", None, mark, now, later).unwrap();
    assert_eq!(status(&server, &forged).await, 200);

    rotate(&server, &ada, true).await;
    for token in [&ada, &grace, &forged] {
        assert_eq!(status(&server, token).await, 401);
    }
    assert_eq!(with_cookie(&server, "GET", "/api/session", &cookie).await.status, 401);
    events.expects_the_end().await;
    let new = server.token("ada").await;
    assert_eq!(status(&server, &new).await, 200);
    let entry = server.get(&new, "/api/admin/audit?act=keys.end-all").await.body;
    assert_eq!(entry[0]["actor"]["subject"], "u-1");
    assert_eq!(entry[0]["after"]["kid"], kid(&new));
    // The credentials stay ended when the clock is set back.
    server.clock.set(crate::Timestamp::from_unix_ms(now.unix_ms() - 1000));
    assert_eq!(status(&server, &grace).await, 401);
}

#[tokio::test]
async fn only_a_keeper_rotates_keys() {
    let server = Server::start();
    let alan = server.token("alan").await;
    let grants = vec![Grant::allow(Pattern::parse("setting:*").unwrap())];
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants });
    let before = server.get(&alan, KEYS).await.body;
    let answer = server.call(&alan, "POST", KEYS, json!({ "end_all": false })).await;
    answer.assert_problem(403, "beyond-own");
    assert_eq!(server.get(&alan, KEYS).await.body, before);
    assert!(!before.to_string().contains("\"key\""), "{before}");
    // No user has the subject that stands for the command line.
    let by = |subject: &str| Author { subject: subject.into(), at: server.state.now() };
    assert!(
        crate::store::Accounts::user(server.state.store().as_ref(), OPERATOR).unwrap().is_none()
    );
    let result = server.state.store().rotate_keys(&Rotation::EndAll, &by("u-999"));
    assert!(matches!(result, Err(ChangeError::NoActor)));
}

#[tokio::test]
async fn a_token_of_an_unknown_key_is_invalid_and_a_token_without_a_key_name_is_of_the_current_key()
{
    let server = Server::with(quick());
    let keys = server.state.store().signing_keys().unwrap();
    let mut renamed = keys.clone();
    for kid in ["", "other", "../../dev/null", &"x".repeat(2000)] {
        renamed.current.kid = kid.to_owned();
        let now = server.state.now();
        let later = now.plus(Duration::from_secs(60));
        let forger = Tokens::new(&renamed, &Config::default());
        let token = forger.mint("u-1", None, TokenMark::default(), now, later).unwrap();
        assert_eq!(status(&server, &token).await, 401, "{kid}");
    }
}
