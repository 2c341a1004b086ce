//! Documents, tokens and headers: the forms that are read, and errors that name their path.

use alloc::string::{String, ToString};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::*;
use crate::{Outcome, Requirement, Resource};

fn error(text: &str) -> String {
    Document::parse(text).unwrap_err().to_string()
}

#[test]
fn an_object_is_read_with_all_its_keys() {
    let document = Document::parse(
        r#"{"subject":"u-17","tenant":"acme","version":42,"ttl":300,"permissions":["invoice:view","report:*"],
            "denied":["report:delete"],"grants":[{"permission":"invoice:edit","resource":"t/acme/*","effect":"allow"}],
            "roles":["accountant"],"unknown":{"x":1}}"#,
    )
    .unwrap();
    assert_eq!(document.subject.as_deref(), Some("u-17"));
    assert_eq!(document.version, Some(42));
    assert_eq!(document.ttl_seconds, Some(300));
    let set = document.into_set();
    let outcome = |text: &str, resource: Option<&str>| {
        let resource = resource.map(|text| Resource::parse(text).unwrap());
        set.decide(&Requirement::parse(text).unwrap(), resource.as_ref()).outcome
    };
    assert_eq!(outcome("invoice:view & report:print", None), Outcome::Granted);
    assert_eq!(outcome("report:delete", None), Outcome::Denied);
    assert_eq!(outcome("invoice:edit", None), Outcome::Denied);
    assert_eq!(outcome("invoice:edit", Some("t/acme/1")), Outcome::Granted);
    assert_eq!(outcome("role(accountant)", None), Outcome::Granted);
    assert_eq!(outcome("group(staff)", None), Outcome::Unknown);
}

