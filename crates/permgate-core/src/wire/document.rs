//! The permission document: what an endpoint, a bootstrap or a token says about one subject.

use alloc::string::String;
use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use crate::grant::{Effect, Grant};
use crate::json::{JsonErrorKind, Value, Writer};
use crate::pattern::Pattern;
use crate::resource::ResourcePattern;
use crate::set::{Memberships, PermissionSet};

/// A permission document.
///
/// ```json
/// { "subject": "u-17", "tenant": "acme", "version": 42, "ttl": 300,
///   "permissions": ["invoice:view", "report:*"], "denied": ["report:delete"],
///   "grants": [{ "permission": "invoice:edit", "resource": "invoices/*", "effect": "allow" }],
///   "roles": ["accountant"], "groups": ["staff"] }
/// ```
/// `permissions` or `grants` must be there, all other keys are optional, and unknown keys are
/// ignored. An array of names is a document too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Whom it is about.
    pub subject: Option<String>,
    /// In which tenant.
    pub tenant: Option<String>,
    /// Counts up with every change of the subject's permissions.
    pub version: Option<u64>,
    /// How long it may be believed, in seconds; it can only shorten the configured time.
    pub ttl_seconds: Option<u64>,
    /// What is allowed and denied.
    pub grants: Vec<Grant>,
    /// What the subject belongs to.
    pub memberships: Memberships,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// When the text is not JSON, a known key has the wrong type, a pattern is malformed, or
    /// neither `permissions` nor `grants` is there. The error names the path.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value = Value::parse(text).map_err(|error| {
            let html =
                error.kind == JsonErrorKind::Unexpected && text.trim_start().starts_with('<');
            let kind = if html { Problem::Html } else { Problem::Json(error) };
            DocumentError::new(&Path::Root, kind)
        })?;
        Self::from_value(&value)
    }

    fn from_value(value: &Value) -> Result<Self, DocumentError> {
        let root = Path::Root;
        let members = match value {
            Value::Array(_) => {
                let mut grants = Vec::new();
                read_names(value, &root, Effect::Allow, &mut grants)?;
                return Ok(Self { grants, ..Self::default() });
            }
            Value::Object(members) => members,
            other => return Err(DocumentError::wrong_type(&root, "an object or an array", other)),
        };
        let mut document = Self::default();
        let mut holds_permissions = false;
        for (key, value) in members {
            let path = Path::Key(&root, key);
            let grants = &mut document.grants;
            match key.as_str() {
                "subject" => document.subject = optional_string(value, &path)?,
                "tenant" => document.tenant = optional_string(value, &path)?,
                "version" => document.version = optional_whole(value, &path)?,
                "ttl" => document.ttl_seconds = optional_whole(value, &path)?,
                "permissions" => {
                    holds_permissions = true;
                    read_names(value, &path, Effect::Allow, grants)?;
                }
                "denied" => read_names(value, &path, Effect::Deny, grants)?,
                "grants" => {
                    holds_permissions = true;
                    read_grants(value, &path, grants)?;
                }
                "roles" => document.memberships.roles = Some(strings(value, &path)?.into()),
                "groups" => document.memberships.groups = Some(strings(value, &path)?.into()),
                _ => {}
            }
        }
        if !holds_permissions {
            return Err(DocumentError::new(&root, Problem::NoPermissions));
        }
        Ok(document)
    }

    /// The set that it describes.
    #[must_use]
    pub fn into_set(self) -> PermissionSet {
        PermissionSet::new(self.grants).with_memberships(self.memberships)
    }

    /// Writes the document as JSON; reading it gives a document of the same meaning.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = Writer::default();
        let plain = |effect: Effect| {
            let grants = self.grants.iter();
            grants
                .filter(move |grant| grant.effect == effect && grant.resource.is_none())
                .map(|grant| grant.pattern.as_str())
        };
        json.open_object();
        for (key, value) in [("subject", &self.subject), ("tenant", &self.tenant)] {
            if let Some(value) = value {
                json.key(key);
                json.string(value);
            }
        }
        for (key, value) in [("version", self.version), ("ttl", self.ttl_seconds)] {
            if let Some(value) = value {
                json.key(key);
                json.number(value);
            }
        }
        json.key("permissions");
        json.strings(plain(Effect::Allow));
        json.key("denied");
        json.strings(plain(Effect::Deny));
        json.key("grants");
        json.open_array();
        for grant in &self.grants {
            if let Some(resource) = &grant.resource {
                json.open_object();
                json.key("permission");
                json.string(grant.pattern.as_str());
                json.key("resource");
                json.string(resource.as_str());
                json.key("effect");
                json.string(grant.effect.as_str());
                json.close_object();
            }
        }
        json.close_array();
        for (key, names) in
            [("roles", &self.memberships.roles), ("groups", &self.memberships.groups)]
        {
            if let Some(names) = names {
                json.key(key);
                json.strings(names.iter().map(String::as_str));
            }
        }
        json.close_object();
        json.finish()
    }
}

