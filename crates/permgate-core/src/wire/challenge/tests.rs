//! Challenges: the examples of the standards, rare forms, and the demand of each.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

/// Challenges in a short form: `scheme name=value name=value`, or `scheme <token68>`.
fn read(value: &str) -> Vec<String> {
    let challenges = Challenge::parse_all(value);
    challenges
        .iter()
        .map(|challenge| {
            let mut text = challenge.scheme.clone();
            for (name, value) in &challenge.parameters {
                text += &format!(" {name}={value}");
            }
            if let Some(token68) = &challenge.token68 {
                text += &format!(" <{token68}>");
            }
            text
        })
        .collect()
}

fn step_up(acr_values: Option<&str>, max_age_seconds: Option<u64>) -> Refusal {
    let acr_values = acr_values.map(String::from);
    Refusal::StepUp(StepUp { acr_values, max_age_seconds, scope: None })
}

#[test]
fn the_examples_of_the_standards_are_read() {
    for (value, expected) in [
        // RFC 9110 §11.6.1, where a list of challenges holds lists of parameters.
        (
            "Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"",
            &["basic realm=simple", "newauth realm=apps type=1 title=Login to \"apps\""][..],
        ),
        // RFC 6750 §3
        ("Bearer realm=\"example\"", &["bearer realm=example"]),
        (
            "Bearer realm=\"example\", error=\"invalid_token\", error_description=\"The access token expired\"",
            &[
                "bearer realm=example error=invalid_token error_description=The access token expired",
            ],
        ),
        // RFC 9449 §7.1
        ("DPoP algs=\"ES256 PS256\"", &["dpop algs=ES256 PS256"]),
        // RFC 4559 §5
        ("Negotiate a87421000492aa874209af8bc028", &["negotiate <a87421000492aa874209af8bc028>"]),
    ] {
        assert_eq!(read(value), expected, "{value}");
    }
}

#[test]
fn lists_in_every_allowed_form_are_read() {
    for (value, expected) in [
        ("", &[][..]),
        (" , ,\t,", &[]),
        ("Basic", &["basic"]),
        (" Basic ,, Bearer , ", &["basic", "bearer"]),
        ("\tBasic,\tBearer\t", &["basic", "bearer"]),
        ("Negotiate, Basic realm=x", &["negotiate", "basic realm=x"]),
        ("Negotiate ab==, Basic", &["negotiate <ab==>", "basic"]),
        ("Negotiate a/b+c-._~==  , Basic", &["negotiate <a/b+c-._~==>", "basic"]),
        ("X a=", &["x <a=>"]),
        ("X a=b", &["x a=b"]),
        ("X a==b", &["x"]),
        ("X a = b", &["x a=b"]),
        ("X a\t= \"b\" ,c=d", &["x a=b c=d"]),
        ("X  ,, a=1,, ,b=2", &["x a=1 b=2"]),
        ("X a=\"\"", &["x a="]),
        ("X a=\"1, Y b=2\", Z", &["x a=1, Y b=2", "z"]),
        ("X a=\"\\\\ \\\" \\x\"", &["x a=\\ \" x"]),
        ("X a=\"é\u{FF}\t\"", &["x a=é\u{FF}\t"]),
        ("X a=!#$%&'*+-.^_`|~", &["x a=!#$%&'*+-.^_`|~"]),
        ("a=b", &[]),
        ("X a=1, realm =2", &["x a=1 realm=2"]),
    ] {
        assert_eq!(read(value), expected, "{value}");
    }
}

#[test]
fn a_malformed_challenge_ends_the_list() {
    for (value, expected) in [
        ("X a=1, \"b\"", &["x a=1"][..]),
        ("X a=1 b=2, Y", &["x a=1"]),
        ("X a=\"1, Y", &["x"]),
        ("X a=\"1\\", &["x"]),
        ("X a=\"1\"2, Y", &["x a=1"]),
        ("X a=,b=1", &["x <a=>"]),
        ("X a=1, b=, Y", &["x a=1"]),
        ("X;q=1, Y", &["x"]),
        ("X/ab, Y", &["x"]),
        ("X a;b=1", &["x"]),
        ("Negotiate ab, realm=x, Y", &["negotiate <ab>"]),
        ("X a=\"\0\", Y", &["x"]),
        ("X a=\"\\\n\", Y", &["x"]),
        ("X a=é, Y", &["x"]),
        ("é", &[]),
        ("=", &[]),
    ] {
        assert_eq!(read(value), expected, "{value}");
    }
}

#[test]
fn the_bytes_of_a_value_and_the_number_of_its_challenges_are_bounded() {
    let longest = "X a=".to_string() + &"b".repeat(MAX_CHALLENGE_BYTES - 4);
    assert_eq!(Challenge::parse_all(&longest).len(), 1);
    assert_eq!(Challenge::parse_all(&(longest + "b")).len(), 0);
    assert_eq!(Challenge::parse_all(&"X a=1, ".repeat(1000)).len(), MAX_CHALLENGES);
}

#[test]
fn parameters_are_found_in_upper_and_lower_case() {
    let challenges = Challenge::parse_all("Bearer Error=a, ERROR=b, scope=\"x y\"");
    let challenge = challenges.first().unwrap();
    assert_eq!(challenge.parameter("error"), Some("a"));
    assert_eq!(challenge.parameter("SCOPE"), Some("x y"));
    assert_eq!(challenge.parameter("realm"), None);
}

