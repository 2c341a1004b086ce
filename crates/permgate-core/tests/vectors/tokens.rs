//! `tokens.json`: texts that are tokens, and texts that only look like tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::json::Value;
use permgate_core::wire::{Token, TokenError};

use crate::file::{check, differ, items, long, read, text, text_of};

#[test]
fn tokens_are_decoded_as_the_vectors_say() {
    check(&read("tokens.json"), 70, &|vector| {
        let token = match vector.member("encode") {
            Some(parts) => {
                let parts = items(parts).iter().map(|part| URL_SAFE_NO_PAD.encode(long(part)));
                parts.collect::<Vec<_>>().join(".")
            }
            None => long(vector.member("token").unwrap()),
        };
        match (Token::decode_unverified(&token), vector.member("ok"), text_of(vector, "error")) {
            (Ok(token), Some(expected), None) => compare(&token, expected),
            (Err(error), None, Some(expected)) => {
                differ("kind", &word(&error), &expected).into_iter().collect()
            }
            (Ok(_), _, _) => vec!["it was read".into()],
            (Err(error), _, _) => vec![format!("it was refused: {error}")],
        }
    });
}

fn compare(token: &Token, expected: &Value) -> Vec<String> {
    let same = |key: &str, found: &Value| {
        let expected = expected.member(key)?;
        differ(key, &text(&unordered(found)), &text(&unordered(expected)))
    };
    let number = |key| match expected.member(key) {
        Some(Value::Number(number)) => number.whole(),
        _ => None,
    };
    [
        same("header", &token.header),
        same("claims", &token.claims),
        differ("subject", &token.subject(), &text_of(expected, "subject"))
            .filter(|_| expected.member("claims").is_some()),
        differ("issuer", &token.issuer(), &text_of(expected, "issuer")),
        differ("expires", &token.expires_seconds(), &number("expires")),
        differ("not before", &token.not_before_seconds(), &number("notBefore")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Numbers may be written in several ways, so only their whole part is compared.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(format!("{:?}", number.floor())),
        Value::Array(items) => Value::Array(items.iter().map(unordered).collect()),
        Value::Object(members) => {
            let member = |(key, value): &(String, Value)| (key.clone(), unordered(value));
            let mut members: Vec<_> = members.iter().map(member).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members)
        }
        other => other.clone(),
    }
}

/// The kind of an error, in the words of the vectors.
fn word(error: &TokenError) -> &'static str {
    match error {
        TokenError::TooLong => "too-long",
        TokenError::NotThreeParts => "not-three-parts",
        TokenError::Encrypted => "encrypted",
        TokenError::NotBase64Url => "not-base64url",
        TokenError::NotUtf8 => "not-utf8",
        TokenError::Json(_) => "json",
        TokenError::NotAnObject => "not-an-object",
        TokenError::BadTime(_) => "bad-time",
        TokenError::NotSendable => "something else",
    }
}
