//! Reads tokens into a tree: `any := all ('|' all)*`, `all := not ('&' not)*`,
//! `not := '!' not | '(' any ')' | name | ('role' | 'group' | 'scope') '(' name ')'`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{RequirementError, RequirementErrorKind as Problem};
use super::lexer::{Lexer, Token};
use super::limits::{MAX_ATOMS, MAX_DEPTH, MAX_REQUIREMENT_BYTES};
use super::tree::{Atom, Kind, Node, Requirement};
use crate::language::Language;
use crate::pattern::Pattern;
use crate::permission::check_name;

impl Requirement {
    /// Reads a requirement in the default language.
    ///
    /// # Errors
    /// See [`Requirement::parse_in`].
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        Self::parse_in(text, Language::default())
    }

    /// Reads a requirement.
    ///
    /// # Errors
    /// When the text is empty, too long, nested too deep, has too many names or does not follow the
    /// grammar. The error has the byte at which reading stopped, and says what to write instead.
    pub fn parse_in(text: &str, language: Language) -> Result<Self, RequirementError> {
        parse(text, language).map(Self)
    }
}

fn parse(text: &str, language: Language) -> Result<Node, RequirementError> {
    if text.len() > MAX_REQUIREMENT_BYTES {
        // The position must not be in the middle of a character.
        let position = (0..=MAX_REQUIREMENT_BYTES).rfind(|at| text.is_char_boundary(*at));
        let position = position.unwrap_or_default();
        return Err(RequirementError { kind: Problem::TooLong, position });
    }
    let mut parser = Parser { lexer: Lexer::new(text), language, next: None, depth: 0, atoms: 0 };
    parser.advance()?;
    let node = parser.any()?;
    match parser.next {
        None => Ok(node),
        Some(Token::Close) => Err(parser.lexer.error(Problem::UnexpectedClose)),
        Some(_) => Err(parser.lexer.error(Problem::MissingOperator)),
    }
}

/// The constructor of a form such as `role(…)`, from the name in it.
type Form = fn(String) -> Kind;

struct Parser<'a> {
    lexer: Lexer<'a>,
    language: Language,
    next: Option<Token>,
    depth: usize,
    atoms: usize,
}

impl Parser<'_> {
    /// Takes the next token and reads the one after it.
    fn advance(&mut self) -> Result<Option<Token>, RequirementError> {
        let taken = self.next.take();
        self.next = self.lexer.next()?;
        Ok(taken)
    }

    fn any(&mut self) -> Result<Node, RequirementError> {
        self.joined(&Token::Or, Self::all, Node::Any)
    }

    fn all(&mut self) -> Result<Node, RequirementError> {
        self.joined(&Token::And, Self::not, Node::All)
    }

    fn joined(
        &mut self,
        joint: &Token,
        part: fn(&mut Self) -> Result<Node, RequirementError>,
        join: fn(Vec<Node>) -> Node,
    ) -> Result<Node, RequirementError> {
        let first = part(self)?;
        if self.next.as_ref() != Some(joint) {
            return Ok(first);
        }
        let mut parts = Vec::from([first]);
        while self.next.as_ref() == Some(joint) {
            self.advance()?;
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn not(&mut self) -> Result<Node, RequirementError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.lexer.error(Problem::TooDeep));
        }
        let node = match &self.next {
            Some(Token::Not) => {
                self.advance()?;
                Node::Not(Box::new(self.not()?))
            }
            Some(Token::Open) => {
                self.advance()?;
                let inner = self.any()?;
                self.close()?;
                inner
            }
            Some(Token::Name(_)) => Node::Atom(self.atom()?),
            Some(_) | None => return Err(self.lexer.error(Problem::MissingName)),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn atom(&mut self) -> Result<Atom, RequirementError> {
        self.atoms += 1;
        if self.atoms > MAX_ATOMS {
            return Err(self.lexer.error(Problem::TooMany));
        }
        let position = self.lexer.position();
        let form = if self.lexer.at_open() { self.form()? } else { None };
        let Some(form) = form else {
            let name = self.name()?;
            return Pattern::parse_in(&name, self.language)
                .map(|pattern| Atom(Kind::Permission(pattern)))
                .map_err(|error| RequirementError { kind: Problem::Name(error), position });
        };
        self.advance()?;
        self.advance()?;
        let position = self.lexer.position();
        let name = self.name()?;
        check_name(&name).map_err(|error| RequirementError {
            kind: Problem::Name(crate::PatternError::Name(error)),
            position,
        })?;
        self.close()?;
        Ok(Atom(form(name)))
    }

    /// The form of a name directly before `(`.
    fn form(&self) -> Result<Option<Form>, RequirementError> {
        match &self.next {
            Some(Token::Name(name)) => match name.as_str() {
                "role" => Ok(Some(Kind::Role)),
                "group" => Ok(Some(Kind::Group)),
                "scope" => Ok(Some(Kind::Scope)),
                _ => Err(self.lexer.error(Problem::UnknownForm)),
            },
            _ => Ok(None),
        }
    }

    fn name(&mut self) -> Result<String, RequirementError> {
        match self.next.take() {
            Some(Token::Name(name)) => {
                self.next = self.lexer.next()?;
                Ok(name)
            }
            _ => Err(self.lexer.error(Problem::MissingName)),
        }
    }

    fn close(&mut self) -> Result<(), RequirementError> {
        match self.next {
            Some(Token::Close) => self.advance().map(|_| ()),
            Some(Token::Name(_) | Token::Not | Token::Open) => {
                Err(self.lexer.error(Problem::MissingOperator))
            }
            _ => Err(self.lexer.error(Problem::MissingClose)),
        }
    }
}
