//! Messages to clients, and their format in an event stream and on a socket.

use serde::Serialize;

/// The most names, and the most bytes of names, that one message may revoke. If more are revoked,
/// the message has only the version, with the same effect; clients read messages up to 64 KiB.
const MAX_REVOKED: usize = 1024;
const MAX_REVOKED_BYTES: usize = 32 * 1024;

/// A message to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// The subject's permissions now have this version.
    Version { version: u64, subject: String },
    /// These names of the catalogue were revoked, or are granted less than before, in this version.
    Revoked { version: u64, subject: String, permissions: Vec<String> },
    /// The credentials of the stream are no longer valid.
    SessionRevoked,
    /// A heartbeat. It is an event, not a comment: `EventSource` does not pass comments to scripts,
    /// which need heartbeats to notice a dead connection.
    Heartbeat,
}

/// The data of a message.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<&'a [String]>,
}

impl Message {
    /// The message for a change.
    pub(super) fn changed(version: u64, subject: &str, revoked: &[String]) -> Self {
        let subject = subject.into();
        let bytes: usize = revoked.iter().map(String::len).sum();
        if revoked.is_empty() || revoked.len() > MAX_REVOKED || bytes > MAX_REVOKED_BYTES {
            Self::Version { version, subject }
        } else {
            Self::Revoked { version, subject, permissions: revoked.to_vec() }
        }
    }

    /// The message as a server-sent event (WHATWG HTML §9.2.5). JSON has no line breaks, so one
    /// line of data is enough.
    pub(super) fn to_event(&self) -> String {
        let data = self.json(None);
        let kind = self.kind();
        match self {
            Self::Version { version, .. } | Self::Revoked { version, .. } => {
                format!("event: {kind}\nid: {version}\ndata: {data}\n\n")
            }
            Self::SessionRevoked | Self::Heartbeat => format!("event: {kind}\ndata: {data}\n\n"),
        }
    }

    /// The message on a socket: the same data, with the kind as `type`.
    pub(super) fn to_text(&self) -> String {
        self.json(Some(self.kind()))
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Version { .. } => "version",
            Self::Revoked { .. } => "revoked",
            Self::SessionRevoked => "session-revoked",
            Self::Heartbeat => "heartbeat",
        }
    }

    fn json(&self, kind: Option<&'static str>) -> String {
        let mut data = Data { kind, version: None, subject: None, permissions: None };
        match self {
            Self::Version { version, subject } => {
                (data.version, data.subject) = (Some(*version), Some(subject.as_str()));
            }
            Self::Revoked { version, subject, permissions } => {
                (data.version, data.subject) = (Some(*version), Some(subject.as_str()));
                data.permissions = Some(permissions);
            }
            Self::SessionRevoked | Self::Heartbeat => {}
        }
        // Texts and numbers can always be serialized; otherwise the client would find no JSON and
        // ask again.
        serde_json::to_string(&data).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
