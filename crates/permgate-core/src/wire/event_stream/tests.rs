//! Server-sent events: the items of a stream for every split into pieces, compared with a reader of
//! whole texts.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

/// An item, with owned texts: `Retry`, or kind, data and id.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OwnedItem {
    Message(String, String, String),
    Retry(u64),
}

impl From<StreamItem<'_>> for OwnedItem {
    fn from(item: StreamItem<'_>) -> Self {
        match item {
            StreamItem::Message { kind, data, id } => {
                Self::Message(kind.into(), data.into(), id.into())
            }
            StreamItem::Retry(time) => Self::Retry(time.0),
        }
    }
}

/// The items of some pieces, the id at the end, and whether the whole stream could be read.
type Reading = (Vec<OwnedItem>, String, Result<(), StreamTooLong>);

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let mut stream = EventStream::new();
    let (mut items, mut result) = (Vec::new(), Ok(()));
    for piece in pieces {
        result = stream.feed(piece, &mut |item| items.push(item.into()));
        assert!(stream.buffered() <= 5 * MAX_MESSAGE_BYTES);
    }
    (items, stream.last_event_id().into(), result)
}

fn items(text: &str) -> Vec<OwnedItem> {
    let (items, _, result) = read([text.as_bytes()]);
    assert_eq!(result, Ok(()));
    items
}

fn message(kind: &str, data: &str, id: &str) -> OwnedItem {
    OwnedItem::Message(kind.into(), data.into(), id.into())
}

