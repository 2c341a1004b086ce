//! Messages on the wire, read by the core as pages read them.

use permgate_core::Language;
use permgate_core::wire::{EventStream, PushMessage, StreamItem};

use super::{MAX_REVOKED, MAX_REVOKED_BYTES, Message};

fn messages() -> [(Message, &'static str, &'static str); 4] {
    let names = ["invoice:edit".to_owned(), "user:*".to_owned()];
    [
        (
            Message::changed(42, "u-17", &[]),
            "event: version\nid: 42\ndata: {\"version\":42,\"subject\":\"u-17\"}\n\n",
            r#"{"type":"version","version":42,"subject":"u-17"}"#,
        ),
        (
            Message::changed(43, "u-17", &names),
            "event: revoked\nid: 43\ndata: {\"version\":43,\"subject\":\"u-17\",\"permissions\":[\"invoice:edit\",\"user:*\"]}\n\n",
            r#"{"type":"revoked","version":43,"subject":"u-17","permissions":["invoice:edit","user:*"]}"#,
        ),
        (
            Message::SessionRevoked,
            "event: session-revoked\ndata: {}\n\n",
            r#"{"type":"session-revoked"}"#,
        ),
        (Message::Heartbeat, "event: heartbeat\ndata: {}\n\n", r#"{"type":"heartbeat"}"#),
    ]
}

#[test]
fn messages_are_written_in_the_format_of_the_protocol() {
    for (message, event, text) in messages() {
        assert_eq!(message.to_event(), event);
        assert_eq!(message.to_text(), text);
    }
}

#[test]
fn the_core_reads_the_same_message_from_events_and_from_sockets() {
    for (message, event, text) in messages() {
        let language = Language::default();
        let from_text = PushMessage::parse("", text, language).unwrap();
        let mut from_event = Vec::new();
        EventStream::new()
            .feed(event.as_bytes(), &mut |item| {
                let StreamItem::Message { kind, data, .. } = item else { panic!("{item:?}") };
                from_event.push(PushMessage::parse(kind, data, language).unwrap());
            })
            .unwrap();
        assert_eq!(from_event, [from_text]);
        let is_other = from_event == [PushMessage::Other];
        assert_eq!(is_other, message == Message::Heartbeat, "{message:?}");
    }
}

#[test]
fn a_change_that_revokes_more_names_than_a_message_holds_is_sent_as_a_version() {
    let version = Message::Version { version: 2, subject: "u-1".into() };
    let names = |count: usize, length: usize| vec!["n".repeat(length); count];
    assert_ne!(Message::changed(2, "u-1", &names(MAX_REVOKED, 8)), version);
    assert_eq!(Message::changed(2, "u-1", &names(MAX_REVOKED + 1, 8)), version);
    let long = MAX_REVOKED_BYTES / 256;
    assert_ne!(Message::changed(2, "u-1", &names(long, 256)), version);
    assert_eq!(Message::changed(2, "u-1", &names(long + 1, 256)), version);
}
