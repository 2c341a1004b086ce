//! The JSON reader, compared with `serde_json`, which allows deeper nesting and duplicate keys.

use permgate_core::json::{JsonErrorKind, Number, Value, Writer};
use serde_json::Value as Other;

/// An input is the JSON text.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match (Value::parse(&text), serde_json::from_str::<Other>(&text)) {
        (Ok(ours), Ok(theirs)) => same(&ours, &theirs),
        (Ok(_), Err(error)) => {
            // `serde_json` has its own limit of nesting.
            assert!(error.to_string().contains("recursion limit"), "{error}");
        }
        (Err(error), theirs) => {
            assert!(!error.to_string().is_empty());
            assert!(error.position <= text.len());
            let stricter = matches!(
                error.kind,
                JsonErrorKind::DuplicateKey | JsonErrorKind::TooDeep | JsonErrorKind::TooLong
            );
            assert!(stricter || theirs.is_err(), "{error}");
        }
    }
    let mut json = Writer::default();
    json.string(&text);
    assert_eq!(Value::parse(&json.finish()), Ok(Value::String(text.into_owned())));
}

fn same(ours: &Value, theirs: &Other) {
    match (ours, theirs) {
        (Value::Null, Other::Null) => {}
        (Value::Bool(ours), Other::Bool(theirs)) => assert_eq!(ours, theirs),
        (Value::String(ours), Other::String(theirs)) => assert_eq!(ours, theirs),
        (Value::Number(ours), Other::Number(theirs)) => number(ours, theirs.as_str()),
        (Value::Array(ours), Other::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            ours.iter().zip(theirs).for_each(|(ours, theirs)| same(ours, theirs));
        }
        (Value::Object(ours), Other::Object(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            for (key, value) in ours {
                same(value, theirs.get(key).unwrap());
            }
        }
        _ => panic!("{ours:?} is not {theirs:?}"),
    }
}

/// Compares numbers that are small enough for exact arithmetic.
fn number(ours: &Number, text: &str) {
    assert_eq!(ours.is_negative(), text.starts_with('-'));
    assert_eq!(ours.whole(), text.parse().ok(), "{text}");
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let (Ok(digits), Ok(exponent)) = (digits.parse::<i64>(), exponent.parse::<i32>()) else {
        return;
    };
    let Ok(fraction) = i32::try_from(fraction.len()) else { return };
    let shift = exponent.saturating_sub(fraction);
    let power = |shift: i32| u32::try_from(shift).ok().and_then(|n| 10_u128.checked_pow(n));
    let expected = match u128::try_from(digits) {
        Ok(0) => Some(0),
        Err(_) => None,
        Ok(digits) if shift < 0 => Some(power(-shift).map_or(0, |power| digits / power)),
        Ok(digits) => power(shift).and_then(|power| digits.checked_mul(power)),
    };
    assert_eq!(ours.floor(), expected.and_then(|value| value.try_into().ok()), "{text}");
}
