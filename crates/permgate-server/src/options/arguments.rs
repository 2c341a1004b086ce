//! The arguments of a command line, read one by one, and what can be wrong with them.

use std::fmt;

/// Arguments one by one; `--port=8080` means the same as `--port 8080`.
pub(crate) struct Arguments<I> {
    rest: I,
    attached: Option<String>,
}

impl<I: Iterator<Item = String>> Arguments<I> {
    pub(crate) fn new(rest: I) -> Self {
        Self { rest, attached: None }
    }

    /// The name of the next argument.
    pub(crate) fn next(&mut self) -> Option<String> {
        let argument = self.rest.next()?;
        Some(match argument.split_once('=') {
            Some((name, value)) => {
                self.attached = Some(value.to_owned());
                name.to_owned()
            }
            None => argument,
        })
    }

    /// The value of the argument of this name.
    pub(crate) fn value(&mut self, name: &str) -> Result<String, OptionsError> {
        let value = self.attached.take().or_else(|| self.rest.next());
        value.ok_or_else(|| OptionsError::NoValue(name.into()))
    }

    /// Refuses a value of an argument that takes none.
    pub(crate) fn switch(&mut self, name: &str) -> Result<(), OptionsError> {
        match self.attached.take() {
            Some(_) => Err(OptionsError::Valued(name.into())),
            None => Ok(()),
        }
    }

    /// The error for a name that is none.
    pub(crate) fn unknown(&mut self, name: String) -> OptionsError {
        OptionsError::Unknown(match self.attached.take() {
            Some(value) => format!("{name}={value}"),
            None => name,
        })
    }
}

/// Why the command line makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OptionsError {
    Unknown(String),
    NoValue(String),
    Valued(String),
    BadValue(String, String, &'static str),
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(argument) => {
                write!(f, "there is no option `{argument}`; `--help` lists them")
            }
            Self::NoValue(name) => write!(f, "`{name}` needs a value; `--help` tells which"),
            Self::Valued(name) => {
                write!(f, "`{name}` takes no value; write it alone, or leave it out")
            }
            Self::BadValue(name, value, needed) => {
                write!(f, "`{name}` is `{value}`; give {needed}")
            }
        }
    }
}

impl std::error::Error for OptionsError {}
