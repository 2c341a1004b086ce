//! Errors of tasks: what went wrong, and what to do.

use std::fmt;
use std::path::Path;

pub(crate) type Result<T> = std::result::Result<T, TaskError>;

/// A failed task: one message about the failure, and one line of advice.
#[derive(Debug)]
pub(crate) struct TaskError {
    message: String,
    advice: Option<String>,
}

impl TaskError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), advice: None }
    }

    /// A failure whose message was printed already.
    pub(crate) fn already_printed() -> Self {
        Self::new("")
    }

    pub(crate) fn is_printed(&self) -> bool {
        self.message.is_empty()
    }

    /// An operation on a file that failed.
    pub(crate) fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {doing} `{}`: {error}", path.display()))
    }

    /// Adds advice, unless the error has some already, which is closer to the cause.
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice.get_or_insert_with(|| advice.into());
        self
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}", self.message)?;
        match &self.advice {
            Some(advice) => write!(formatter, "\n  what to do: {advice}"),
            None => Ok(()),
        }
    }
}

impl From<lexopt::Error> for TaskError {
    fn from(error: lexopt::Error) -> Self {
        Self::new(error.to_string()).advice("`cargo xtask help` lists commands and options")
    }
}
