//! A resource with path parameters in it, such as `tenants/{tenant}/invoices/{id}`.

use std::fmt;

use permgate_core::{Resource, ResourceError};

use crate::params::{Params, ParamsError};

/// A resource some of whose segments are path parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Parameter(String),
}

impl Template {
    /// Reads a template. Each parameter is a whole segment.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        Resource::parse(text).map_err(TemplateError::NoResource)?;
        text.split('/').map(segment).collect::<Result<_, _>>().map(Self)
    }

    /// The resource that the parameters of a request name.
    pub(crate) fn fill(&self, params: &Params) -> Result<Resource, ParamsError> {
        let mut path = String::new();
        for segment in &self.0 {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(match segment {
                Segment::Fixed(text) => text,
                Segment::Parameter(name) => params.segment(name)?,
            });
        }
        Resource::parse(&path).map_err(ParamsError::NoResource)
    }
}

fn segment(text: &str) -> Result<Segment, TemplateError> {
    let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let inner = name.unwrap_or(text);
    if inner.is_empty() || inner.contains(['{', '}']) {
        return Err(TemplateError::Segment(text.into()));
    }
    Ok(match name {
        Some(name) => Segment::Parameter(name.into()),
        None => Segment::Fixed(text.into()),
    })
}

/// Why a text is not the template of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// The text is not a valid resource, whatever the values are.
    NoResource(ResourceError),
    /// A segment is empty, or has braces that do not enclose all of it.
    Segment(String),
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResource(error) => error.fmt(f),
            Self::Segment(text) => write!(
                f,
                "`{text}` is not a segment; write a name, or a path parameter such as `{{id}}`"
            ),
        }
    }
}

impl std::error::Error for TemplateError {}

#[cfg(test)]
mod tests;
