//! Tokens: a token is read as it was written, and its claims give the permissions of their rules.

use crate::input::Input;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_claims::{ClaimRule, read_token};
use permgate_core::json::Value;
use permgate_core::wire::{Document, Policies, Reading, RoleMap, Token};
use permgate_core::{Catalogue, Outcome, Pattern, Requirement};
use std::sync::{Arc, OnceLock};

/// Claims that users can edit.
const USER_EDITABLE: [&str; 2] = ["user_metadata", "unsafe_metadata"];

/// Every preset, plain and with its options.
pub(crate) const PRESETS: [&str; 17] = [
    "keycloak",
    "keycloak-rpt",
    "auth0",
    "entra",
    "okta",
    "cognito",
    "spring",
    "clerk",
    "workos",
    "kinde",
    "descope",
    "zitadel",
    "supabase",
    "hasura",
    "firebase",
    "aspnet",
    "rfc9068",
];

/// An input: dialect, separator, tenant, policies, form; then a line of claim rules. The rest is
/// the claims (`0`), a whole token (`1`) or three lines that become its parts (`2`).
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let tenant = input.choice(&[None, Some("acme"), Some("user_metadata")]);
    let policies = input.choice(&[false, true]);
    let form = input.choice(&[0, 1, 2]);
    let reading = Reading {
        language,
        tenant: tenant.map(str::to_owned),
        policies: if policies { fixed_policies(language) } else { Policies::default() },
        ..Reading::default()
    };
    let text = input.text();
    let (rules, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let token = match form {
        0 => of_claims(rest),
        1 => read(rest),
        _ => {
            let mut parts = rest.splitn(3, '\n').map(|part| URL_SAFE_NO_PAD.encode(part));
            let mut part = || parts.next().unwrap_or_default();
            read(&[part(), part(), part()].join("."))
        }
    };
    let Some(token) = token else { return };
    for (with_scopes, rules) in presets() {
        if let Some(document) = claims(&reading, &token, rules)
            && !with_scopes
        {
            assert!(
                document.memberships.scopes.is_none(),
                "scopes are read without a rule for them"
            );
        }
    }
    match ClaimRule::parse_all(rules) {
        Ok(rules) => drop(claims(&reading, &token, &rules)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// The rules of all presets, and whether scopes are read.
pub(crate) fn presets() -> &'static [(bool, Vec<ClaimRule>)] {
    static RULES: OnceLock<Vec<(bool, Vec<ClaimRule>)>> = OnceLock::new();
    RULES.get_or_init(|| {
        let mut all = Vec::new();
        for name in PRESETS {
            let rules = ClaimRule::parse_all(&format!("{name:?}")).unwrap();
            all.push((false, rules));
            let more = format!(
                r#"{{"preset":{name:?},"client":"my-spa","scopes":true,"absentIsEmpty":true}}"#
            );
            all.push((true, ClaimRule::parse_all(&more).unwrap()));
        }
        all
    })
}

fn fixed_policies(language: permgate_core::Language) -> Policies {
    let catalogue = r#"{"id":"1","permissions":["a","b","invoice","view"]}"#;
    let roles = r#"{"a":["a"],"b":{"permissions":["*"],"denied":["b"]},"user":["view"]}"#;
    Policies {
        catalogue: Catalogue::parse(catalogue, language).ok().map(Arc::new),
        roles: RoleMap::parse(roles, language).ok(),
    }
}

/// A token with these claims, which can be read if they are an object with valid dates.
fn of_claims(claims: &str) -> Option<Token> {
    let text = [&URL_SAFE_NO_PAD.encode("{}"), ".", &URL_SAFE_NO_PAD.encode(claims), "."].concat();
    let token = read(&text);
    match (&token, Value::parse(claims)) {
        (Some(token), claims) => assert_eq!(Ok(&token.claims), claims.as_ref()),
        (None, Ok(claims @ Value::Object(_))) => {
            assert!(["exp", "nbf", "iat"].iter().any(|date| claims.member(date).is_some()));
        }
        (None, _) => {}
    }
    token
}

/// Reads a token, and checks that no other text gives the same result.
fn read(text: &str) -> Option<Token> {
    let texts = Token::texts_unverified(text);
    let token = match Token::decode_unverified(text) {
        Ok(token) => token,
        Err(error) => {
            assert_eq!(texts.unwrap_err(), error);
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    let [header, claims] = texts.unwrap();
    assert_eq!(Value::parse(&header).as_ref(), Ok(&token.header));
    assert_eq!(Value::parse(&claims).as_ref(), Ok(&token.claims));
    let parts: Vec<&str> = text.split('.').collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[0], URL_SAFE_NO_PAD.encode(header));
    assert_eq!(parts[1], URL_SAFE_NO_PAD.encode(claims));
    Some(token)
}

/// Reads claims, and checks properties of all results.
pub(crate) fn claims(reading: &Reading, token: &Token, rules: &[ClaimRule]) -> Option<Document> {
    let result = read_token(reading, token, rules);
    let without = read_token(reading, &without_user_editable(token), rules);
    assert_eq!(result, without, "a claim that users can edit has an effect");
    let document = match result {
        Ok(claimed) => claimed.document,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    assert_eq!(document.subject.as_deref(), token.subject());
    for grant in &document.grants {
        let again = Pattern::parse_in(grant.pattern.as_str(), reading.language);
        assert_eq!(again.as_ref(), Ok(&grant.pattern));
    }
    let says_nothing = document.is_silent && document.grants.is_empty();
    let set = document.clone().into_set();
    for text in ["a", "invoice", "!view", "role(user) & group(a) | scope(openid)"] {
        let requirement = Requirement::parse_in(text, reading.language).unwrap();
        let decision = set.decide(&requirement, None);
        assert!(!decision.to_string().is_empty());
        if says_nothing && !text.contains('(') {
            assert_eq!(decision.outcome, Outcome::Unknown);
        }
    }
    Some(document)
}

/// The same token without the claims that users can edit.
fn without_user_editable(token: &Token) -> Token {
    let mut token = token.clone();
    let Value::Object(members) = &mut token.claims else { return token };
    for (_, value) in members.iter_mut().filter(|(key, _)| USER_EDITABLE.contains(&key.as_str())) {
        match value {
            Value::Bool(_) => {}
            Value::Object(members) => {
                members.iter_mut().for_each(|(_, value)| *value = Value::Null);
            }
            other => *other = Value::Object(Vec::new()),
        }
    }
    token
}
