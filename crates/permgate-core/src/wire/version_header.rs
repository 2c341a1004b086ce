//! `Permissions-Version: 42;sub="u-17"`: a structured field (RFC 9651) that any response may carry.

use alloc::string::String;
use core::fmt;

use crate::text::{cut, has, skipped, taken};

/// The version of a subject's permissions, as of the server's last commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionHeader {
    /// The number of the version, which rises with every change.
    pub version: u64,
    /// The subject of the version.
    pub subject: Option<String>,
}

/// The largest integer of a structured field (RFC 9651 §3.3.1).
const MAX_INTEGER: u64 = 999_999_999_999_999;

impl VersionHeader {
    /// Reads the value of the header: an item (RFC 9651 §4.2.3) whose value is an integer that is
    /// not negative. The parameter `sub` is a string, a token or an integer, whose digits are
    /// taken. Unknown parameters of any type are ignored.
    ///
    /// `None` when the value cannot be read, as when a proxy has joined two headers by a comma.
    /// Such a header is no reason to distrust the held set.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut rest = value;
        taken(&mut rest, &is_space);
        let digits = taken(&mut rest, &|byte| byte.is_ascii_digit());
        let version = digits.parse().ok().filter(|version| *version <= MAX_INTEGER)?;
        let mut subject = None;
        while let Some(after) = rest.strip_prefix(';') {
            rest = after;
            taken(&mut rest, &is_space);
            let key = key(&mut rest)?;
            let value = match rest.strip_prefix('=') {
                Some(after) => {
                    rest = after;
                    bare_item(&mut rest)?
                }
                // Without a value, a parameter is true (RFC 9651 §3.1.2).
                None => Bare::Other,
            };
            // Of a repeated parameter, the last one counts.
            if key == "sub" {
                let Bare::Text(text) = value else { return None };
                subject = Some(text);
            }
        }
        taken(&mut rest, &is_space);
        (digits.len() <= 15 && rest.is_empty()).then_some(Self { version, subject })
    }
}

/// The value of a parameter; only the values that are used are told apart.
enum Bare {
    /// A string, a token or an integer.
    Text(String),
    /// Anything else.
    Other,
}

fn is_space(byte: u8) -> bool {
    byte == b' '
}

/// Takes the key of a parameter (RFC 9651 §4.2.3.3).
fn key<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_key =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte);
    rest.starts_with(|first: char| first.is_ascii_lowercase() || first == '*')
        .then(|| taken(rest, &is_key))
}

/// Takes a bare item of any type (RFC 9651 §4.2.3.1).
fn bare_item(rest: &mut &str) -> Option<Bare> {
    let first = rest.bytes().next()?;
    match first {
        b'"' => string(rest).map(Bare::Text),
        b'*' | b'a'..=b'z' | b'A'..=b'Z' => Some(Bare::Text(taken(rest, &is_token).into())),
        b'-' | b'0'..=b'9' => {
            let number = taken(rest, &|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
            let is_integer = !has(number, '.');
            is_number(number)
                .then(|| if is_integer { Bare::Text(number.into()) } else { Bare::Other })
        }
        _ => {
            let is_whole = match first {
                b'?' => matches!(skipped(rest, 2), Some("?0" | "?1")),
                b'@' => is_number(
                    skipped(rest, 1)
                        .map(|_| taken(rest, &|byte| byte == b'-' || byte.is_ascii_digit()))?,
                ),
                b':' => {
                    let is_base64 =
                        |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
                    skipped(rest, 1).map(|_| taken(rest, &is_base64))?;
                    skipped(rest, 1) == Some(":")
                }
                // A display string; its escapes are not checked.
                b'%' => skipped(rest, 1).and_then(|_| string(rest)).is_some(),
                _ => false,
            };
            is_whole.then_some(Bare::Other)
        }
    }
}

/// Whether a text is an integer or a decimal (RFC 9651 §4.2.4), roughly: no decision depends on it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = cut(digits, '.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && whole.len() <= 15 && is_digits(fraction)
}

/// Whether a byte may stand in a token (RFC 9651 §3.3.4).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)
}

/// Takes a string in quotes (RFC 9651 §4.2.5).
fn string(rest: &mut &str) -> Option<String> {
    let mut bytes = rest.strip_prefix('"')?.bytes();
    let mut content = String::new();
    loop {
        let byte = match bytes.next()? {
            b'"' => {
                skipped(rest, rest.len() - bytes.len());
                return Some(content);
            }
            b'\\' => bytes.next().filter(|byte| matches!(byte, b'"' | b'\\'))?,
            byte => byte,
        };
        if !matches!(byte, b' '..=b'~') {
            return None;
        }
        content.push(char::from(byte));
    }
}

/// Writes the header's value. A subject that the field cannot hold is left out.
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
