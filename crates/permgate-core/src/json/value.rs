//! A JSON value.

use alloc::string::String;
use alloc::vec::Vec;

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
        let (mantissa, exponent) = match self.0.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (self.0.as_str(), 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if digits().all(|digit| matches!(digit, b'0' | b'-')) {
            return Some(0);
        }
        if whole.starts_with('-') {
            return None;
        }
        // The exponent moves the point to the right: that many digits are taken.
        let taken = i64::try_from(whole.len()).ok()? + i64::from(exponent);
        let Ok(taken) = usize::try_from(taken) else { return Some(0) };
        let mut value = 0_u64;
        let mut digits = digits();
        for place in 0..taken {
            let digit = match digits.next() {
                Some(digit) => u64::from(digit - b'0'),
                // All digits are used up, and the remaining places are zeros.
                None if place > 400 => return None,
                None => 0,
            };
            value = value.checked_mul(10)?.checked_add(digit)?;
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
