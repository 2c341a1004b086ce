//! Messages of the server: patterns are valid, and the kind means the same as a name and as a key.

use crate::input::Input;
use permgate_core::json::{Value, Writer};
use permgate_core::wire::{MAX_REVOKED, PushMessage, VersionHeader};
use permgate_core::{Language, Pattern};

/// An input: dialect, separator, kind; then the data.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let kinds = ["version", "revoked", "", "message", "session-revoked", "heartbeat"];
    let kind = input.choice(&kinds);
    let data = input.text();
    let message = PushMessage::parse(kind, &data, language);
    match &message {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!matches!(kind, "session-revoked" | "heartbeat"), "{error}");
        }
        Ok(PushMessage::Version(version)) => again("version", Some(version), None, language),
        Ok(PushMessage::Revoked { version, permissions }) => {
            assert!(permissions.len() <= MAX_REVOKED);
            for permission in permissions {
                let again = Pattern::parse_in(permission.as_str(), language);
                assert_eq!(again.as_ref(), Ok(permission));
            }
            again("revoked", version.as_ref(), Some(permissions), language);
        }
        Ok(PushMessage::SessionRevoked | PushMessage::Other) => {
            assert!(!matches!(kind, "version" | "revoked"));
        }
    }
    if matches!(kind, "version" | "revoked")
        && let Some(data) = with_type(kind, &data)
    {
        assert_eq!(PushMessage::parse("", &data, language), message);
        assert_eq!(PushMessage::parse("message", &data, language), message);
    }
}

/// Writes a message again, and checks that it is read as the same message.
fn again(
    kind: &str,
    version: Option<&VersionHeader>,
    permissions: Option<&[Pattern]>,
    language: Language,
) {
    let mut json = Writer::default();
    json.open_object();
    if let Some(VersionHeader { version, subject }) = version {
        json.key("version");
        json.number(*version);
        if let Some(subject) = subject {
            json.key("subject");
            json.string(subject);
        }
    }
    if let Some(permissions) = permissions {
        json.key("permissions");
        json.strings(permissions.iter().map(Pattern::as_str));
    }
    json.close_object();
    let expected = match (version, permissions) {
        (Some(version), None) => PushMessage::Version(version.clone()),
        (version, permissions) => PushMessage::Revoked {
            version: version.cloned(),
            permissions: permissions.unwrap_or_default().to_vec(),
        },
    };
    assert_eq!(PushMessage::parse(kind, &json.finish(), language), Ok(expected));
}

/// The data with the kind as its first key; `None` if the data is no object, or has a type already.
fn with_type(kind: &str, data: &str) -> Option<String> {
    let Ok(Value::Object(members)) = Value::parse(data) else { return None };
    if members.iter().any(|(key, _)| key == "type") {
        return None;
    }
    let comma = if members.is_empty() { "" } else { "," };
    let (_, rest) = data.split_once('{')?;
    Some(format!("{{\"type\":\"{kind}\"{comma}{rest}"))
}
