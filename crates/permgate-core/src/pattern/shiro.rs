//! The dialect `shiro`: what Apache Shiro's `WildcardPermission` reads, and what it implies.
//!
//! A permission is parts, a part is words separated by commas. A part with the word `*` covers any
//! part; otherwise all words of the part asked for must be there. Parts that are missing at the end
//! are as good as `*`. What Java's `String.split` does with empty texts at the end is part of it.

use alloc::string::String;
use alloc::vec::Vec;

use super::error::PatternError;
use super::lowercase::lowercase;

/// The divider between the words of a part.
const COMMA: char = ',';

/// In how many places of the index a grant may stand; a part that would take more is taken as `*`.
const KEYS_MAX: usize = 16;

/// Without what Java's `String.trim` takes off, and in lower case.
///
/// Word by word: a sigma ends a word before a divider, too, which `str::to_lowercase` looks past.
pub(super) fn fold(text: &str, separator: char) -> String {
    let text = text.trim_matches(|character| character <= ' ');
    let mut folded = String::with_capacity(text.len());
    for word in text.split_inclusive([separator, COMMA]) {
        lowercase(word, &mut folded);
    }
    folded
}

pub(super) fn check_parts(text: &str, separator: char) -> Result<(), PatternError> {
    let mut parts = parts(text, separator).peekable();
    if parts.peek().is_none() || parts.any(|part| words(part).next().is_none()) {
        return Err(PatternError::OnlyDividers);
    }
    Ok(())
}

/// The texts between the dividers, but for empty ones at the end; an empty text is one of itself.
fn split(text: &str, divider: char) -> impl Iterator<Item = &str> {
    let kept = text.trim_end_matches(divider);
    let is_nothing = kept.is_empty() && !text.is_empty();
    kept.split(divider).filter(move |_| !is_nothing)
}

pub(crate) fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    split(text, separator)
}

pub(crate) fn words(part: &str) -> impl Iterator<Item = &str> {
    split(part, COMMA)
}

pub(crate) fn is_wild(part: &str) -> bool {
    words(part).any(|word| word == "*")
}

/// Whether `wide` implies `narrow`.
pub(super) fn covers(wide: &str, narrow: &str, separator: char) -> bool {
    let mut wide = parts(wide, separator);
    for asked in parts(narrow, separator) {
        let Some(given) = wide.next() else { return true };
        let holds = |word| words(given).any(|held| held == word);
        if !is_wild(given) && !words(asked).all(holds) {
            return false;
        }
    }
    wide.all(is_wild)
}

/// Whether both cover a common permission.
pub(super) fn overlaps(a: &str, b: &str, separator: char) -> bool {
    parts(a, separator).zip(parts(b, separator)).all(|(a, b)| {
        is_wild(a) || is_wild(b) || words(a).any(|word| words(b).any(|other| word == other))
    })
}

/// Where a grant stands in an index that is searched part by part, by one word of each part, or by
/// `*`: everything that it covers begins with one of these.
pub(crate) fn keys(text: &str, separator: char) -> Vec<String> {
    let mut keys = Vec::from([String::new()]);
    for (index, part) in parts(text, separator).enumerate() {
        let mut choices: Vec<&str> = words(part).collect();
        if is_wild(part) || choices.len() * keys.len() > KEYS_MAX {
            choices = Vec::from(["*"]);
        }
        let mut longer = Vec::new();
        for key in &keys {
            for word in &choices {
                let mut key = key.clone();
                if index > 0 {
                    key.push(separator);
                }
                key.push_str(word);
                longer.push(key);
            }
        }
        keys = longer;
    }
    // Parts that are `*` at the end are as good as missing.
    let wild_end: String = [separator, '*'].iter().collect();
    for key in &mut keys {
        while let Some(shorter) = key.strip_suffix(wild_end.as_str()) {
            *key = shorter.into();
        }
    }
    keys
}
