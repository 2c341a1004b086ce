//! `WWW-Authenticate`: challenges that are written are read back unchanged, and an invalid token
//! takes precedence over all other challenges.

use permgate_core::wire::{Challenge, MAX_CHALLENGE_BYTES, MAX_CHALLENGES, Refusal};

/// An input is the value of the header.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let challenges = Challenge::parse_all(&text);
    assert!(challenges.len() <= MAX_CHALLENGES);
    assert!(text.len() <= MAX_CHALLENGE_BYTES || challenges.is_empty());
    for challenge in &challenges {
        assert!(!challenge.scheme.is_empty());
        assert_eq!(challenge.scheme, challenge.scheme.to_ascii_lowercase());
        assert!(challenge.token68.is_none() || challenge.parameters.is_empty());
        for (name, _) in &challenge.parameters {
            let first = challenge.parameters.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
            let value = challenge.parameter(&name.to_ascii_uppercase());
            assert_eq!(value, first.map(|(_, value)| value.as_str()));
        }
    }
    let header = header(&challenges);
    assert_eq!(Challenge::parse_all(&header), challenges);
    quoted_values_are_read_unchanged(&text);
    let refusal = Refusal::of(Some(&text));
    assert_eq!(Refusal::of(Some(&header)), refusal);
    let bare = text.replace('\\', "");
    match &refusal {
        Refusal::StepUp(_) => assert!(bare.contains("insufficient_user_authentication")),
        Refusal::DpopNonce => assert!(bare.contains("use_dpop_nonce")),
        Refusal::Credentials => {}
    }
    if challenges.len() < MAX_CHALLENGES {
        let with = |more: &str| Refusal::of(Some(&[&header, ", ", more].concat()));
        assert_eq!(with("DPoP error=invalid_token"), Refusal::Credentials);
        assert_eq!(with("Basic realm=\"a\", error=invalid_token"), refusal);
        assert_eq!(with("Bearer"), refusal);
    }
}

fn quoted_values_are_read_unchanged(text: &str) {
    let value: String = text.chars().filter(|c| !c.is_ascii_control() || *c == '\t').collect();
    let parameters = vec![("a".to_owned(), value)];
    let challenges = [Challenge { scheme: "x".to_owned(), parameters, token68: None }];
    assert_eq!(Challenge::parse_all(&header(&challenges)), challenges);
}

/// The challenges as text, with each value quoted and each of its characters escaped.
fn header(challenges: &[Challenge]) -> String {
    let mut text = String::new();
    for challenge in challenges {
        text.push_str(", ");
        text.push_str(&challenge.scheme);
        if let Some(token68) = &challenge.token68 {
            text.push(' ');
            text.push_str(token68);
        }
        for (index, (name, value)) in challenge.parameters.iter().enumerate() {
            text.push_str(if index == 0 { " " } else { "," });
            text.push_str(name);
            text.push_str("=\"");
            for character in value.chars() {
                text.push('\\');
                text.push(character);
            }
            text.push('"');
        }
    }
    text
}
