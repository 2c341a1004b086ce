//! Server-sent events (WHATWG HTML §9.2.5 and §9.2.6), read as their pieces arrive.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use crate::session::Millis;
use crate::text::{cut, has};

/// The longest line of a stream, and the longest message, in bytes. A revocation of a thousand
/// names fits, and an endless line cannot fill the memory.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// The shortest time that a server may ask for before the next connection: with less, every lost
/// connection would cause a storm of requests.
pub const RETRY_MIN: Millis = Millis(1000);

/// The longest time that a server may ask for: with more, a typing error would end the stream.
pub const RETRY_MAX: Millis = Millis(60_000);

/// The byte order mark of UTF-8, skipped at the very start (WHATWG Encoding §6, "UTF-8 decode").
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A parser of one stream, from its first byte until it breaks off. A message without its final
/// empty line does not count.
#[derive(Clone, Debug, Default)]
pub struct EventStream {
    /// The beginning of the unfinished line.
    line: Vec<u8>,
    /// Whether a following line feed belongs to the previous line end.
    after_carriage_return: bool,
    has_ended_a_line: bool,
    /// The data lines of the unfinished message, each with a line feed.
    data: String,
    kind: String,
    id: String,
    /// The id at the last empty line.
    last_event_id: String,
    is_too_long: bool,
}

/// An item of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamItem<'a> {
    /// A complete message.
    Message {
        /// The name of the event; `message` if there is none.
        kind: &'a str,
        /// The lines of data, joined by line feeds.
        data: &'a str,
        /// The last id in this message or before; empty if there was none.
        id: &'a str,
    },
    /// How long to wait before the next connection, between [`RETRY_MIN`] and [`RETRY_MAX`].
    Retry(Millis),
}

impl EventStream {
    /// A parser at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next bytes, and calls `each` with the items that are complete.
    ///
    /// # Errors
    /// When a line or the data of a message is longer than [`MAX_MESSAGE_BYTES`]. Complete items
    /// before it have been passed on; the parser stops, and every further call fails.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(StreamItem<'_>),
    ) -> Result<(), StreamTooLong> {
        if !self.is_too_long && self.read(bytes, each).is_err() {
            // The caller may keep the parser for its id, so everything else is freed.
            let last_event_id = mem::take(&mut self.last_event_id);
            *self = Self { last_event_id, is_too_long: true, ..Self::default() };
        }
        if self.is_too_long { Err(StreamTooLong) } else { Ok(()) }
    }

    /// The id of the last complete message, for `Last-Event-ID`; empty if there is none.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// The number of bytes that are kept for an unfinished message: a few times
    /// [`MAX_MESSAGE_BYTES`] at most.
    #[must_use]
    pub fn buffered(&self) -> usize {
        let texts = [&self.data, &self.kind, &self.id, &self.last_event_id];
        self.line.len() + texts.into_iter().map(String::len).sum::<usize>()
    }

    fn read(
        &mut self,
        bytes: &[u8],
        each: &mut dyn FnMut(StreamItem<'_>),
    ) -> Result<(), StreamTooLong> {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
            if mem::take(&mut self.after_carriage_return) && piece == b"\n" {
                continue;
            }
            let (line, end) = match piece.split_last() {
                Some((end @ (b'\r' | b'\n'), line)) => (line, Some(*end)),
                _ => (piece, None),
            };
            if self.line.len() + line.len() > MAX_MESSAGE_BYTES {
                return Err(StreamTooLong);
            }
            match end {
                None => self.line.extend_from_slice(line),
                Some(end) => {
                    self.after_carriage_return = end == b'\r';
                    let mut begun = mem::take(&mut self.line);
                    if begun.is_empty() {
                        self.end_line(line, each)?;
                    } else {
                        begun.extend_from_slice(line);
                        self.end_line(&begun, each)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn end_line(
        &mut self,
        line: &[u8],
        each: &mut dyn FnMut(StreamItem<'_>),
    ) -> Result<(), StreamTooLong> {
        let is_first = !mem::replace(&mut self.has_ended_a_line, true);
        let marked = line.strip_prefix(&BYTE_ORDER_MARK).filter(|_| is_first);
        let line = marked.unwrap_or(line);
        if line.is_empty() {
            self.end_message(each);
            return Ok(());
        }
        // The byte of a line end is never part of another character, so no character spans two
        // lines. Decoding each line by itself gives the same text as decoding the stream.
        let line = String::from_utf8_lossy(line);
        // A replaced byte becomes three bytes.
        if line.len() > MAX_MESSAGE_BYTES {
            return Err(StreamTooLong);
        }
        let (field, value) = cut(&line, ':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if self.data.len() + value.len() > MAX_MESSAGE_BYTES {
                    return Err(StreamTooLong);
                }
                self.data.push_str(value);
                self.data.push('\n');
            }
            "event" => self.kind = value.into(),
            "id" if !has(value, '\0') => self.id = value.into(),
            "retry" => {
                if let Some(time) = retry(value) {
                    each(StreamItem::Retry(time));
                }
            }
            // Other fields are ignored; a comment is a field without a name.
            _ => {}
        }
        Ok(())
    }

    fn end_message(&mut self, each: &mut dyn FnMut(StreamItem<'_>)) {
        // This is done even without a message: a server can send an id alone, after which the next
        // connection resumes.
        self.last_event_id.clone_from(&self.id);
        let (kind, data) = (mem::take(&mut self.kind), mem::take(&mut self.data));
        if let Some(data) = data.strip_suffix('\n') {
            let kind = if kind.is_empty() { "message" } else { &kind };
            each(StreamItem::Message { kind, data, id: &self.last_event_id });
        }
    }
}

/// The time in decimal digits; none if there is any other character.
fn retry(value: &str) -> Option<Millis> {
    let mut millis = 0_u64;
    for byte in value.bytes() {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        millis = millis.saturating_mul(10).saturating_add(digit);
    }
    (!value.is_empty()).then(|| Millis(millis).clamp(RETRY_MIN, RETRY_MAX))
}

/// The parser stopped because a line or message of the stream is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamTooLong;

impl fmt::Display for StreamTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a line or message of the event stream is longer than 64 KiB; send a version instead, and the document is fetched",
        )
    }
}

impl core::error::Error for StreamTooLong {}

#[cfg(test)]
mod tests;
