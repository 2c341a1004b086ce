//! Project Wycheproof's vectors for each supported algorithm (F54).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::token::Signed;
use super::{Algorithm, Keys};

fn cases(file: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/wycheproof/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut file: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(file["cases"].take()).unwrap()
}

fn keys(key: &Value) -> Keys {
    let set = if key.get("keys").is_some() { key.clone() } else { json!({ "keys": [key] }) };
    Keys::parse(set.to_string().as_bytes()).unwrap()
}

fn payload(case: &Value) -> Option<Vec<u8>> {
    let signed = Signed::parse(case["jws"].as_str().unwrap()).ok()?;
    signed.payload(&keys(&case["key"])).ok()
}

/// The algorithm in the header of a case, even if the case is invalid otherwise.
fn named(case: &Value) -> Option<Algorithm> {
    let header = case["jws"].as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    Algorithm::named(header["alg"].as_str()?)
}

/// Checks all cases of a file: those of supported algorithms are judged as the file says, and others
/// are refused.
fn check(file: &str) -> (usize, usize, usize) {
    let (mut accepted, mut refused, mut foreign) = (0, 0, 0);
    for case in cases(file) {
        let name = format!("{} {}, {}", file, case["tcId"], case["comment"]);
        let found = payload(&case);
        match (named(&case), case["result"] == "valid") {
            (Some(_), true) => {
                let middle = case["jws"].as_str().unwrap().split('.').nth(1).unwrap();
                assert_eq!(found, Some(URL_SAFE_NO_PAD.decode(middle).unwrap()), "{name}");
                accepted += 1;
            }
            (Some(_), false) => {
                assert_eq!(found, None, "{name}");
                refused += 1;
            }
            (None, _) => {
                assert_eq!(found, None, "{name}");
                foreign += 1;
            }
        }
    }
    (accepted, refused, foreign)
}

#[test]
fn every_wycheproof_signature_of_es256_and_rs256_is_judged_as_the_file_says() {
    let expected = if cfg!(feature = "oidc-rs256") { (10, 0, 0) } else { (2, 0, 0) };
    let (accepted, refused, foreign) = check("json_web_signature.json");
    assert_eq!(accepted, expected.0);
    assert_eq!(accepted + refused + foreign, 401);
    assert!(refused >= 30, "{refused}");
}

#[test]
fn every_wycheproof_key_is_used_or_refused_as_the_file_says() {
    let (accepted, refused, foreign) = check("json_web_key.json");
    assert_eq!(accepted, usize::from(cfg!(feature = "oidc-rs256")));
    assert_eq!(accepted + refused + foreign, 26);
    assert!(refused >= 6, "{refused}");
}

#[test]
fn every_wycheproof_signature_of_ed25519_is_judged_as_the_file_says() {
    let decode = |value: &Value| -> Vec<u8> {
        let digits = value.as_str().unwrap().as_bytes().chunks(2);
        let pair = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.map(pair).collect()
    };
    let (mut accepted, mut refused) = (0, 0);
    for case in cases("ed25519.json") {
        let keys = keys(&case["key"]);
        let key = keys.find(None, Algorithm::EdDsa).unwrap();
        let verified = key.verifies(&decode(&case["msg"]), &decode(&case["sig"]));
        assert_eq!(verified, case["result"] == "valid", "{}, {}", case["tcId"], case["comment"]);
        *(if verified { &mut accepted } else { &mut refused }) += 1;
    }
    assert_eq!((accepted, refused), (88, 63));
}

#[test]
fn a_key_is_found_by_its_name_and_only_for_its_algorithm() {
    let x = URL_SAFE_NO_PAD.encode([7; 32]);
    let ed = |more: Value| {
        let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    };
    let ec = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x, "kid": "ec" });
    let oct = json!({ "kty": "oct", "k": x, "kid": "oct" });
    let set =
        |keys: &[&Value]| Keys::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap();

    let (a, b) = (ed(json!({ "kid": "a" })), ed(json!({ "kid": "b" })));
    let keys = set(&[&a, &b, &ec, &oct]);
    assert_eq!(keys.len(), 3);
    assert!(keys.find(Some("a"), Algorithm::EdDsa).is_some());
    assert!(
        keys.find(Some("a"), Algorithm::Es256).is_none(),
        "the algorithm must be that of the key"
    );
    assert!(keys.find(Some("oct"), Algorithm::EdDsa).is_none());
    assert!(keys.find(Some("c"), Algorithm::EdDsa).is_none());
    assert!(keys.find(None, Algorithm::EdDsa).is_none(), "two keys have this algorithm");
    assert!(keys.find(None, Algorithm::Es256).is_some(), "the only one");

    let twice = set(&[&a, &a, &b]);
    assert!(twice.find(Some("a"), Algorithm::EdDsa).is_none(), "two keys share the name");
    assert!(twice.find(Some("b"), Algorithm::EdDsa).is_some());
    for (more, is_used) in [
        (json!({ "use": "sig", "alg": "EdDSA", "key_ops": ["verify"] }), true),
        (json!({ "alg": "Ed25519" }), true),
        (json!({ "use": "enc" }), false),
        (json!({ "key_ops": ["sign"] }), false),
        (json!({ "alg": "ES256" }), false),
        (json!({ "alg": "RS256" }), false),
        (json!({ "crv": "X25519" }), false),
        (json!({ "x": "AAAA" }), false),
        (json!({ "x": format!("{x}=") }), false),
    ] {
        assert_eq!(set(&[&ed(more.clone())]).len(), usize::from(is_used), "{more}");
    }
    assert!(Keys::parse(b"[]").is_none() && Keys::parse(b"{}").is_none());
}
