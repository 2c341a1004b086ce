//! The path parameters that the router matched, decoded as handlers see them.

use std::fmt;

use axum::extract::RawPathParams;

/// The path parameters of a request: matched by the router, percent-decoded once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn new(raw: &RawPathParams) -> Self {
        Self(raw.iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The value of a parameter as handlers see it. It may hold `/`, be empty or be `..`.
    ///
    /// # Errors
    /// When the route has no such parameter, or has it twice.
    pub fn text(&self, name: &str) -> Result<&str, ParamsError> {
        let mut found = self.0.iter().filter(|(held, _)| held == name).map(|(_, value)| value);
        match (found.next(), found.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(ParamsError::Missing(name.into())),
            (Some(_), Some(_)) => Err(ParamsError::Twice(name.into())),
        }
    }

    /// The value of a parameter that is one segment of a resource.
    ///
    /// # Errors
    /// As [`Params::text`]; and when the value is empty, `.` or `..`, or holds `/`, `\`, `*` or a
    /// control character.
    pub fn segment(&self, name: &str) -> Result<&str, ParamsError> {
        let value = self.text(name)?;
        let is_path = value.is_empty() || value == "." || value == "..";
        if is_path || value.contains(['/', '\\', '*']) || value.chars().any(char::is_control) {
            return Err(ParamsError::NoSegment(name.into()));
        }
        Ok(value)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Why path parameters do not name a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamsError {
    /// The route has no parameter of this name.
    Missing(String),
    /// The route has several parameters of this name.
    Twice(String),
    /// The value cannot be one segment of a resource.
    NoSegment(String),
    /// The values together are not a resource.
    NoResource(permgate_core::ResourceError),
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => {
                write!(f, "the route has no parameter `{name}`; write `{{{name}}}` in its path")
            }
            Self::Twice(name) => {
                write!(f, "the route has the parameter `{name}` twice; give each its own name")
            }
            Self::NoSegment(name) => write!(
                f,
                "the parameter `{name}` is not one segment: it is empty, `.` or `..`, or holds \
                 `/`, `\\`, `*` or a control character"
            ),
            Self::NoResource(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ParamsError {}

#[cfg(test)]
mod tests;
