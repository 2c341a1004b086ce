//! Splits the text of a requirement into names and operators.

use alloc::string::String;

use super::error::{RequirementError, RequirementErrorKind as Problem};

/// A word or sign of the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// Whether a name with this character is written in double quotes.
pub(super) fn needs_quotes(character: char) -> bool {
    character.is_whitespace() || matches!(character, '&' | '|' | '!' | '(' | ')' | '"')
}

/// Reads tokens one at a time; the position is that of the token last read, in bytes.
pub(super) struct Lexer<'a> {
    text: &'a str,
    rest: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, rest: text, position: 0 }
    }

    /// The start of the last token; after the last token, the end of the text.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn next(&mut self) -> Result<Option<Token>, RequirementError> {
        self.rest = self.rest.trim_start();
        self.position = self.text.len() - self.rest.len();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let token = match first {
            '&' => self.sign("&&", Token::And),
            '|' => self.sign("||", Token::Or),
            '!' => self.sign("!", Token::Not),
            '(' => self.sign("(", Token::Open),
            ')' => self.sign(")", Token::Close),
            '"' => Token::Name(self.quoted()?),
            _ => Token::Name(self.bare()),
        };
        Ok(Some(token))
    }

    /// Whether a `(` follows without white space: the form `role(…)`.
    pub(super) fn at_open(&self) -> bool {
        self.rest.starts_with('(')
    }

    /// Takes a sign, also if it is doubled.
    fn sign(&mut self, longest: &str, token: Token) -> Token {
        self.rest = match self.rest.strip_prefix(longest) {
            Some(rest) => rest,
            None => {
                let mut characters = self.rest.chars();
                characters.next();
                characters.as_str()
            }
        };
        token
    }

    fn bare(&mut self) -> String {
        let (name, rest) = match self.rest.find(needs_quotes) {
            Some(end) => self.rest.split_at_checked(end).unwrap_or((self.rest, "")),
            None => (self.rest, ""),
        };
        self.rest = rest;
        name.into()
    }

    /// Reads `"` … `"`, in which `\"` and `\\` stand for `"` and `\`.
    fn quoted(&mut self) -> Result<String, RequirementError> {
        let mut name = String::new();
        let mut characters = self.rest.chars();
        characters.next();
        while let Some(character) = characters.next() {
            match character {
                '"' => {
                    self.rest = characters.as_str();
                    return Ok(name);
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('"' | '\\')) => name.push(escaped),
                    _ => return Err(self.error(Problem::UnknownEscape)),
                },
                other => name.push(other),
            }
        }
        Err(self.error(Problem::UnclosedQuote))
    }

    pub(super) fn error(&self, kind: Problem) -> RequirementError {
        RequirementError { kind, position: self.position }
    }
}
