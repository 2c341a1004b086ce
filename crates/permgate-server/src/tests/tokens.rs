//! Tokens that must be refused, each for its own reason (F54).

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

use sha2::{Sha256, Sha512};

use super::{START, Server};
use crate::secret::base64url;

/// An algorithm that a forger may sign with.
#[derive(Clone, Copy)]
enum Algorithm {
    HS256,
    HS512,
}

/// The claims of a valid token of Ada.
fn claims() -> Value {
    let now = START.unix_seconds();
    json!({ "iss": "permgate-server", "aud": "permgate-demo", "sub": "u-1", "jti": "1",
            "iat": now, "exp": now + 60 })
}

/// The same with one member replaced, or removed when `value` is null.
fn with(member: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(member)),
        value => drop(members.insert(member.into(), value)),
    }
    claims
}

/// A token of any header and claims, signed by any algorithm and key.
fn forge(header: &Value, claims: &Value, algorithm: Algorithm, key: &[u8]) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let code = match algorithm {
        Algorithm::HS256 => {
            let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(&message);
            mac.finalize().into_bytes().to_vec()
        }
        Algorithm::HS512 => {
            let mac = Hmac::<Sha512>::new_from_slice(key).unwrap().chain_update(&message);
            mac.finalize().into_bytes().to_vec()
        }
    };
    format!("{message}.{}", base64url(&code))
}

#[tokio::test]
async fn only_valid_tokens_of_this_server_for_this_audience_and_time_are_accepted() {
    let server = Server::start();
    let key = server.state.store().signing_keys().unwrap().current.key;
    let header = json!({ "typ": "JWT", "alg": "HS256" });
    let sign = |claims: &Value| forge(&header, claims, Algorithm::HS256, &key);
    let good = sign(&claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let none = base64url(json!({ "typ": "JWT", "alg": "none" }).to_string().as_bytes());
    let payload = signed.split_once('.').unwrap().1;
    let now = START.unix_seconds();

    let cases: Vec<(&str, String, u16)> = vec![
        ("good", good.clone(), 200),
        ("audience in a list", sign(&with("aud", json!(["permgate-demo", "x"]))), 401),
        ("another key", forge(&header, &claims(), Algorithm::HS256, &[7; 32]), 401),
        ("an empty key", forge(&header, &claims(), Algorithm::HS256, &[]), 401),
        ("no algorithm", format!("{none}.{payload}."), 401),
        ("no algorithm, signed", format!("{none}.{payload}.{signature}"), 401),
        ("no signature", format!("{signed}."), 401),
        ("a cut signature", good.split_at(good.len() - 1).0.to_owned(), 401),
        (
            "another algorithm",
            forge(&json!({ "typ": "JWT", "alg": "HS512" }), &claims(), Algorithm::HS512, &key),
            401,
        ),
        (
            "a header with another algorithm than that of the signature",
            forge(&json!({ "typ": "JWT", "alg": "RS256" }), &claims(), Algorithm::HS256, &key),
            401,
        ),
        (
            "a critical extension",
            forge(
                &json!({ "alg": "HS256", "crit": ["x"], "x": 1 }),
                &claims(),
                Algorithm::HS256,
                &key,
            ),
            401,
        ),
        ("another issuer", sign(&with("iss", json!("https://elsewhere.example"))), 401),
        ("no issuer", sign(&with("iss", Value::Null)), 401),
        ("another audience", sign(&with("aud", json!("elsewhere"))), 401),
        ("no audience", sign(&with("aud", Value::Null)), 401),
        ("no subject", sign(&with("sub", Value::Null)), 401),
        ("a subject that does not exist", sign(&with("sub", json!("u-99"))), 401),
        ("another spelling of a subject", sign(&with("sub", json!("u-01"))), 401),
        ("no expiry", sign(&with("exp", Value::Null)), 401),
        ("an expiry that is a text", sign(&with("exp", json!("4102444800"))), 401),
        ("expired", sign(&with("exp", json!(now))), 401),
        ("not expired yet", sign(&with("exp", json!(now + 1))), 200),
        ("not begun", sign(&with("nbf", json!(now + 1))), 401),
        ("begun", sign(&with("nbf", json!(now))), 200),
        ("too long", sign(&with("pad", json!("x".repeat(4096)))), 401),
        ("not a token", "x".to_owned(), 401),
        ("empty parts", "..".to_owned(), 401),
        ("four parts", format!("{good}.x"), 401),
        ("padding", format!("{good}="), 401),
        ("a payload changed", format!("{signed}x.{signature}"), 401),
    ];
    for (name, token, expected) in cases {
        let answer = server.get(&token, "/api/me/permissions").await;
        assert_eq!(answer.status, expected, "{name}: {}", answer.body);
        if expected == 401 {
            answer.assert_problem(401, "unauthenticated");
            assert!(!answer.header("www-authenticate").is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_as_expired_without_a_look_into_the_store() {
    let server = Server::start();
    let token = server.token("ada").await;
    server.clock.advance(std::time::Duration::from_secs(900));
    let answer = server.get(&token, "/api/session").await;
    assert_eq!(answer.body["detail"], "the token has expired; sign in again");
}
