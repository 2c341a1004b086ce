//! A JSON value.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::cut;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(Number),
    /// A string, without escapes.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object, in the order of the text, without duplicate keys.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The member of an object; none when it is absent or the value is no object.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of a member; none when it is absent or not a string.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.member(key) {
            Some(Self::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The kind of the value, in the words of an error message.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// The text of a number.
///
/// Kept as text: no floating point is needed to read whole seconds and versions, and its code
/// would be a third of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(pub(super) String);

impl Number {
    /// The number without its fraction, rounded down; none when it is negative or above `u64`.
    #[must_use]
    pub fn floor(&self) -> Option<u64> {
        let end = self.0.bytes().position(|byte| matches!(byte, b'e' | b'E'));
        let (mantissa, exponent) = self.0.split_at_checked(end.unwrap_or(self.0.len()))?;
        let exponent = exponent.get(1..).unwrap_or("0");
        let size: u64 = exponent.strip_prefix('-').unwrap_or(exponent).parse().ok()?;
        let size = i64::from(i32::try_from(size).ok()?);
        let exponent = if exponent.starts_with('-') { -size } else { size };
        let (whole, _) = cut(mantissa, '.').unwrap_or((mantissa, ""));
        let whole = whole.bytes().filter(u8::is_ascii_digit).count();
        // The exponent moves the point to the right: that many digits are taken.
        let taken = i64::try_from(whole).ok()? + exponent;
        let (mut value, mut place) = (0, 0);
        for digit in mantissa.bytes().filter(u8::is_ascii_digit) {
            if digit != b'0' && self.is_negative() {
                return None;
            }
            if place < taken {
                value = with_digit(value, digit)?;
            }
            place += 1;
        }
        // All digits are used up, and the remaining places are zeros.
        while value > 0 && place < taken {
            value = with_digit(value, b'0')?;
            place += 1;
        }
        Some(value)
    }

    /// Whether it has a minus sign.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.starts_with('-')
    }

    /// The decimal digits, if the number consists only of digits.
    #[must_use]
    pub fn digits(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The text of an integer, with its sign; none if there is a fraction or an exponent.
    #[must_use]
    pub fn integer(&self) -> Option<&str> {
        let digits = self.0.strip_prefix('-').unwrap_or(&self.0);
        digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(&self.0)
    }

    /// The number, if it is a whole number that fits a version or a time to live.
    #[must_use]
    pub fn whole(&self) -> Option<u64> {
        self.0.parse().ok()
    }
}

/// A number with one more decimal digit; none above `u64`.
fn with_digit(value: u64, digit: u8) -> Option<u64> {
    // The standard library's check of a product would multiply in 128 bits.
    let most = u64::MAX / 10;
    (value <= most).then(|| value * 10)?.checked_add(u64::from(digit - b'0'))
}
