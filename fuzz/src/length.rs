//! Texts of the longest allowed length, with any repeated part: reading and deciding ends quickly
//! (libFuzzer's time limit for one input checks this).

use crate::input::Input;
use crate::token;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_claims::{ClaimRule, read_token};
use permgate_core::requirement::MAX_REQUIREMENT_BYTES;
use permgate_core::wire::{Layout, Reading, RoleMap, Token};
use permgate_core::{Catalogue, Language, PermissionSet, Requirement, Resource};

const KIB: usize = 1024;

/// An input: dialect, separator, kind of text, length; then three lines: the beginning, the
/// repeated part and the end of the text. In the repeated part, `#` is the number of the
/// repetition.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let what = input.choice(&[0, 1, 2, 3, 4, 5, 6, 7]);
    let length = input.choice(&[16 * KIB, 128 * KIB, 700 * KIB]);
    let text = input.text();
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (begin, unit, end) = (line(), line(), line());
    let fill = |length: usize| filled(begin, unit, end, length);
    let document = |layout| {
        let reading = Reading { language, layout, ..Reading::default() };
        if let Ok(document) = reading.document(&fill(length)) {
            assert!(!document.to_json().is_empty());
            decide(&document.into_set(), language);
        }
    };
    match what {
        0 => document(Layout::Document),
        1 => document(Layout::ByResource),
        2 => document(Layout::ByAction),
        3 => claims(language, &fill(length)),
        4 => {
            drop(Catalogue::parse(&fill(length), language));
            drop(RoleMap::parse(&fill(length), language));
            drop(ClaimRule::parse_all(&fill(length)));
        }
        5 => {
            if let Ok(requirement) = Requirement::parse_in(&fill(MAX_REQUIREMENT_BYTES), language) {
                drop(requirement.to_string());
                drop(PermissionSet::default().decide(&requirement, None).to_string());
            }
        }
        6 => drop(Token::decode_unverified(&fill(length))),
        _ => drop(permgate_core::wire::VersionHeader::parse(&fill(length))),
    }
}

/// The text, with at most `length` bytes, unless its beginning and end are longer.
fn filled(begin: &str, unit: &str, end: &str, length: usize) -> String {
    let mut text = String::from(begin);
    let mut pieces = unit.split('#');
    let first = pieces.next().unwrap_or_default();
    let rest: Vec<&str> = pieces.collect();
    for number in 0.. {
        let before = text.len();
        text.push_str(first);
        for piece in &rest {
            text.push_str(&number.to_string());
            text.push_str(piece);
        }
        if text.len() == before || text.len() + end.len() > length {
            text.truncate(before);
            break;
        }
    }
    text.push_str(end);
    text
}

fn claims(language: Language, claims: &str) {
    let text = [&URL_SAFE_NO_PAD.encode("{}"), ".", &URL_SAFE_NO_PAD.encode(claims), "."].concat();
    let Ok(token) = Token::decode_unverified(&text) else { return };
    let reading = Reading { language, tenant: Some("acme".to_owned()), ..Reading::default() };
    for (_, rules) in token::presets() {
        if let Ok(claimed) = read_token(&reading, &token, rules) {
            decide(&claimed.document.into_set(), language);
        }
    }
}

fn decide(set: &PermissionSet, language: Language) {
    let resource = Resource::parse("a/b/c/d").unwrap();
    for text in ["a", "*", "a:*:b", "a.*.b", "role(a) & !group(b) | scope(c)"] {
        if let Ok(requirement) = Requirement::parse_in(text, language) {
            assert!(!set.decide(&requirement, None).to_string().is_empty());
            assert!(!set.decide(&requirement, Some(&resource)).to_string().is_empty());
            assert!(!set.somewhere(&requirement).to_string().is_empty());
        }
    }
}
