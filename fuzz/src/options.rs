//! Options, claim rules, role maps and the version header: values are in bounds, and errors have a text.

use crate::input::Input;
use permgate_claims::ClaimRule;
use permgate_core::Language;
use permgate_core::session::{Config, Event, Millis, Now, Session};
use permgate_core::session::{TIMEOUT_MIN, TTL_MAX, TTL_MIN};
use permgate_core::wire::{RoleMap, VersionHeader};

/// An input: `0` options, `1` claim rules, `2` a role map, `3` the header; then the text.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let what = input.choice(&[0, 1, 2, 3]);
    let text = match what {
        2 => return roles(input.language(), &input.text()),
        _ => input.text(),
    };
    match what {
        0 => options(&text),
        1 => match ClaimRule::parse_all(&text) {
            Ok(rules) => rules.iter().for_each(rule),
            Err(error) => assert!(!error.to_string().is_empty()),
        },
        _ => header(&text),
    }
}

fn options(text: &str) {
    let config = match Config::parse(text) {
        Ok(config) => config,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(TTL_MIN <= config.lifetimes.ttl && config.lifetimes.ttl <= TTL_MAX);
    assert!(config.lifetimes.stale <= TTL_MAX);
    assert!(TIMEOUT_MIN <= config.lifetimes.timeout && config.lifetimes.timeout <= TTL_MAX);
    match permgate_claims::of_options(text) {
        Ok(rules) => {
            assert_eq!(config.reads_claims, !rules.is_empty());
            rules.iter().for_each(rule);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let now = Now { wall: Millis(1_700_000_000_000), monotonic: Millis(0) };
    let mut session = Session::new(now, config);
    drop(session.handle(now, Event::Started { bootstrap: None, stored: None }));
}

/// A rule never reads claims that users can edit.
fn rule(rule: &ClaimRule) {
    let first = rule.path.first().map(String::as_str).unwrap_or_default();
    for editable in ["user_metadata", "unsafe_metadata"] {
        assert!(!first.eq_ignore_ascii_case(editable), "{first}");
    }
}

fn roles(language: Language, text: &str) {
    if let Err(error) = RoleMap::parse(text, language) {
        assert!(!error.to_string().is_empty());
    }
}

fn header(text: &str) {
    if let Some(header) = VersionHeader::parse(text) {
        assert_eq!(VersionHeader::parse(&header.to_string()), Some(header));
    }
}
