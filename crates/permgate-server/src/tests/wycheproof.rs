//! Project Wycheproof's vectors for JSON Web Signature, run through the verifier (F54).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::START;
use crate::store::{SigningKey, SigningKeys};
use crate::{Config, Tokens, secret};

/// Cases that contradict others: two whose token and key are those of a valid case (the padding in
/// their names is not there), and two marked valid although they contain `?` inside base64url.
const CONTRADICTORY: [u64; 2] = [367, 370];
const NOT_BASE64URL: [u64; 2] = [372, 373];

fn cases() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/vectors/wycheproof/json_web_signature.json"
    );
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut file: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(file["cases"].take()).unwrap()
}

/// The bytes of a symmetric key. For other algorithms, bytes of the public key: an attacker would
/// sign with them, hoping that they are taken for a secret.
fn key(case: &Value) -> [u8; 32] {
    let member = ["k", "x", "n"].into_iter().find_map(|member| case["key"][member].as_str());
    let bytes = URL_SAFE_NO_PAD.decode(member.unwrap()).unwrap();
    let is_symmetric = case["key"]["kty"] == "oct";
    bytes.as_slice().try_into().unwrap_or_else(|_| {
        assert!(!is_symmetric, "no key of another length can be given to the verifier");
        secret::digest(&bytes)
    })
}

/// The only key of a verifier, under the name that the case gives it.
fn keys(case: &Value) -> SigningKeys {
    let kid = case["key"]["kid"].as_str().unwrap_or("none").to_owned();
    SigningKey { kid, key: key(case), made_at: START }.into()
}

#[test]
fn every_wycheproof_vector_of_hs256_is_judged_as_the_file_says_and_other_algorithms_are_refused() {
    let (mut accepted, mut refused, mut foreign) = (0, 0, 0);
    for case in cases() {
        let number = case["tcId"].as_u64().unwrap();
        let name = format!("{number}, {}", case["comment"]);
        let token = case["jws"].as_str().unwrap();
        let tokens = Tokens::new(&keys(&case), &Config::default());
        let payload = tokens.payload(token, START);
        assert!(tokens.verify(token, START).is_err(), "{name}: no payload is our claims");
        if case["key"]["kty"] != "oct" {
            assert!(payload.is_err(), "{name}: signed by another algorithm");
            foreign += 1;
        } else if CONTRADICTORY.contains(&number) {
            assert!(payload.is_ok(), "{name}: the same as the valid case 357");
        } else if case["result"] == "valid" && !NOT_BASE64URL.contains(&number) {
            let middle = token.split('.').nth(1).unwrap();
            assert_eq!(payload, Ok(URL_SAFE_NO_PAD.decode(middle).unwrap()), "{name}");
            accepted += 1;
        } else {
            assert!(payload.is_err(), "{name}");
            refused += 1;
        }
    }
    assert_eq!((accepted, refused, foreign), (8, 30, 361));
}
