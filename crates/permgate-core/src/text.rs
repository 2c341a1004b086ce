//! Searches texts for ASCII characters. The search of the standard library takes every kind of pattern,
//! and would add more than a kilobyte to the module.

/// Whether a text has this character.
pub(crate) fn has(text: &str, character: char) -> bool {
    place(text, character).is_some()
}

/// A text before and after the first such character.
pub(crate) fn cut(text: &str, character: char) -> Option<(&str, &str)> {
    let (before, after) = text.split_at_checked(place(text, character)?)?;
    Some((before, after.get(1..)?))
}

/// The parts of a text between such characters.
pub(crate) fn parts(text: &str, separator: char) -> Parts<'_> {
    Parts { rest: Some(text), separator }
}

/// See [`parts`].
pub(crate) struct Parts<'a> {
    /// None at the end.
    rest: Option<&'a str>,
    separator: char,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let (part, rest) = match cut(rest, self.separator) {
            Some((part, rest)) => (part, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(part)
    }
}

/// Takes all bytes at the beginning that satisfy a condition, which must hold only for ASCII.
pub(crate) fn taken<'a>(rest: &mut &'a str, condition: &dyn Fn(u8) -> bool) -> &'a str {
    let end = rest.bytes().position(|byte| !condition(byte)).unwrap_or(rest.len());
    skipped(rest, end).unwrap_or_default()
}

/// Takes a number of bytes; none when that would cut a character.
pub(crate) fn skipped<'a>(rest: &mut &'a str, length: usize) -> Option<&'a str> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

// In UTF-8, the byte of an ASCII character is never part of another one.
#[inline(never)]
fn place(text: &str, character: char) -> Option<usize> {
    text.bytes().position(|byte| char::from(byte) == character)
}

#[cfg(test)]
mod tests {
    use super::{cut, has, parts};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_searched_as_the_standard_library_does_it(text in "[a:/é😀]{0,8}") {
            for character in [':', '/', '*'] {
                prop_assert_eq!(has(&text, character), text.contains(character));
                prop_assert_eq!(cut(&text, character), text.split_once(character));
                let found: Vec<&str> = parts(&text, character).collect();
                prop_assert_eq!(found, text.split(character).collect::<Vec<&str>>());
            }
        }
    }
}
