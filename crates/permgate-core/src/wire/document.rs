//! The permission document of one subject, from an endpoint, a bootstrap or a token.

use alloc::string::String;
use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::layout;
use super::limits::{MAX_GRANTS, MAX_MEMBERS};
use super::reading::{Layout, Reading};
use super::values::{items, members, optional_string, optional_whole, string, strings, word};
use crate::catalogue::Catalogue;
use crate::grant::{Effect, Grant};
use crate::json::{Value, Writer};
use crate::resource::ResourcePattern;
use crate::set::{Memberships, PermissionSet};

/// A permission document.
///
/// ```json
/// { "subject": "u-17", "tenant": "acme", "version": 42, "ttl": 300,
///   "permissions": ["invoice:view", "report:*"], "denied": ["report:delete"],
///   "grants": [{ "permission": "invoice:edit", "resource": "invoices/*", "effect": "allow" }],
///   "roles": ["accountant"], "groups": ["staff"], "scopes": ["openid"],
///   "packed": { "catalogue": "2026-11", "bits": "AQI" } }
/// ```
/// One of `permissions`, `grants` and `packed` must be there, all other keys are optional, and
/// unknown keys are ignored. An array of names is a document too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The subject.
    pub subject: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The version, which rises with every change of the subject's permissions.
    pub version: Option<u64>,
    /// How long the document may be used, in seconds; it can only shorten the configured time.
    pub ttl_seconds: Option<u64>,
    /// The grants.
    pub grants: Vec<Grant>,
    /// The roles, groups and scopes of the subject.
    pub memberships: Memberships,
    /// Whether permissions are not listed: then permissions that no role grants are unknown.
    pub is_silent: bool,
}

/// The members that a document must have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NeedsPermissions {
    Yes,
    OrDenials,
}

impl Document {
    /// Reads a document in the default language and layout.
    ///
    /// # Errors
    /// See [`Reading::document`].
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        Reading::default().document(text)
    }

    pub(super) fn read(
        reading: &Reading,
        value: &Value,
        path: &Path<'_>,
        needs: NeedsPermissions,
    ) -> Result<Self, DocumentError> {
        let mut document = Self::default();
        let members = match (reading.layout(), value) {
            (Layout::Document, Value::Array(_)) => {
                read_names(reading, value, path, Effect::Allow, &mut document.grants)?;
                return Ok(document);
            }
            (_, Value::Object(members)) => members,
            (_, other) => {
                return Err(DocumentError::wrong_type(path, "an object or an array", other));
            }
        };
        let is_map = reading.layout() != Layout::Document
            && !matches!(value.member("permissions"), Some(Value::Object(_)));
        if is_map {
            layout::read_map(reading, value, path, Effect::Allow, &mut document.grants)?;
            return Ok(document);
        }
        let mut holds_permissions = false;
        for (key, value) in members {
            let path = Path::Key(path, key);
            let grants = &mut document.grants;
            let memberships = &mut document.memberships;
            match key.as_str() {
                "subject" => document.subject = optional_string(value, &path)?,
                "tenant" => document.tenant = optional_string(value, &path)?,
                "version" => document.version = optional_whole(value, &path)?,
                "ttl" => document.ttl_seconds = optional_whole(value, &path)?,
                "permissions" => read_list(reading, value, &path, Effect::Allow, grants)?,
                "denied" => read_list(reading, value, &path, Effect::Deny, grants)?,
                "grants" => read_grants(reading, value, &path, grants)?,
                "packed" => reading.read_packed(value, &path, grants)?,
                "roles" => memberships.roles = Some(strings(value, &path)?.into()),
                "groups" => memberships.groups = Some(strings(value, &path)?.into()),
                "scopes" => memberships.scopes = Some(strings(value, &path)?.into()),
                // A misspelt `denied`: ignoring it would grant permissions that are meant to be
                // denied.
                "deny" | "denies" | "denials" => {
                    return Err(DocumentError::new(&path, Problem::MeansDenied));
                }
                _ => {}
            }
            holds_permissions |= matches!(key.as_str(), "permissions" | "grants" | "packed");
        }
        // Roles alone are enough if a role map says what they grant.
        let told_by_roles = reading.roles().is_some() && document.memberships.roles.is_some();
        // A role may consist of denials only.
        let is_role = needs == NeedsPermissions::OrDenials && value.member("denied").is_some();
        if !holds_permissions && !told_by_roles && !is_role {
            return Err(DocumentError::new(path, Problem::NoPermissions));
        }
        Ok(document)
    }

    /// The set that the document describes.
    #[must_use]
    pub fn into_set(self) -> PermissionSet {
        let set = PermissionSet::new(self.grants).with_memberships(self.memberships);
        if self.is_silent { set.silent() } else { set }
    }

    /// Writes the document as JSON; reading it gives a document of the same meaning. The only
    /// exception is a document without a list of permissions, since JSON cannot express that.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.write(None)
    }

    /// Writes the document with its permissions packed, as far as the catalogue lists them. Grants
    /// with `*`, and names outside the catalogue, are written beside the bits. Nothing is lost.
    #[must_use]
    pub fn to_packed_json(&self, catalogue: &Catalogue) -> String {
        self.write(Some(catalogue))
    }

    fn write(&self, catalogue: Option<&Catalogue>) -> String {
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
        match catalogue {
            Some(catalogue) => {
                json.key("packed");
                json.open_object();
                json.key("catalogue");
                json.string(catalogue.id());
                json.key("bits");
                json.string(&catalogue.pack(&PermissionSet::new(self.grants.clone())));
                json.close_object();
                json.key("permissions");
                json.strings(plain(Effect::Allow).filter(|name| !catalogue.lists(name)));
            }
            None => {
                json.key("permissions");
                json.strings(plain(Effect::Allow));
            }
        }
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
        let Memberships { roles, groups, scopes } = &self.memberships;
        for (key, names) in [("roles", roles), ("groups", groups), ("scopes", scopes)] {
            if let Some(names) = names {
                json.key(key);
                json.strings(names.iter().map(String::as_str));
            }
        }
        json.close_object();
        json.finish()
    }
}

