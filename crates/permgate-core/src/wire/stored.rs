//! A document that is stored for the next load of the page, with its subject, as JSON.

use alloc::boxed::Box;
use alloc::string::String;

use crate::json::{Value, Writer};
use crate::time::{Millis, Wall};

/// A document with the values that it is compared with when it is read again.
pub(crate) struct StoredDocument {
    pub(crate) subject: String,
    pub(crate) tenant: Option<String>,
    pub(crate) etag: Option<String>,
    /// The issuer of the token that named the subject.
    pub(crate) issuer: Option<String>,
    pub(crate) document: Box<str>,
    /// The time of the request for it.
    pub(crate) requested_at: Wall,
}

impl StoredDocument {
    /// None when the text was not written by [`StoredDocument::write`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value = Value::parse(text).ok()?;
        let word = |key: &str| value.text(key).map(String::from);
        let requested_at = match value.member("asked") {
            Some(Value::Number(number)) => Wall(Millis(number.whole()?)),
            _ => return None,
        };
        Some(Self {
            subject: word("subject")?,
            tenant: word("tenant"),
            etag: word("etag"),
            issuer: word("issuer"),
            document: word("document")?.into_boxed_str(),
            requested_at,
        })
    }

    pub(crate) fn write(
        subject: &str,
        tenant: Option<&str>,
        etag: Option<&str>,
        issuer: Option<&str>,
        (document, requested_at): (&str, Wall),
    ) -> String {
        let mut writer = Writer::default();
        writer.open_object();
        writer.texts(&[
            ("subject", Some(subject)),
            ("tenant", tenant),
            ("etag", etag),
            ("issuer", issuer),
            ("document", Some(document)),
        ]);
        writer.key("asked");
        writer.number(requested_at.0.0);
        writer.close_object();
        writer.finish()
    }
}
