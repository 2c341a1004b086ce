//! The dialect `shiro`: how Apache Shiro's `WildcardPermission` reads a text, and what it implies.
//!
//! A permission is a list of parts, and a part is a list of words separated by commas. A part with
//! the word `*` covers any part; any other part must have all words of the part in the question.
//! Missing parts at the end count as `*`. Empty texts at the end are dropped, as by Java's
//! `String.split`.

use alloc::string::String;
use alloc::vec::Vec;

use super::error::PatternError;
use super::lowercase::lowercase;

/// The divider between the words of a part.
const COMMA: char = ',';

/// The most places of a grant in the index; a part that would need more is indexed as `*`.
const KEYS_MAX: usize = 16;

/// Trims a text as Java's `String.trim` does, and folds it to lower case.
///
/// This is done word by word: a sigma also ends a word before a divider, which `str::to_lowercase`
/// ignores.
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

/// The texts between the dividers, without empty ones at the end; an empty text yields itself.
fn split(text: &str, divider: char) -> impl Iterator<Item = &str> {
    let trimmed = text.trim_end_matches(divider);
    let is_nothing = trimmed.is_empty() && !text.is_empty();
    trimmed.split(divider).filter(move |_| !is_nothing)
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
    for needed in parts(narrow, separator) {
        let Some(part) = wide.next() else { return true };
        let holds = |word| words(part).any(|own| own == word);
        if !is_wild(part) && !words(needed).all(holds) {
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

/// The places of a grant in an index that is searched part by part, by one word of each part or by
/// `*`: every permission that the grant covers begins with one of these keys.
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
    // Parts at the end that are `*` count as missing.
    let wild_end: String = [separator, '*'].iter().collect();
    for key in &mut keys {
        while let Some(shorter) = key.strip_suffix(wild_end.as_str()) {
            *key = shorter.into();
        }
    }
    keys
}
