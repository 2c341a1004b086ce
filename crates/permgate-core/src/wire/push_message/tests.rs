//! Pushed messages: their kinds, and malformed messages with the paths of their errors.

use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::language::{Dialect, Separator};

fn read(kind: &str, data: &str) -> Result<PushMessage, String> {
    PushMessage::parse(kind, data, Language::default()).map_err(|error| error.to_string())
}

fn header(version: u64, subject: Option<&str>) -> VersionHeader {
    VersionHeader { version, subject: subject.map(String::from) }
}

fn revoked(version: Option<VersionHeader>, names: &[&str]) -> PushMessage {
    let permissions = names.iter().map(|name| Pattern::parse(name).unwrap()).collect();
    PushMessage::Revoked { version, permissions }
}

#[test]
fn each_kind_of_message_is_read() {
    for (kind, data, expected) in [
        (
            "version",
            r#"{"version":42,"subject":"u-17"}"#,
            PushMessage::Version(header(42, Some("u-17"))),
        ),
        ("version", r#"{"version":0}"#, PushMessage::Version(header(0, None))),
        (
            "version",
            r#" {"new":[{}],"subject":null,"version":18446744073709551615,"permissions":7} "#,
            PushMessage::Version(header(u64::MAX, None)),
        ),
        (
            "revoked",
            r#"{"version":42,"subject":"u-17","permissions":["invoice:edit","report:*"]}"#,
            revoked(Some(header(42, Some("u-17"))), &["invoice:edit", "report:*"]),
        ),
        ("revoked", r#"{"permissions":[]}"#, revoked(None, &[])),
        ("revoked", r#"{"permissions":["a"],"version":null}"#, revoked(None, &["a"])),
        ("session-revoked", "{}", PushMessage::SessionRevoked),
        ("session-revoked", "", PushMessage::SessionRevoked),
        ("session-revoked", "not JSON", PushMessage::SessionRevoked),
        ("heartbeat", "{}", PushMessage::Other),
        ("heartbeat", "not JSON", PushMessage::Other),
        ("Version", r#"{"version":1}"#, PushMessage::Other),
        ("granted", r#"{"permissions":["*"]}"#, PushMessage::Other),
    ] {
        assert_eq!(read(kind, data), Ok(expected), "{kind} {data}");
    }
}

#[test]
fn without_a_name_the_type_in_the_data_is_the_kind() {
    for kind in ["", "message"] {
        for (data, expected) in [
            (
                r#"{"type":"version","version":42,"subject":"u-17"}"#,
                PushMessage::Version(header(42, Some("u-17"))),
            ),
            (r#"{"permissions":["a"],"type":"revoked"}"#, revoked(None, &["a"])),
            (r#"{"type":"session-revoked"}"#, PushMessage::SessionRevoked),
            (r#"{"type":"heartbeat"}"#, PushMessage::Other),
            (r#"{"type":"message"}"#, PushMessage::Other),
            (r#"{"type":""}"#, PushMessage::Other),
        ] {
            assert_eq!(read(kind, data), Ok(expected), "{kind} {data}");
        }
    }
    // The name of the event counts, not the data.
    let data = r#"{"type":"session-revoked","version":1}"#;
    assert_eq!(read("version", data), Ok(PushMessage::Version(header(1, None))));
}

#[test]
fn errors_name_the_path() {
    let long = r#"["a","#.to_string() + &r#""a","#.repeat(MAX_REVOKED) + r#""a"]"#;
    let many = format!(r#"{{"permissions":{long}}}"#);
    for (kind, data, expected) in [
        ("version", "{}", "`version`: a whole number is needed, not null"),
        ("version", r#"{"version":"42"}"#, "`version`: a whole number is needed, not a string"),
        ("version", r#"{"version":-1}"#, "`version`: a whole number is needed, not another number"),
        (
            "version",
            r#"{"version":1.5}"#,
            "`version`: a whole number is needed, not another number",
        ),
        (
            "version",
            r#"{"version":18446744073709551616}"#,
            "`version`: a whole number is needed, not another number",
        ),
        ("version", r#"{"version":1,"subject":7}"#, "`subject`: a string is needed, not a number"),
        ("revoked", "{}", "`permissions`: an array is needed, not null"),
        ("revoked", r#"{"permissions":"a"}"#, "`permissions`: an array is needed, not a string"),
        (
            "revoked",
            r#"{"permissions":["a",null]}"#,
            "`permissions[1]`: a string is needed, not null",
        ),
        ("revoked", r#"{"permissions":["a"],"version":[]}"#, "`version`: a whole number is needed"),
        ("revoked", r#"{"permissions":["a"],"subject":[]}"#, "`subject`: a string is needed"),
        (
            "revoked",
            r#"{"permissions":["a","inv*"]}"#,
            "`permissions[1]`: `*` must stand for a whole segment",
        ),
        (
            "revoked",
            &many,
            "`permissions`: an array of at most 1024 names is needed, not a longer one",
        ),
        ("version", "[1]", "an object is needed, not an array"),
        ("version", "", "the text ends in the middle of a value"),
        ("version", "<html>", "the answer is an HTML page"),
        ("version", r#"{"version":1,"version":2}"#, "an object has the same key twice"),
        ("message", "{}", "`type`: a string is needed, not null"),
        ("message", r#"{"type":1}"#, "`type`: a string is needed, not a number"),
        ("", "42", "an object is needed, not a number"),
    ] {
        let error = read(kind, data).unwrap_err();
        assert!(error.starts_with(expected), "{kind} {data}: {error}");
    }
}

#[test]
fn a_message_at_the_size_limits_is_read_and_a_longer_one_refused() {
    let names = r#""a","#.repeat(MAX_REVOKED - 1);
    let most = format!(r#"{{"permissions":[{names}"a"]}}"#);
    let Ok(PushMessage::Revoked { permissions, .. }) = read("revoked", &most) else {
        panic!("not read");
    };
    assert_eq!(permissions.len(), MAX_REVOKED);
    let padded = |length: usize| {
        let data = r#"{"version":1}"#;
        data.to_string() + &" ".repeat(length - data.len())
    };
    assert!(read("version", &padded(MAX_MESSAGE_BYTES)).is_ok());
    assert_eq!(
        read("version", &padded(MAX_MESSAGE_BYTES + 1)).unwrap_err(),
        "a message of at most 64 KiB is needed, not a longer one"
    );
    assert_eq!(read("heartbeat", &padded(10_000_000)), Ok(PushMessage::Other));
}

#[test]
fn names_are_read_in_the_given_language() {
    let language = Language { dialect: Dialect::Shiro, separator: Separator::Dot };
    let data = r#"{"permissions":["Printer.Print,Query"]}"#;
    let Ok(PushMessage::Revoked { permissions, .. }) =
        PushMessage::parse("revoked", data, language)
    else {
        panic!("not read");
    };
    let pattern = permissions.first().unwrap();
    assert_eq!((pattern.as_str(), pattern.language()), ("printer.print,query", language));
    assert!(PushMessage::parse("revoked", r#"{"permissions":["."]}"#, language).is_err());
}

#[test]
fn f38_odd_names_are_read_as_names_or_refused() {
    for name in ["__proto__", "constructor", "toString", "\\u212a"] {
        let data = format!(r#"{{"permissions":["{name}"],"__proto__":{{"version":1}}}}"#);
        let Ok(PushMessage::Revoked { version: None, permissions }) = read("revoked", &data) else {
            panic!("{name}");
        };
        assert_eq!(permissions.len(), 1);
    }
    for name in ["", "\\ud800", "\\u0000"] {
        let data = format!(r#"{{"permissions":["{name}"]}}"#);
        assert!(read("revoked", &data).is_err(), "{name}");
    }
}
