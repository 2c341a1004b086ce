//! The messages between tabs of one origin, as JSON. Any page of the origin can write one: a
//! message may take permissions away, and never grant any.

use alloc::string::String;

use crate::json::{Value, Writer};

/// A message to other tabs: its kind, the subject, and for some kinds a version and names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TabMessage<'a> {
    pub(crate) kind: &'static str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) version: Option<u64>,
    pub(crate) permissions: &'a [&'a str],
}

impl TabMessage<'_> {
    pub(crate) fn to_json(self) -> String {
        let mut writer = Writer::default();
        writer.open_object();
        writer.texts(&[
            ("type", Some(self.kind)),
            ("subject", self.subject),
            ("tenant", self.tenant),
        ]);
        if let Some(version) = self.version {
            writer.key("version");
            writer.number(version);
        }
        if !self.permissions.is_empty() {
            writer.key("permissions");
            writer.strings(self.permissions.iter().copied());
        }
        writer.close_object();
        writer.finish()
    }
}

/// The subject and kind of another tab's message. Versions and names are read as in a pushed
/// message ([`super::PushMessage`]).
pub(crate) struct TabNews(Value);

impl TabNews {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Value::parse(text).ok().map(Self)
    }

    pub(crate) fn kind(&self) -> Option<&str> {
        self.0.text("type")
    }

    pub(crate) fn subject(&self) -> Option<&str> {
        self.0.text("subject")
    }

    pub(crate) fn tenant(&self) -> Option<&str> {
        self.0.text("tenant")
    }
}
