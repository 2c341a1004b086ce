//! Writes JSON text, member by member, without building a [`super::Value`] first.

use alloc::string::{String, ToString};

/// A JSON text under construction.
///
/// The caller opens and closes arrays and objects; the writer adds the commas.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    needs_comma: bool,
}

impl Writer {
    /// Opens `{`.
    pub fn open_object(&mut self) {
        self.separate();
        self.text.push('{');
        self.needs_comma = false;
    }

    /// Closes `}`.
    pub fn close_object(&mut self) {
        self.text.push('}');
        self.needs_comma = true;
    }

    /// Opens `[`.
    pub fn open_array(&mut self) {
        self.separate();
        self.text.push('[');
        self.needs_comma = false;
    }

    /// Closes `]`.
    pub fn close_array(&mut self) {
        self.text.push(']');
        self.needs_comma = true;
    }

    /// Writes the key of the member that follows.
    pub fn key(&mut self, key: &str) {
        self.string(key);
        self.text.push(':');
        self.needs_comma = false;
    }

    /// Writes the members that have a value.
    pub fn texts(&mut self, members: &[(&str, Option<&str>)]) {
        for (key, text) in members {
            if let Some(text) = text {
                self.key(key);
                self.string(text);
            }
        }
    }

    /// Writes the members that have a whole number.
    pub fn numbers(&mut self, members: &[(&str, Option<u64>)]) {
        for (key, number) in members {
            if let Some(number) = number {
                self.key(key);
                self.number(*number);
            }
        }
    }

    /// Writes a string.
    pub fn string(&mut self, value: &str) {
        self.separate();
        self.text.push('"');
        for character in value.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                // U+2028, U+2029 and `<` are escaped too, since the text may be put into a script
                // element.
                '\0'..='\x1F' | '<' | '\u{2028}' | '\u{2029}' => self.escape(character),
                other => self.text.push(other),
            }
        }
        self.text.push('"');
        self.needs_comma = true;
    }

    /// Writes a whole number.
    pub fn number(&mut self, value: u64) {
        self.separate();
        self.text.push_str(&value.to_string());
        self.needs_comma = true;
    }

    /// Writes an array of strings.
    pub fn strings<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.open_array();
        for value in values {
            self.string(value);
        }
        self.close_array();
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    fn separate(&mut self) {
        if self.needs_comma {
            self.text.push(',');
        }
    }

    fn escape(&mut self, character: char) {
        self.text.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            let digit = (u32::from(character) >> shift) & 0xF;
            self.text.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
    }
}