/// The steps of the standard, on a whole text, without any limit.
fn reference(bytes: &[u8]) -> (Vec<OwnedItem>, String) {
    let decoded = String::from_utf8_lossy(bytes).into_owned();
    let decoded = decoded.strip_prefix('\u{FEFF}').unwrap_or(&decoded);
    let ended = decoded.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = ended.split('\n').collect();
    // The text after the last line end is not a line yet.
    lines.pop();
    let (mut data, mut kind, mut id, mut last_id) =
        (String::new(), String::new(), String::new(), String::new());
    let mut items = Vec::new();
    for line in lines {
        if line.is_empty() {
            last_id = id.clone();
            if !data.is_empty() {
                data.pop();
                let name = if kind.is_empty() { "message" } else { kind.as_str() };
                items.push(message(name, &data, &last_id));
            }
            data.clear();
            kind.clear();
            continue;
        }
        if line.starts_with(':') {
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = if let Some(rest) = value.strip_prefix(' ') { rest } else { value };
        if field == "data" {
            data += value;
            data += "\n";
        } else if field == "event" {
            kind = value.to_string();
        } else if field == "id" && !value.contains('\0') {
            id = value.to_string();
        } else if field == "retry"
            && !value.is_empty()
            && value.bytes().all(|byte| byte.is_ascii_digit())
        {
            let millis = value.parse::<u128>().unwrap_or(u128::MAX);
            items.push(OwnedItem::Retry(u64::try_from(millis.clamp(1000, 60_000)).unwrap()));
        }
    }
    (items, last_id)
}

/// A short stream with all difficult cases.
const DIFFICULT: &[u8] = b"\xEF\xBB\xBFdata: a\r\ndata:b\rdata\n\xEF\xBB\xBFdata: no\n\n\
    event: version\rid: 4\xC3\xA92\r\n: note\r\ndata:  \xF0\x9F\x98\x80\xF0\x9F\x98\r\n\r\n\
    id: x\0y\nretry: 5000\r\rid\ndata:\n\n\revent: lost\n\ndata: {\"a\":1}\nevent: cut";

#[test]
fn a_message_is_passed_on_when_its_empty_line_arrives() {
    let text = "event: version\nid: 42\ndata: {\"version\":42}\n";
    assert_eq!(items(text), []);
    let expected = message("version", "{\"version\":42}", "42");
    assert_eq!(items(&[text, "\n"].concat()), [expected]);
}

#[test]
fn the_examples_of_the_standard_are_read() {
    // The examples of WHATWG HTML §9.2.6, in order.
    assert_eq!(
        items("data: YHOO\ndata: +2\ndata: 10\n\n"),
        [message("message", "YHOO\n+2\n10", "")]
    );
    let text = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
    assert_eq!(
        items(text),
        [
            message("message", "first event", "1"),
            message("message", "second event", ""),
            message("message", " third event", ""),
        ]
    );
    let text = "data\n\ndata\ndata\n\ndata:";
    assert_eq!(items(text), [message("message", "", ""), message("message", "\n", "")]);
    assert_eq!(items("data:test\n\ndata: test\n\n"), vec![message("message", "test", ""); 2]);
}

#[test]
fn fields_are_read_as_in_the_standard() {
    for (text, expected) in [
        ("data: a\n\n", Some(("message", "a"))),
        ("data : a\n\n", None),
        (" data: a\n\n", None),
        ("Data: a\n\n", None),
        (":data: a\n\n", None),
        ("data:a:b\n\n", Some(("message", "a:b"))),
        ("data:\ta\n\n", Some(("message", "\ta"))),
        ("event: revoked\n\ndata: a\n\n", Some(("message", "a"))),
        ("event: a\nevent: b\ndata: c\n\n", Some(("b", "c"))),
        ("event: a\nevent\ndata: c\n\n", Some(("message", "c"))),
        ("data: \u{2028}\u{85}\u{B}\n\n", Some(("message", "\u{2028}\u{85}\u{B}"))),
        ("data: a\0b\n\n", Some(("message", "a\0b"))),
    ] {
        let expected: Vec<OwnedItem> =
            expected.into_iter().map(|(kind, data)| message(kind, data, "")).collect();
        assert_eq!(items(text), expected, "{text:?}");
    }
}

#[test]
fn an_id_holds_until_another_id_comes() {
    let text = "id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n";
    let ids: Vec<OwnedItem> = [("a", "1"), ("b", "1"), ("c", "1"), ("d", "")]
        .map(|(data, id)| message("message", data, id))
        .into();
    assert_eq!(items(text), ids);
    let id = |text: &str| read([text.as_bytes()]).1;
    assert_eq!(id("id: 7\n\n"), "7", "without a message, too");
    assert_eq!(
        id("id: 7\n\nid: 8\ndata: a\n"),
        "7",
        "F10: an incomplete message is asked for again"
    );
}

#[test]
fn f10_a_message_that_breaks_off_is_never_passed_on() {
    let whole = b"event: version\nid: 1\ndata: a\n\nevent: revoked\nid: 2\ndata: b\n\n";
    let first = whole.windows(2).position(|pair| pair == b"\n\n").unwrap() + 2;
    for end in 0..whole.len() {
        let (items, id, _) = read([&whole[..end]]);
        let expected = if end < first { vec![] } else { vec![message("version", "a", "1")] };
        assert_eq!(items, expected, "cut at {end}");
        assert_eq!(id, if end < first { "" } else { "1" }, "cut at {end}");
    }
}

#[test]
fn f31_a_retry_time_is_decimal_digits_and_is_clamped_to_its_bounds() {
    for (value, expected) in [
        ("0", Some(1000)),
        ("999", Some(1000)),
        ("1000", Some(1000)),
        ("5000", Some(5000)),
        ("0005000", Some(5000)),
        ("60000", Some(60_000)),
        ("60001", Some(60_000)),
        ("1000000000000", Some(60_000)),
        // The second number is one too large; the third would be small after an overflow.
        ("18446744073709551616", Some(60_000)),
        ("18446744073709551620", Some(60_000)),
        ("99999999999999999999999999999999999999999999", Some(60_000)),
        ("1e3", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("", None),
        (" 5000", None),
        ("5000 ", None),
        ("５０００", None),
    ] {
        let text = ["retry: ", value, "\n"].concat();
        let expected: Vec<OwnedItem> = expected.into_iter().map(OwnedItem::Retry).collect();
        assert_eq!(items(&text), expected, "{value:?}");
    }
    assert_eq!(items("retry\nretry:\n"), []);
}

#[test]
fn f32_a_stream_that_is_split_anywhere_has_the_same_items() {
    let (expected, id) = reference(DIFFICULT);
    assert_eq!(expected.len(), 4);
    let expected = (expected, id, Ok(()));
    assert_eq!(read([DIFFICULT]), expected);
    assert_eq!(read(DIFFICULT.chunks(1)), expected);
    for first in 0..=DIFFICULT.len() {
        let (start, rest) = DIFFICULT.split_at(first);
        for second in 0..=rest.len() {
            let (middle, end) = rest.split_at(second);
            assert_eq!(read([start, middle, end]), expected, "cut at {first} and {second} more");
        }
    }
}

#[test]
fn f32_letters_split_across_pieces_are_joined_and_malformed_bytes_replaced() {
    for (bytes, expected) in [
        (&b"\xF0\x9F\x98\x80"[..], "😀"),
        (b"\xF0\x9F\x98", "\u{FFFD}"),
        (b"\xF0\x9F\x98x", "\u{FFFD}x"),
        (b"\xC0\x80", "\u{FFFD}\u{FFFD}"),
        (b"\xED\xA0\x80", "\u{FFFD}\u{FFFD}\u{FFFD}"),
        (b"\xEF\xBB\xBF", "\u{FEFF}"),
        (b"\xFF", "\u{FFFD}"),
    ] {
        let stream = [b"data:", bytes, b"\n\n"].concat();
        assert_eq!(read(stream.chunks(1)).0, [message("message", expected, "")]);
    }
}

#[test]
fn f32_a_line_of_ten_megabytes_is_refused_early() {
    for begin in ["data: ", ": ", "id: ", "event: ", "x", "\u{FEFF}"] {
        let mut stream = EventStream::new();
        let mut count = 0_u32;
        let mut each = |_: StreamItem<'_>| count += 1;
        stream.feed(b"id: 7\ndata: a\n\n", &mut each).unwrap();
        let mut result = stream.feed(begin.as_bytes(), &mut each);
        let (mut fed, mut most) = (begin.len(), 0);
        while fed < 10_000_000 {
            result = stream.feed(&[b'x'; 1000], &mut each);
            fed += 1000;
            most = most.max(stream.buffered());
            let is_good = fed <= MAX_MESSAGE_BYTES;
            assert_eq!(result, if is_good { Ok(()) } else { Err(StreamTooLong) }, "{fed}");
        }
        assert!(most <= MAX_MESSAGE_BYTES + 2, "{most}");
        assert_eq!(stream.buffered(), 1, "the id alone is kept");
        assert_eq!(stream.last_event_id(), "7");
        // The parser does not resume in the middle of a line.
        assert_eq!(stream.feed(b"\n\ndata: b\n\n", &mut each), Err(StreamTooLong));
        assert_eq!(stream.feed(b"", &mut each), Err(StreamTooLong));
        assert_eq!(count, 1);
        assert!(result.unwrap_err().to_string().contains("64 KiB"));
    }
}

#[test]
fn f32_a_message_at_the_limit_is_read_and_one_byte_more_is_refused() {
    let line = |length: usize| [b"data:", "x".repeat(length - 5).as_bytes(), b"\n\n"].concat();
    assert_eq!(read([&line(MAX_MESSAGE_BYTES)[..]]).2, Ok(()));
    assert_eq!(
        read([&line(MAX_MESSAGE_BYTES + 1)[..]]),
        (vec![], String::new(), Err(StreamTooLong))
    );
    // Lines of one letter each: with the line feeds between them, they have the longest allowed
    // length.
    let lines = |count: usize| ["data:x\n".repeat(count).as_bytes(), b"data:\n\n"].concat();
    assert_eq!(read([&lines(MAX_MESSAGE_BYTES / 2)[..]]).0.len(), 1);
    assert_eq!(read([&lines(MAX_MESSAGE_BYTES / 2 + 1)[..]]).2, Err(StreamTooLong));
    let half = "data:".to_string() + &"x".repeat(MAX_MESSAGE_BYTES / 2 + 1) + "\n";
    assert_eq!(read([[&half, &half, "\n"].concat().as_bytes()]).2, Err(StreamTooLong));
    // A long message may also have a long name.
    let half = "x".repeat(MAX_MESSAGE_BYTES / 2 + 1);
    let text = ["data:", &half, "\nevent:", &half, "\nid:", &half, "\n\n"].concat();
    assert_eq!(items(&text), [message(&half, &half, &half)]);
    // A replaced byte counts with its new length.
    for field in ["data:", "id:", "event:", ":"] {
        let replaced = [field.as_bytes(), &[0xFF; 30_000], b"\n\n"].concat();
        assert_eq!(read([&replaced[..]]).2, Err(StreamTooLong), "{field}");
    }
    assert_eq!(items(&"data:x\n\n".repeat(100_000)).len(), 100_000, "a stream is not limited");
}

/// The pieces of difficult streams.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"data",
        b"data:",
        b"data: ",
        b"event:",
        b"id:",
        b"retry:",
        b"5000",
        b"1e3",
        b"-1",
        b":",
        b" ",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\r\r",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\xEF",
        b"\xBB",
        b"\xC3\xA9",
        b"\xF0\x9F\x98\x80",
        b"\xF0\x9F",
        b"\xFF",
        b"x",
        b"{}",
    ];
    prop_oneof![
        9 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn f32_random_streams_are_read_as_in_the_standard(
        pieces in prop::collection::vec(pieces(), 0..60),
        sizes in prop::collection::vec(0..9_usize, 1..20),
    ) {
        let stream = pieces.concat();
        let (expected, id) = reference(&stream);
        let expected = (expected, id, Ok(()));
        prop_assert_eq!(&read([&stream[..]]), &expected);
        let mut cut = Vec::new();
        let mut rest = &stream[..];
        for size in sizes.iter().cycle().take(1000) {
            let (piece, after) = rest.split_at(rest.len().min(*size));
            cut.push(piece);
            rest = after;
        }
        cut.push(rest);
        prop_assert_eq!(&read(cut), &expected);
    }
}