/// `null` stands for an absent value where a value is optional.
fn optional_string(value: &Value, path: &Path<'_>) -> Result<Option<String>, DocumentError> {
    match value {
        Value::Null => Ok(None),
        value => string(value, path).map(|text| Some(text.into())),
    }
}

fn optional_whole(value: &Value, path: &Path<'_>) -> Result<Option<u64>, DocumentError> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) if number.whole().is_some() => Ok(number.whole()),
        Value::Number(_) => {
            let (needed, found) = ("a whole number", "another number");
            Err(DocumentError::new(path, Problem::WrongType { needed, found }))
        }
        other => Err(DocumentError::wrong_type(path, "a whole number", other)),
    }
}

pub(super) fn string<'a>(value: &'a Value, path: &Path<'_>) -> Result<&'a str, DocumentError> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(DocumentError::wrong_type(path, "a string", other)),
    }
}

fn items<'a>(value: &'a Value, path: &Path<'_>) -> Result<&'a [Value], DocumentError> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(DocumentError::wrong_type(path, "an array", other)),
    }
}

pub(super) fn strings(value: &Value, path: &Path<'_>) -> Result<Vec<String>, DocumentError> {
    let items = items(value, path)?.iter().enumerate();
    items.map(|(index, item)| string(item, &Path::Index(path, index)).map(String::from)).collect()
}

pub(super) fn read_names(
    value: &Value,
    path: &Path<'_>,
    effect: Effect,
    grants: &mut Vec<Grant>,
) -> Result<(), DocumentError> {
    for (index, item) in items(value, path)?.iter().enumerate() {
        let path = Path::Index(path, index);
        let pattern = pattern(string(item, &path)?, &path)?;
        grants.push(Grant { pattern, resource: None, effect });
    }
    Ok(())
}

pub(super) fn pattern(text: &str, path: &Path<'_>) -> Result<Pattern, DocumentError> {
    Pattern::parse(text).map_err(|error| DocumentError::new(path, Problem::Pattern(error)))
}

fn read_grants(
    value: &Value,
    path: &Path<'_>,
    grants: &mut Vec<Grant>,
) -> Result<(), DocumentError> {
    for (index, item) in items(value, path)?.iter().enumerate() {
        let path = Path::Index(path, index);
        let Value::Object(_) = item else {
            return Err(DocumentError::wrong_type(&path, "an object", item));
        };
        grants.push(grant(item, &path)?);
    }
    Ok(())
}

fn grant(item: &Value, parent: &Path<'_>) -> Result<Grant, DocumentError> {
    let path = Path::Key(parent, "permission");
    let permission = string(item.member("permission").unwrap_or(&Value::Null), &path)?;
    let pattern = pattern(permission, &path)?;
    let path = Path::Key(parent, "resource");
    let resource = match item.member("resource") {
        None | Some(Value::Null) => None,
        Some(value) => Some(
            ResourcePattern::parse(string(value, &path)?)
                .map_err(|error| DocumentError::new(&path, Problem::Resource(error)))?,
        ),
    };
    let path = Path::Key(parent, "effect");
    let effect = match item.member("effect") {
        None => Effect::Allow,
        Some(value) => match string(value, &path)? {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            _ => return Err(DocumentError::new(&path, Problem::UnknownEffect)),
        },
    };
    Ok(Grant { pattern, resource, effect })
}
