//! A message of the server about a subject's permissions, from any transport.

use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::event_stream::MAX_MESSAGE_BYTES;
use super::values::{items, members, optional_string, optional_whole, string};
use super::version_header::VersionHeader;
use crate::json::Value;
use crate::language::Language;
use crate::pattern::Pattern;

/// The most names that one message may revoke; if more are revoked, the server sends only a
/// version.
pub const MAX_REVOKED: usize = 1024;

/// A message that the server pushes. It never grants anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushMessage {
    /// The subject's permissions now have this version.
    Version(VersionHeader),
    /// Permissions were revoked.
    Revoked {
        /// The version of the revocation, if the message has one.
        version: Option<VersionHeader>,
        /// The revoked permissions.
        permissions: Vec<Pattern>,
    },
    /// The credentials of the stream are no longer valid.
    SessionRevoked,
    /// A heartbeat, or an unknown message.
    Other,
}

impl PushMessage {
    /// Reads a message. `kind` is the name of the event; if it is empty or `message`, as over a
    /// WebSocket, the member `type` of the data is the kind.
    ///
    /// # Errors
    /// When the data of a known kind is longer than [`MAX_MESSAGE_BYTES`], is not a JSON object,
    /// lacks a member that its kind needs, or has a name that is not a pattern of the language. The
    /// error names the path.
    pub fn parse(kind: &str, data: &str, language: Language) -> Result<Self, DocumentError> {
        match kind {
            "" | "message" => {
                let value = object(data)?;
                let path = Path::Key(&Path::Root, "type");
                let kind = string(value.member("type").unwrap_or(&Value::Null), &path)?;
                Self::of(kind, &value, language)
            }
            "version" | "revoked" => Self::of(kind, &object(data)?, language),
            kind => Self::of(kind, &Value::Null, language),
        }
    }

    fn of(kind: &str, value: &Value, language: Language) -> Result<Self, DocumentError> {
        Ok(match kind {
            "version" => match version(value)? {
                Some(version) => Self::Version(version),
                None => {
                    let path = Path::Key(&Path::Root, "version");
                    return Err(DocumentError::wrong_type(&path, "a whole number", &Value::Null));
                }
            },
            "revoked" => Self::Revoked {
                version: version(value)?,
                permissions: permissions(value, language)?,
            },
            "session-revoked" => Self::SessionRevoked,
            _ => Self::Other,
        })
    }
}

fn object(data: &str) -> Result<Value, DocumentError> {
    if data.len() > MAX_MESSAGE_BYTES {
        return Err(too_long(&Path::Root, "a message of at most 64 KiB"));
    }
    let value = DocumentError::json(data)?;
    members(&value, &Path::Root)?;
    Ok(value)
}

fn too_long(path: &Path<'_>, needed: &'static str) -> DocumentError {
    DocumentError::new(path, Problem::WrongType { needed, found: "a longer one" })
}

fn version(value: &Value) -> Result<Option<VersionHeader>, DocumentError> {
    let member = |key| value.member(key).unwrap_or(&Value::Null);
    let version = optional_whole(member("version"), &Path::Key(&Path::Root, "version"))?;
    let subject = optional_string(member("subject"), &Path::Key(&Path::Root, "subject"))?;
    Ok(version.map(|version| VersionHeader { version, subject }))
}

fn permissions(value: &Value, language: Language) -> Result<Vec<Pattern>, DocumentError> {
    let path = Path::Key(&Path::Root, "permissions");
    let names = items(value.member("permissions").unwrap_or(&Value::Null), &path)?;
    if names.len() > MAX_REVOKED {
        return Err(too_long(&path, "an array of at most 1024 names"));
    }
    let mut permissions = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let path = Path::Index(&path, index);
        let pattern = Pattern::parse_in(string(name, &path)?, language);
        permissions
            .push(pattern.map_err(|error| DocumentError::new(&path, Problem::Pattern(error)))?);
    }
    Ok(permissions)
}

#[cfg(test)]
mod tests;