#[test]
fn an_array_of_names_is_a_document() {
    let document = Document::parse(r#"["a:x","b:*"]"#).unwrap();
    assert_eq!(document.grants.len(), 2);
    assert_eq!(Document::parse("[]").unwrap().grants.len(), 0);
    assert_eq!(Document::parse(r#"{"permissions":[]}"#).unwrap().grants.len(), 0);
}

#[test]
fn f39_wrong_types_name_their_path() {
    assert_eq!(error("null"), "an object or an array is needed, not null");
    assert_eq!(error("42"), "an object or an array is needed, not a number");
    assert_eq!(error(r#"{"permissions":null}"#), "`permissions`: an array is needed, not null");
    assert_eq!(error(r#"{"permissions":"a"}"#), "`permissions`: an array is needed, not a string");
    assert_eq!(error(r#"["a",7]"#), "`[1]`: a string is needed, not a number");
    assert_eq!(
        error(r#"{"permissions":[],"denied":{}}"#),
        "`denied`: an array is needed, not an object"
    );
    assert_eq!(
        error(r#"{"permissions":[],"version":"42"}"#),
        "`version`: a whole number is needed, not a string"
    );
    assert_eq!(
        error(r#"{"permissions":[],"version":4.5}"#),
        "`version`: a whole number is needed, not another number"
    );
    assert_eq!(
        error(r#"{"permissions":[],"ttl":-1}"#),
        "`ttl`: a whole number is needed, not another number"
    );
    assert_eq!(
        error(r#"{"permissions":[],"subject":7}"#),
        "`subject`: a string is needed, not a number"
    );
    assert_eq!(
        error(r#"{"grants":[{"permission":"a"},{}]}"#),
        "`grants[1].permission`: a string is needed, not null"
    );
    assert_eq!(
        error(r#"{"grants":[{"permission":"a","effect":"maybe"}]}"#),
        "`grants[0].effect`: use one of `allow`, `deny`"
    );
    assert!(
        error(r#"{"permissions":["inv*"]}"#)
            .starts_with("`permissions[0]`: `*` must stand for a whole segment")
    );
    assert!(error("{}").contains("send an empty `permissions`"));
    assert!(error(r#"{"permissions":[],"permissions":["a"]}"#).contains("has the same key twice"));
    assert!(error("[] []").contains("text follows"));
}

#[test]
fn an_html_page_is_named_in_the_error() {
    assert!(error("\n<!doctype html><title>x</title>").contains("HTML page"));
}

fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    [part(r#"{"alg":"HS256"}"#), part(claims), part("signature")].join(".")
}

#[test]
fn tokens_are_decoded_strictly() {
    let decode = |text: &str| Token::decode_unverified(text).unwrap_err();
    let good = token(r#"{"sub":"u","iss":"i","exp":1700000000.5}"#);
    let read = Token::decode_unverified(&good).unwrap();
    assert_eq!(
        (read.subject(), read.issuer(), read.expires_seconds()),
        (Some("u"), Some("i"), Some(1_700_000_000))
    );
    assert_eq!(decode(""), TokenError::NotThreeParts);
    assert_eq!(decode("a.b"), TokenError::NotThreeParts);
    assert_eq!(decode("a.b.c.d"), TokenError::NotThreeParts);
    assert_eq!(decode("a.b.c.d.e"), TokenError::Encrypted);
    assert_eq!(decode(&[&good, "="].concat()), TokenError::NotBase64Url);
    assert_eq!(decode("e30=.e30.c"), TokenError::NotBase64Url);
    assert_eq!(decode("e31.e30."), TokenError::NotBase64Url);
    assert_eq!(decode("e+0.e30."), TokenError::NotBase64Url);
    assert_eq!(decode("e30.gA."), TokenError::NotUtf8);
    assert!(matches!(decode("e30.e30K"), TokenError::NotThreeParts));
    assert!(matches!(decode(&token("{\"a\":1,\"a\":2}")), TokenError::Json(_)));
    assert!(matches!(decode(&token("\u{feff}{}")), TokenError::Json(_)));
    assert_eq!(decode(&token("[]")), TokenError::NotAnObject);
    assert_eq!(decode(&token("null")), TokenError::NotAnObject);
    assert_eq!(decode(&token(r#"{"exp":"1700000000"}"#)), TokenError::BadTime("exp"));
    assert_eq!(decode(&token(r#"{"nbf":null}"#)), TokenError::BadTime("nbf"));
    assert_eq!(decode(&token(r#"{"iat":1e400}"#)), TokenError::BadTime("iat"));
    assert_eq!(decode(&"a".repeat(MAX_TOKEN_BYTES + 1)), TokenError::TooLong);
}

#[test]
fn the_version_header_is_a_structured_integer_with_a_subject() {
    let parse = VersionHeader::parse;
    let unnamed = |version| Some(VersionHeader { version, subject: None });
    let named =
        |version, subject: &str| Some(VersionHeader { version, subject: Some(subject.into()) });
    for (text, expected) in [
        ("42", unnamed(42)),
        ("042", unnamed(42)),
        ("999999999999999", unnamed(999_999_999_999_999)),
        (" 42;sub=\"u-17\" ", named(42, "u-17")),
        ("42; sub=\"a\\\"b\\\\\"", named(42, "a\"b\\")),
        ("7;x=\"y\";sub=\"u\"", named(7, "u")),
        // A token, and the digits of an integer.
        ("42;sub=u-17", named(42, "u-17")),
        ("42;sub=auth0:u/17*", named(42, "auth0:u/17*")),
        ("42;sub=17", named(42, "17")),
        ("42;sub=\"a\";sub=\"b\"", named(42, "b")),
    ] {
        assert_eq!(parse(text), expected, "{text}");
    }
    // Unknown parameters of any type are ignored (RFC 9651 §3.1.2).
    for unknown in [
        "a",
        "*a",
        "a-b.c_d*",
        "a=1",
        "a=-1",
        "a=1.5",
        "a=\"s\"",
        "a=t",
        "a=?0",
        "a=?1",
        "a=:aGk=:",
        "a=::",
        "a=@1659578233",
        "a=%\"f%c3%bc\"",
    ] {
        assert_eq!(parse(&["42;", unknown, ";sub=\"u\""].concat()), named(42, "u"), "{unknown}");
        assert_eq!(parse(&["42;sub=u; ", unknown].concat()), named(42, "u"), "{unknown}");
    }
    for text in [
        "",
        " ",
        "-1",
        "4.2",
        "42 43",
        "42, 43",
        // Two headers that a proxy or `fetch` has joined.
        "42;sub=\"u\", 42;sub=\"u\"",
        "\"42\"",
        "9999999999999999",
        "42;",
        "42;sub",
        "42;sub=",
        "42;sub=?1",
        "42;sub=1.5",
        "42;sub=\"u",
        "42;sub=\"u\"x",
        "42;sub=\"\u{fc}\"",
        "42;Sub=\"u\"",
        "42 ;sub=\"u\"",
        "42;a=?2",
        "42;a=:a",
        "42;a=1.",
        "42;a=@",
        "42;\u{fc}=1",
        "42\t",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
    let header = VersionHeader { version: 9, subject: Some("a\"\\b".into()) };
    assert_eq!(parse(&header.to_string()), Some(header));
}

proptest! {
    #[test]
    fn arbitrary_input_causes_no_panic(text in "\\PC{0,80}", json in "[\\[\\]{}\",:a-z0-9*]{0,60}") {
        let _ = Document::parse(&text);
        let _ = Document::parse(&json);
        let _ = Token::decode_unverified(&text);
        let _ = Token::decode_unverified(&token(&json));
        let _ = VersionHeader::parse(&text);
    }

    #[test]
    fn a_written_document_has_the_same_meaning_when_read(
        permissions in prop::collection::vec("[a-c]:[a-c*]", 0..6),
        denied in prop::collection::vec("[a-c]:[a-c*]", 0..3),
        subject in proptest::option::of("\\PC{1,8}"),
        version in proptest::option::of(any::<u64>()),
        question in "[a-c]:[a-c]",
    ) {
        let mut text = crate::json::Writer::default();
        text.open_object();
        text.key("permissions");
        text.strings(permissions.iter().map(String::as_str));
        text.key("denied");
        text.strings(denied.iter().map(String::as_str));
        text.close_object();
        let document = Document { subject, version, ..Document::parse(&text.finish()).unwrap() };
        let again = Document::parse(&document.to_json()).unwrap();
        prop_assert_eq!(&document.subject, &again.subject);
        prop_assert_eq!(document.version, again.version);
        let requirement = Requirement::parse(&question).unwrap();
        let (first, second) = (document.into_set(), again.into_set());
        prop_assert_eq!(first.decide(&requirement, None).outcome, second.decide(&requirement, None).outcome);
    }
}
