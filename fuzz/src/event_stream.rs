//! Server-sent events against a reader of whole streams: the split into pieces changes nothing.

use crate::input::Input;
use permgate_core::wire::{EventStream, MAX_MESSAGE_BYTES, RETRY_MAX, RETRY_MIN, StreamItem};

/// An item with owned texts: kind, data and id of a message, or a time.
#[derive(Debug, PartialEq)]
enum OwnedItem {
    Message(String, String, String),
    Retry(u64),
}

/// An input: how many times the stream is repeated; up to the end of the line, the sizes of the
/// pieces, which are used in turn; then the stream.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    // Usually once, since long streams take much time.
    let times = input.choice(&[1, 3, 20, 200, 1, 1, 1, 1, 1, 1]);
    let mut sizes = Vec::new();
    while !input.is_empty() {
        match input.byte() {
            b'\n' => break,
            letter => sizes.push(usize::from(letter.wrapping_sub(b'0'))),
        }
    }
    let mut stream = Vec::new();
    while !input.is_empty() {
        stream.push(input.byte());
    }
    let stream = stream.repeat(times);
    let expected = naive(&stream);
    assert_eq!(read([&stream[..]]), expected);
    if times == 1 {
        assert_eq!(read(stream.chunks(1)), expected);
    }
    assert_eq!(read(pieces(&stream, &sizes)), expected);
}

/// The largest number of pieces: more would only take longer.
const MOST_PIECES: usize = 2000;

/// The stream cut into pieces, some of them empty.
fn pieces<'a>(stream: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = stream;
    if sizes.iter().any(|size| *size > 0) {
        for size in sizes.iter().cycle().take(MOST_PIECES) {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(rest.len().min(*size));
            pieces.push(piece);
            rest = after;
        }
    }
    pieces.push(rest);
    pieces
}

/// The items, the id at the end, and whether the whole stream could be read.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<OwnedItem>, String, bool) {
    let mut stream = EventStream::new();
    let (mut items, mut is_good) = (Vec::new(), true);
    for piece in pieces {
        let before = items.len();
        let result = stream.feed(piece, &mut |item| items.push(own(item)));
        assert!(stream.buffered() <= 5 * MAX_MESSAGE_BYTES);
        if let Err(error) = result {
            assert!(!error.to_string().is_empty());
        }
        if !is_good {
            assert!(result.is_err() && items.len() == before, "a stream that failed is read on");
        }
        is_good = result.is_ok();
    }
    let id = stream.last_event_id().to_owned();
    assert!(is_good || stream.buffered() == id.len(), "a stream that failed keeps data");
    (items, id, is_good)
}

fn own(item: StreamItem<'_>) -> OwnedItem {
    match item {
        StreamItem::Message { kind, data, id } => {
            assert!(!kind.is_empty() && data.len() <= MAX_MESSAGE_BYTES && !id.contains('\0'));
            assert!(!kind.contains(['\r', '\n']) && !id.contains(['\r', '\n']));
            assert!(!data.contains('\r'));
            OwnedItem::Message(kind.to_owned(), data.to_owned(), id.to_owned())
        }
        StreamItem::Retry(time) => {
            assert!(RETRY_MIN <= time && time <= RETRY_MAX);
            OwnedItem::Retry(time.0)
        }
    }
}

/// The steps of WHATWG HTML §9.2.6, on a whole stream.
fn naive(stream: &[u8]) -> (Vec<OwnedItem>, String, bool) {
    let (mut items, mut last_id) = (Vec::new(), String::new());
    let (mut kind, mut data, mut id) = (String::new(), Vec::new(), String::new());
    let mut length = 0;
    let (lines, unfinished) = lines(stream);
    for (index, line) in lines.into_iter().enumerate() {
        let text = match line.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) if index == 0 => rest,
            _ => line,
        };
        let text = String::from_utf8_lossy(text);
        if line.len() > MAX_MESSAGE_BYTES || text.len() > MAX_MESSAGE_BYTES {
            return (items, last_id, false);
        }
        if text.is_empty() {
            last_id.clone_from(&id);
            if !data.is_empty() {
                let kind = if kind.is_empty() { "message" } else { &kind };
                items.push(OwnedItem::Message(kind.to_owned(), data.join("\n"), id.clone()));
            }
            data.clear();
            length = 0;
            kind.clear();
            continue;
        }
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut kind),
            "id" if !value.contains('\0') => value.clone_into(&mut id),
            "data" => {
                length += value.len() + usize::from(!data.is_empty());
                data.push(value.to_owned());
                if length > MAX_MESSAGE_BYTES {
                    return (items, last_id, false);
                }
            }
            "retry" if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                let time = value.parse().unwrap_or(u64::MAX);
                items.push(OwnedItem::Retry(time.clamp(RETRY_MIN.0, RETRY_MAX.0)));
            }
            _ => {}
        }
    }
    (items, last_id, unfinished.len() <= MAX_MESSAGE_BYTES)
}

/// The lines that have ended, and the rest after them.
fn lines(stream: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
    while at < stream.len() {
        let end = match &stream[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        lines.push(&stream[start..at]);
        at += end;
        start = at;
    }
    (lines, &stream[start..])
}
