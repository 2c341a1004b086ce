//! JSON: the texts that are read, the texts that are refused with a position, and no panics.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::JsonErrorKind as Problem;
use super::*;

fn problem(text: &str) -> Problem {
    Value::parse(text).unwrap_err().kind
}

fn floor(text: &str) -> Option<u64> {
    match Value::parse(text).unwrap() {
        Value::Number(number) => number.floor(),
        _ => None,
    }
}

#[test]
fn json_values_of_every_kind_are_read() {
    let value =
        Value::parse(" {\"a\": [1, true, null, \"x\\u00e9\\ud83d\\ude00\\n\"], \"b\": {}} ")
            .unwrap();
    let Some(Value::Array(items)) = value.member("a") else { panic!("no array") };
    assert_eq!(items.get(3), Some(&Value::String("xé😀\n".into())));
    assert_eq!(value.member("b"), Some(&Value::Object(vec![])));
    assert_eq!(value.member("__proto__"), None);
}

#[test]
fn malformed_json_is_refused() {
    for text in [
        "{a:1}",
        "[1,]",
        "01",
        "1.",
        "+1",
        "'a'",
        "\u{feff}1",
        "nul",
        "NaN",
        "<html>",
        "[1 2]",
        "\"\t\"",
        ".5",
        "1e",
    ] {
        assert!(Value::parse(text).is_err(), "{text}");
    }
    assert_eq!(problem("1 1"), Problem::TrailingText);
    assert_eq!(problem("{}\0"), Problem::TrailingText);
    assert_eq!(problem("\"abc"), Problem::UnexpectedEnd);
    assert_eq!(problem(""), Problem::UnexpectedEnd);
    assert_eq!(problem("{\"a\":1,\"a\":2}"), Problem::DuplicateKey);
    assert_eq!(problem("{\"a\":1,\"\\u0061\":2}"), Problem::DuplicateKey);
    assert_eq!(problem("\"\\ud800\""), Problem::BadEscape);
    assert_eq!(problem("\"\\udc00\""), Problem::BadEscape);
    assert_eq!(problem("\"\\ud800\\u0041\""), Problem::BadEscape);
    assert_eq!(problem("\"\\x41\""), Problem::BadEscape);
}

#[test]
fn json_that_is_too_deep_or_too_long_is_refused() {
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert!(Value::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(problem(&nested(MAX_DEPTH + 1)), Problem::TooDeep);
    assert_eq!(problem(&"[".repeat(1_000_000)), Problem::TooDeep);
    assert_eq!(problem(&" ".repeat(MAX_BYTES + 1)), Problem::TooLong);
}

#[test]
fn numbers_are_rounded_down_without_floating_point() {
    assert_eq!(floor("0"), Some(0));
    assert_eq!(floor("-0.0"), Some(0));
    assert_eq!(floor("1700000000"), Some(1_700_000_000));
    assert_eq!(floor("1700000000.9"), Some(1_700_000_000));
    assert_eq!(floor("1.7e9"), Some(1_700_000_000));
    assert_eq!(floor("17E+8"), Some(1_700_000_000));
    assert_eq!(floor("1700000000e-3"), Some(1_700_000));
    assert_eq!(floor("5e-9"), Some(0));
    assert_eq!(floor("0e999999999"), Some(0));
    assert_eq!(floor("18446744073709551615"), Some(u64::MAX));
    assert_eq!(floor("18446744073709551616"), None);
    assert_eq!(floor("1e999999999"), None);
    assert_eq!(floor("-1"), None);
    assert_eq!(floor("1e99999999999"), None);
}

#[test]
fn written_json_is_read_back_unchanged() {
    let mut writer = Writer::default();
    writer.open_object();
    writer.key("a\"\\\n");
    writer.strings(["x</script>", "\u{2028}"]);
    writer.key("n");
    writer.number(42);
    writer.key("o");
    writer.open_object();
    writer.close_object();
    writer.close_object();
    let text = writer.finish();
    assert!(!text.contains("</script"));
    let value = Value::parse(&text).unwrap();
    assert_eq!(
        value.member("a\"\\\n"),
        Some(&Value::Array(vec![
            Value::String("x</script>".into()),
            Value::String("\u{2028}".into())
        ]))
    );
    assert_eq!(value.member("n"), Some(&Value::Number(Number("42".to_string()))));
}

proptest! {
    #[test]
    fn arbitrary_text_causes_no_panic(text in "\\PC{0,60}|[\\[\\]{}\",:0-9eE.+\\\\u \\-tfn]{0,60}") {
        if let Err(error) = Value::parse(&text) {
            prop_assert!(error.position <= text.len());
        }
    }

    #[test]
    fn strings_survive_writing_and_reading(strings in prop::collection::vec(any::<String>(), 0..5)) {
        let mut writer = Writer::default();
        writer.strings(strings.iter().map(String::as_str));
        let expected: Vec<_> = strings.into_iter().map(Value::String).collect();
        prop_assert_eq!(Value::parse(&writer.finish()).unwrap(), Value::Array(expected));
    }

    #[test]
    fn the_floor_of_a_number_agrees_with_floating_point_arithmetic(whole in 0_u32..1_000_000, fraction in 0_u32..1000, exponent in -8_i32..8) {
        let text = alloc::format!("{whole}.{fraction:03}e{exponent}");
        let thousandths = u128::from(whole) * 1000 + u128::from(fraction);
        let scaled = thousandths * 10_u128.pow((exponent + 8).unsigned_abs()) / 100_000_000 / 1000;
        prop_assert_eq!(floor(&text).map(u128::from), Some(scaled));
    }
}
