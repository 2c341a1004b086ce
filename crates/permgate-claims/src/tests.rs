//! Claims of every form, and the errors that name their place.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::PermissionError;
use permgate_core::wire::{Reading, Token};
use proptest::prelude::*;

use super::*;

fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    [part(r#"{"alg":"HS256"}"#), part(claims), part("signature")].join(".")
}

fn rule(path: &[&str], prefix: Option<&str>) -> ClaimRule {
    let rule = ClaimRule::at(path, ClaimTarget::Permissions);
    ClaimRule { prefix: prefix.map(String::from), ..rule }
}

fn permissions() -> ClaimRule {
    rule(&["permissions"], None)
}

fn read(claims: &str, rule: &ClaimRule) -> Result<Vec<String>, String> {
    let token = Token::decode_unverified(&token(claims)).unwrap();
    read_token(&Reading::default(), &token, core::slice::from_ref(rule))
        .map(|claimed| {
            claimed.document.grants.iter().map(|grant| grant.pattern.to_string()).collect()
        })
        .map_err(|error| error.to_string())
}

#[test]
fn claims_are_read_as_array_string_and_booleans() {
    let expected = Ok(Vec::from(["a:x".to_owned(), "b:y".to_owned()]));
    assert_eq!(read(r#"{"permissions":["a:x","b:y"]}"#, &permissions()), expected);
    assert_eq!(read(r#"{"permissions":"a:x b:y"}"#, &permissions()), expected);
    assert_eq!(read(r#"{"permissions":"a:x, b:y,"}"#, &permissions()), expected);
    assert_eq!(
        read(r#"{"permissions":{"a:x":true,"b:y":true,"c":false}}"#, &permissions()),
        expected
    );
    assert_eq!(
        read(r#"{"sub":"u","exp":9,"a:x":true,"b:y":true,"c":false}"#, &rule(&[], None)),
        expected
    );
    assert_eq!(
        read(r#"{"email_verified":true,"can_a:x":true,"can_b:y":true}"#, &rule(&[], Some("can_"))),
        expected
    );
    let namespaced = rule(&["https://acme.example/app", "a.b/c"], None);
    assert_eq!(
        read(r#"{"https://acme.example/app":{"a.b/c":["a:x","b:y"]}}"#, &namespaced),
        expected
    );
}

#[test]
fn an_absent_claim_is_not_an_empty_one() {
    assert_eq!(read(r#"{"permissions":[]}"#, &permissions()), Ok(Vec::new()));
    assert_eq!(read(r#"{"permissions":""}"#, &permissions()), Ok(Vec::new()));
    assert!(
        read("{}", &permissions())
            .unwrap_err()
            .starts_with("`permissions`: the token has no such claim")
    );
    assert!(read(r#"{"a":{}}"#, &rule(&["a", "b"], None)).unwrap_err().starts_with("`a.b`"));
    assert_eq!(
        read(r#"{"permissions":null}"#, &permissions()).unwrap_err(),
        "`permissions`: the token has no such claim; name the right one in the option `claims`, or set `absentIsEmpty: true` there if users without permissions have no such claim"
    );
    assert_eq!(
        read(r#"{"permissions":{"a":1}}"#, &permissions()).unwrap_err(),
        "`permissions.a`: a boolean, array or object is needed, not a number"
    );
    assert_eq!(
        read(r#"{"permissions":["a",1]}"#, &permissions()).unwrap_err(),
        "`permissions[1]`: a string or an object is needed, not a number"
    );
    assert_eq!(
        read(r#"{"a":"x"}"#, &rule(&["a", "b"], None)).unwrap_err(),
        "`a`: an object is needed, not a string"
    );
}

#[test]
fn f37_long_keys_above_many_members_are_refused_before_they_are_joined() {
    let members: Vec<String> =
        (0..30_000).map(|n| ["\"", &n.to_string(), "\":true"].concat()).collect();
    let roles = ["{\"", &"K".repeat(300_000), "\":{", &members.join(","), "}}"].concat();
    let claims = [r#"{"realm_access":{"roles":"#, &roles, "}}"].concat();
    let token = Token::decode_unverified(&token(&claims)).unwrap();
    for target in [ClaimTarget::Roles, ClaimTarget::Permissions] {
        let rule = ClaimRule::at(&["realm_access", "roles"], target);
        let error = read_token(&Reading::default(), &token, &[rule]).unwrap_err();
        assert!(error.to_string().ends_with(&PermissionError::TooLong.to_string()));
    }
}

#[test]
fn a_claim_that_users_can_edit_is_refused_in_every_spelling() {
    let refused = ClaimErrorKind::UserEditable.sentence();
    for path in
        [r#"["user_metadata","roles"]"#, r#"["unsafe_metadata","roles"]"#, r#""/user_metadata""#]
    {
        let rule = [r#"{"path":"#, path, r#","target":"roles"}"#].concat();
        assert!(ClaimRule::parse_all(&rule).unwrap_err().to_string().contains(refused));
    }
    let of_any_case = r#"{"path":["User_Metadata","roles"],"target":"roles","ignoreCase":true}"#;
    assert!(ClaimRule::parse_all(of_any_case).unwrap_err().to_string().contains(refused));
    let token = token(r#"{"user_metadata":{"roles":["admin"]}}"#);
    let token = Token::decode_unverified(&token).unwrap();
    let rules = ClaimRule::parse_all(r#"{"path":["{tenant}","roles"],"target":"roles"}"#).unwrap();
    let reading = Reading { tenant: Some("user_metadata".into()), ..Reading::default() };
    assert!(read_token(&reading, &token, &rules).unwrap_err().to_string().contains(refused));
}

proptest! {
    #[test]
    fn arbitrary_input_causes_no_panic(text in "\\PC{0,80}", json in "[\\[\\]{}\",:a-z0-9*]{0,60}") {
        let _ = ClaimRule::parse_all(&text);
        let _ = ClaimRule::parse_all(&json);
        let _ = super::read(&Reading::default(), &text, &[]);
        let rules = [permissions(), rule(&[], None)];
        let _ = super::read(&Reading::default(), &token(&json), &rules);
    }
}
