//! Which tokens are accepted, and which are refused (F54).

use serde_json::{Value, json};

use super::super::tests::{AUDIENCE, ISSUER, KeyPair, Provider, START, claims, clock, verifier};
use super::{MAX_TOKEN_BYTES, TokenError};
use crate::SessionId;

fn with(mut value: Value, member: &str, new: Value) -> Value {
    value[member] = new;
    value
}

fn without(mut value: Value, member: &str) -> Value {
    value.as_object_mut().unwrap().remove(member);
    value
}

#[tokio::test]
async fn a_verified_token_has_its_subject_expiry_session_and_all_claims() {
    let key = KeyPair::new("k1", 1);
    let verifier = verifier(&Provider::start(&[&key]).await, &clock());
    let token = verifier.verify(&key.token()).await.unwrap();
    assert_eq!((token.subject.as_str(), token.expires_at.unix_seconds()), ("ada", START + 900));
    assert_eq!((token.session, token.claims), (Some(SessionId::from("s-1")), claims()));
    let by_itself = with(without(claims(), "sid"), "jti", "t-1".into());
    let token = verifier.verify(&key.sign(&key.header(), &by_itself)).await.unwrap();
    assert_eq!(token.session, Some(SessionId::from("t-1")));
}

#[tokio::test]
async fn tokens_for_another_audience_or_another_time_are_refused() {
    let key = KeyPair::new("k1", 1);
    let verifier = verifier(&Provider::start(&[&key]).await, &clock());
    let invalid = Err(TokenError::Invalid);
    for (claims, expected) in [
        (with(claims(), "aud", json!(["other", AUDIENCE])), Ok(())),
        (with(claims(), "exp", json!(f64::from(1_800_000_100_u32) + 0.5)), Ok(())),
        (with(claims(), "nbf", json!(START + 60)), Ok(())),
        (with(claims(), "nbf", json!(START + 61)), invalid.clone()),
        (with(claims(), "exp", json!(START)), Err(TokenError::Expired)),
        (with(claims(), "exp", json!(0)), Err(TokenError::Expired)),
        (with(claims(), "exp", json!(-1)), Err(TokenError::Expired)),
        (with(claims(), "exp", json!("1900000000")), invalid.clone()),
        (without(claims(), "exp"), invalid.clone()),
        (with(claims(), "aud", json!("other")), invalid.clone()),
        (with(claims(), "aud", json!([])), invalid.clone()),
        (without(claims(), "aud"), invalid.clone()),
        (with(claims(), "iss", json!(format!("{ISSUER}/"))), invalid.clone()),
        (without(claims(), "iss"), invalid.clone()),
        (with(claims(), "sub", json!("")), invalid.clone()),
        (with(claims(), "sub", json!(1)), invalid.clone()),
        (without(claims(), "sub"), invalid.clone()),
    ] {
        let token = key.sign(&key.header(), &claims);
        assert_eq!(verifier.verify(&token).await.map(drop), expected, "{claims}");
    }
}

#[tokio::test]
async fn headers_of_another_key_or_algorithm_or_with_keys_of_their_own_are_refused() {
    let (key, other) = (KeyPair::new("k1", 1), KeyPair::new("k2", 2));
    let provider = Provider::start(&[&key, &other]).await;
    let verifier = verifier(&provider, &clock());
    let header = key.header();
    for header in [
        with(header.clone(), "alg", "none".into()),
        with(header.clone(), "alg", "None".into()),
        with(header.clone(), "alg", "HS256".into()),
        with(header.clone(), "alg", "ES256".into()),
        with(header.clone(), "alg", "RS256".into()),
        without(header.clone(), "alg"),
        with(header.clone(), "kid", "k2".into()),
        with(header.clone(), "kid", "k9".into()),
        // Two keys have this algorithm, so the token must name one.
        without(header.clone(), "kid"),
        with(header.clone(), "typ", "dpop+jwt".into()),
        with(header.clone(), "typ", "logout+jwt".into()),
        with(header.clone(), "crit", json!(["exp"])),
    ] {
        let token = key.sign(&header, &claims());
        assert_eq!(verifier.verify(&token).await, Err(TokenError::Invalid), "{header}");
    }
    // An attacker's key at an address in the token is never downloaded.
    let attacker = KeyPair::new("k1", 9);
    let elsewhere = Provider::start(&[&attacker]).await;
    for member in ["jku", "x5u"] {
        let header = with(attacker.header(), member, elsewhere.url.clone().into());
        let token = attacker.sign(&header, &claims());
        assert_eq!(verifier.verify(&token).await, Err(TokenError::Invalid), "{member}");
    }
    assert_eq!((elsewhere.requests(), provider.requests()), (0, 1));
}

#[tokio::test]
async fn texts_that_are_not_tokens_are_refused_before_keys_are_downloaded() {
    let key = KeyPair::new("k1", 1);
    let provider = Provider::start(&[&key]).await;
    let verifier = verifier(&provider, &clock());
    let token = key.token();
    let long = "a".repeat(MAX_TOKEN_BYTES + 1);
    assert_eq!(verifier.verify(&long).await, Err(TokenError::TooLong));
    for text in ["", ".", "..", "...", "a.b", "a.b.c", "e30.e30.", "e30.e30.AA"] {
        assert_eq!(verifier.verify(text).await, Err(TokenError::Invalid), "{text}");
    }
    assert_eq!(provider.requests(), 0);
    for text in [
        format!("{token}.AA"),
        format!("{token}="),
        format!(" {token}"),
        token.replace('.', ".."),
        token.chars().take(token.len() - 1).collect(),
        token.rsplit_once('.').unwrap().0.to_owned() + ".",
    ] {
        assert_eq!(verifier.verify(&text).await, Err(TokenError::Invalid), "{text}");
    }
    verifier.verify(&token).await.unwrap();
}