impl Reading {
    /// Reads a document.
    ///
    /// # Errors
    /// When the text is not JSON, a known key has the wrong type, a pattern is malformed, a packed
    /// set belongs to another catalogue, or no key holds permissions. The error names the path.
    pub fn document(&self, text: &str) -> Result<Document, DocumentError> {
        let value = DocumentError::json(text)?;
        self.complete(Document::read(self, &value, &Path::Root, NeedsPermissions::Yes)?)
    }

    /// Adds the grants of the roles, and checks the number of all grants and members.
    ///
    /// # Errors
    /// When there are too many grants or members.
    pub fn complete(&self, mut document: Document) -> Result<Document, DocumentError> {
        let Memberships { roles, groups, scopes } = &document.memberships;
        if [roles, groups, scopes].into_iter().flatten().any(|names| names.len() > MAX_MEMBERS) {
            return Err(DocumentError::new(&Path::Root, Problem::TooManyMembers));
        }
        if let (Some(map), Some(roles)) = (self.roles(), &document.memberships.roles) {
            map.expand(roles, &mut document.grants)?;
        }
        if document.grants.len() > MAX_GRANTS {
            return Err(DocumentError::new(&Path::Root, Problem::TooManyGrants));
        }
        Ok(document)
    }

    /// The names of a packed set such as `{"catalogue": "2026-11", "bits": "AQI"}`.
    ///
    /// # Errors
    /// When the value is not a packed set, or was packed with another catalogue.
    pub fn read_packed(
        &self,
        value: &Value,
        path: &Path<'_>,
        grants: &mut Vec<Grant>,
    ) -> Result<(), DocumentError> {
        members(value, path)?;
        let text = |key| string(value.member(key).unwrap_or(&Value::Null), &Path::Key(path, key));
        self.unpack(text("catalogue")?, text("bits")?, path, grants)
    }
}

/// Names under `permissions` or `denied`, in the layout of the document.
fn read_list(
    reading: &Reading,
    value: &Value,
    path: &Path<'_>,
    effect: Effect,
    grants: &mut Vec<Grant>,
) -> Result<(), DocumentError> {
    match (reading.layout(), value) {
        (Layout::ByResource | Layout::ByAction, Value::Object(_)) => {
            layout::read_map(reading, value, path, effect, grants)
        }
        _ => read_names(reading, value, path, effect, grants),
    }
}

fn read_names(
    reading: &Reading,
    value: &Value,
    path: &Path<'_>,
    effect: Effect,
    grants: &mut Vec<Grant>,
) -> Result<(), DocumentError> {
    for (index, item) in items(value, path)?.iter().enumerate() {
        let path = Path::Index(path, index);
        let pattern = reading.pattern(string(item, &path)?, &path)?;
        grants.push(Grant { pattern, resource: None, effect });
    }
    Ok(())
}

fn read_grants(
    reading: &Reading,
    value: &Value,
    path: &Path<'_>,
    grants: &mut Vec<Grant>,
) -> Result<(), DocumentError> {
    for (index, item) in items(value, path)?.iter().enumerate() {
        let path = Path::Index(path, index);
        for (key, _) in members(item, &path)? {
            // An unknown member may be a condition: ignoring it would grant without the condition.
            if !matches!(key.as_str(), "permission" | "resource" | "effect") {
                return Err(DocumentError::new(&Path::Key(&path, key), Problem::UnknownCondition));
            }
        }
        grants.push(grant(reading, item, &path)?);
    }
    Ok(())
}

fn grant(reading: &Reading, item: &Value, parent: &Path<'_>) -> Result<Grant, DocumentError> {
    let path = Path::Key(parent, "permission");
    let permission = string(item.member("permission").unwrap_or(&Value::Null), &path)?;
    let pattern = reading.pattern(permission, &path)?;
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
        Some(value) => word(value, &path, "`allow`, `deny`", |text| match text {
            "allow" => Some(Effect::Allow),
            "deny" => Some(Effect::Deny),
            _ => None,
        })?,
    };
    Ok(Grant { pattern, resource, effect })
}