#[test]
fn f17_a_step_up_is_no_loss_of_credentials() {
    // RFC 9470 §3
    let level = "Bearer error=\"insufficient_user_authentication\", error_description=\"A different authentication level is required\", acr_values=\"myACR\"";
    assert_eq!(Refusal::of(Some(level)), step_up(Some("myACR"), None));
    let age = "Bearer error=\"insufficient_user_authentication\", error_description=\"More recent authentication is required\", max_age=\"5\"";
    assert_eq!(Refusal::of(Some(age)), step_up(None, Some(5)));
    for (rest, expected) in [
        ("", step_up(None, None)),
        (", max_age=300", step_up(None, Some(300))),
        (", max_age=\"\"", step_up(None, None)),
        (", max_age=\"+5\"", step_up(None, None)),
        (", max_age=\"-5\"", step_up(None, None)),
        (", max_age=\"1e3\"", step_up(None, None)),
        (", max_age=99999999999999999999", step_up(None, None)),
        (", ACR_values=\"urn:a urn:b\", Basic", step_up(Some("urn:a urn:b"), None)),
        // The rest cannot be read; the part before it is enough.
        (" acr_values=\"a\"", step_up(None, None)),
    ] {
        for scheme in ["Bearer", "DPoP", "bearer", "DPOP"] {
            let value = format!("{scheme} error=insufficient_user_authentication{rest}");
            assert_eq!(Refusal::of(Some(&value)), expected, "{value}");
            let value = format!("Basic realm=\"a, b\", {value}");
            assert_eq!(Refusal::of(Some(&value)), expected, "{value}");
        }
    }
    let value = "Bearer error=insufficient_user_authentication, scope=\"a b\"";
    let scope = Some("a b".into());
    let expected = Refusal::StepUp(StepUp { scope, ..StepUp::default() });
    assert_eq!(Refusal::of(Some(value)), expected);
}

#[test]
fn f17_a_nonce_is_no_loss_of_credentials() {
    // RFC 9449 §9
    let value = "DPoP error=\"use_dpop_nonce\", error_description=\"Resource server requires nonce in DPoP proof\"";
    assert_eq!(Refusal::of(Some(value)), Refusal::DpopNonce);
    let value = "Bearer realm=\"x\", DPoP algs=\"ES256\", error=\"use_dpop_nonce\"";
    assert_eq!(Refusal::of(Some(value)), Refusal::DpopNonce);
}

#[test]
fn f17_any_other_challenge_is_a_loss_of_credentials() {
    for value in [
        "",
        "Bearer",
        "Bearer realm=\"example\"",
        "Bearer error=\"invalid_token\"",
        "Bearer error=\"Insufficient_User_Authentication\"",
        "Bearer error=\"use_dpop_nonce\"",
        "Basic error=\"insufficient_user_authentication\"",
        "Basic error=\"use_dpop_nonce\"",
        "Bearer error_description=\"error=\\\"insufficient_user_authentication\\\"\"",
        "Bearer x=\"y\", Other error=\"insufficient_user_authentication\"",
        "Bearer error=\"x\", error=\"insufficient_user_authentication\"",
        "DPoP error=\"invalid_token\", error_description=\"Invalid DPoP key binding\", algs=\"ES256\"",
        "error=\"insufficient_user_authentication\"",
        "<html>",
    ] {
        assert_eq!(Refusal::of(Some(value)), Refusal::Credentials, "{value}");
    }
    assert_eq!(Refusal::of(None), Refusal::Credentials);
}

#[test]
fn f17_of_several_challenges_the_most_severe_one_counts() {
    let step = "Bearer error=\"insufficient_user_authentication\", max_age=5";
    let other_step = "DPoP error=\"insufficient_user_authentication\", max_age=9";
    let (nonce, invalid) = ("DPoP error=\"use_dpop_nonce\"", "DPoP error=\"invalid_token\"");
    for (challenges, expected) in [
        ([step, other_step], step_up(None, Some(5))),
        ([step, nonce], step_up(None, Some(5))),
        ([nonce, step], step_up(None, Some(5))),
        ([step, invalid], Refusal::Credentials),
        ([invalid, step], Refusal::Credentials),
        ([nonce, invalid], Refusal::Credentials),
        ([step, "Bearer realm=\"x\""], step_up(None, Some(5))),
        ([step, "Bearer error=\"insufficient_scope\""], step_up(None, Some(5))),
        ([step, "Basic error=\"invalid_token\""], step_up(None, Some(5))),
    ] {
        assert_eq!(Refusal::of(Some(&challenges.join(", "))), expected, "{challenges:?}");
    }
}

proptest! {
    #[test]
    fn f37_an_arbitrary_value_causes_no_panic(text in "\\PC{0,60}", likely in "[a-cA-C0=,;\" \\\\\t]{0,40}") {
        let _ = Refusal::of(Some(&text));
        let _ = Refusal::of(Some(&likely));
    }

    #[test]
    fn quoted_values_are_read(
        values in prop::collection::vec("[ -~\t\u{80}-\u{2FF}]{0,12}", 1..5),
    ) {
        let mut text = String::from("Bearer ");
        for (index, value) in values.iter().enumerate() {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            text += &format!("p{index}=\"{quoted}\",");
        }
        text += " Basic";
        let challenges = Challenge::parse_all(&text);
        prop_assert_eq!(challenges.len(), 2);
        for (index, value) in values.iter().enumerate() {
            let name = format!("P{index}");
            prop_assert_eq!(challenges[0].parameter(&name), Some(value.as_str()));
        }
    }
}
