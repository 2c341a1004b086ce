//! Reads a JSON text into a [`Value`], byte by byte and in linear time (but for sorting keys).

use alloc::string::String;
use alloc::vec::Vec;

use super::error::{JsonError, JsonErrorKind as Problem};
use super::limits::{MAX_BYTES, MAX_DEPTH};
use super::value::{Number, Value};
use crate::order::order;

impl Value {
    /// Reads a JSON text.
    ///
    /// # Errors
    /// When the text is not JSON, has text after the value, has a duplicate key, or is longer or
    /// deeper than allowed.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        if text.len() > MAX_BYTES {
            return Err(JsonError { kind: Problem::TooLong, position: MAX_BYTES });
        }
        let mut reader = Reader { text, at: 0 };
        reader.skip_space();
        let value = reader.value(0)?;
        reader.skip_space();
        if reader.peek().is_some() {
            return Err(reader.error(Problem::TrailingText));
        }
        Ok(value)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, kind: Problem) -> JsonError {
        JsonError { kind, position: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn unexpected<T>(&self) -> Result<T, JsonError> {
        Err(self.error(match self.peek() {
            Some(_) => Problem::Unexpected,
            None => Problem::UnexpectedEnd,
        }))
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn demand(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { self.unexpected() }
    }

    /// The text from `start` to here.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => Err(self.error(Problem::TooDeep)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.unexpected(),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        for byte in word.bytes() {
            self.demand(byte)?;
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if !self.take(b',') {
                self.demand(b']')?;
                return Ok(Value::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            self.skip_space();
            self.demand(b':')?;
            self.skip_space();
            members.push((key, self.value(depth + 1)?));
            self.skip_space();
            if !self.take(b',') {
                self.demand(b'}')?;
                break;
            }
        }
        let key = |index: &usize| members.get(*index).map(|(key, _)| key.as_str());
        let order = order(members.len(), &|a, b| key(&a).cmp(&key(&b)));
        if order.windows(2).any(|pair| matches!(pair, [a, b] if key(a) == key(b))) {
            return Err(self.error(Problem::DuplicateKey));
        }
        Ok(Value::Object(members))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { self.unexpected() } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Value::Number(Number(self.since(start).into())))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.demand(b'"')?;
        let mut string = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1F)) {
                self.at += 1;
            }
            string.push_str(self.since(start));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    self.at += 1;
                    string.push(self.escape()?);
                }
                _ => return self.unexpected(),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let Some(byte) = self.peek() else { return self.unexpected() };
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.error(Problem::BadEscape)),
        })
    }

    /// Four hexadecimal digits; a pair of surrogates is one character, half of one is an error.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let mut code = self.hexadecimal()?;
        if (0xD800..0xDC00).contains(&code) {
            if !(self.take(b'\\') && self.take(b'u')) {
                return Err(self.error(Problem::BadEscape));
            }
            let low = self.hexadecimal()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err(self.error(Problem::BadEscape));
            }
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        char::from_u32(code).ok_or_else(|| self.error(Problem::BadEscape))
    }

    fn hexadecimal(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.error(Problem::BadEscape)) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
