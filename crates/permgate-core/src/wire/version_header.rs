//! `Permissions-Version: 42;sub="u-17"`: a structured field (RFC 9651) that any response may carry.

use alloc::string::String;
use core::fmt;

/// The version of a subject's permissions, as the server last committed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionHeader {
    /// Counts up with every change.
    pub version: u64,
    /// Whose version it is.
    pub subject: Option<String>,
}

/// The largest integer of a structured field (RFC 9651 §3.3.1).
const MAX_INTEGER: u64 = 999_999_999_999_999;

impl VersionHeader {
    /// Reads the value of the header; none when it is not an integer with optional parameters.
    /// A header that cannot be read says nothing: it is no reason to distrust what is held.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim_matches([' ', '\t']);
        let (integer, parameters) = value.split_once(';').unwrap_or((value, ""));
        if integer.is_empty() || integer.len() > 15 || !integer.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let version = integer.parse().ok().filter(|version| *version <= MAX_INTEGER)?;
        let mut subject = None;
        let mut rest = parameters;
        while !rest.is_empty() {
            let (key, after) = rest.trim_start_matches(' ').split_once('=')?;
            let (text, after) = quoted(after)?;
            if key == "sub" {
                subject = Some(text);
            }
            rest = match after.strip_prefix(';') {
                Some(rest) => rest,
                None if after.is_empty() => after,
                None => return None,
            };
        }
        Some(Self { version, subject })
    }
}

/// A structured-field string (RFC 9651 §4.2.5) and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut characters = text.strip_prefix('"')?.chars();
    let mut content = String::new();
    loop {
        match characters.next()? {
            '"' => return Some((content, characters.as_str())),
            '\\' => content.push(characters.next().filter(|c| matches!(c, '"' | '\\'))?),
            character @ ' '..='~' => content.push(character),
            _ => return None,
        }
    }
}

/// Writes the header's value. A subject with characters that the field cannot hold is left out.
impl fmt::Display for VersionHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.version)?;
        match &self.subject {
            Some(subject) if subject.chars().all(|c| matches!(c, ' '..='~')) => {
                f.write_str(";sub=\"")?;
                for character in subject.chars() {
                    if matches!(character, '"' | '\\') {
                        f.write_str("\\")?;
                    }
                    write!(f, "{character}")?;
                }
                f.write_str("\"")
            }
            _ => Ok(()),
        }
    }
}
