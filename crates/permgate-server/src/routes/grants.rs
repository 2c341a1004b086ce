//! Grants and patterns in the bodies of administration, and the problems that changes end in.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use permgate_axum::{Current, forbidden};
use permgate_core::{Effect, Grant, Language, Pattern, ResourcePattern};
use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::guard::Refusal;
use crate::problem::Problem;
use crate::store::{self, ChangeError};

/// How many grants, patterns or roles one list holds: every permission of the catalogue fits
/// twice, and a document stays below 100 kB.
const MAX_ENTRIES: usize = 250;

/// A grant in JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct GrantView {
    permission: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    effect: EffectView,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", expecting = "a string")]
enum EffectView {
    Allow,
    Deny,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        Self {
            permission: grant.pattern.as_str().into(),
            resource: grant.resource.as_ref().map(|resource| resource.as_str().into()),
            effect: match grant.effect {
                Effect::Allow => EffectView::Allow,
                Effect::Deny => EffectView::Deny,
            },
        }
    }
}

/// Somebody whose permissions changed.
#[derive(Serialize)]
pub(super) struct Affected {
    subject: String,
    version: u64,
}

pub(super) fn affected(changes: Vec<store::Affected>) -> Vec<Affected> {
    let views = changes.into_iter();
    views.map(|change| Affected { subject: change.subject, version: change.version }).collect()
}

/// Reads the grants of a body; `path` is where they stand.
pub(super) fn grants(
    path: &str,
    views: &[GrantView],
    language: Language,
) -> Result<Vec<Grant>, Problem> {
    at_most(path, views.len())?;
    let mut grants = BTreeSet::new();
    for (index, view) in views.iter().enumerate() {
        let at = |key: &str| format!("{path}[{index}].{key}");
        let pattern = pattern(at("permission"), &view.permission, language)?;
        let resource = view.resource.as_deref().map(ResourcePattern::parse).transpose();
        let resource = resource.map_err(|error| Problem::invalid(at("resource"), error))?;
        let effect = match view.effect {
            EffectView::Allow => Effect::Allow,
            EffectView::Deny => Effect::Deny,
        };
        grants.insert(Grant { pattern, resource, effect });
    }
    Ok(grants.into_iter().collect())
}

/// Reads the patterns of a body.
pub(super) fn patterns(
    path: &str,
    texts: &[String],
    language: Language,
) -> Result<Vec<Pattern>, Problem> {
    at_most(path, texts.len())?;
    let texts = texts.iter().enumerate();
    let patterns = texts.map(|(index, text)| pattern(format!("{path}[{index}]"), text, language));
    Ok(patterns.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect())
}

/// Reads the names of roles in a body.
pub(super) fn role_names(path: &str, names: Vec<String>) -> Result<Vec<String>, Problem> {
    at_most(path, names.len())?;
    Ok(names.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
}

/// A pattern that covers nothing there is would be a typing error that nobody notices.
fn pattern(path: String, text: &str, language: Language) -> Result<Pattern, Problem> {
    let pattern = match Pattern::parse_in(text, language) {
        Ok(pattern) => pattern,
        Err(error) => return Err(Problem::invalid(path, error)),
    };
    if catalogue::is_covered_by(&pattern) {
        return Ok(pattern);
    }
    let advice = format!("`{text}` covers no permission there is; see `GET /api/catalogue`");
    Err(Problem::invalid(path, advice))
}

fn at_most(path: &str, length: usize) -> Result<(), Problem> {
    if length <= MAX_ENTRIES {
        return Ok(());
    }
    let advice = format!("it holds more than {MAX_ENTRIES} entries; use `*` in patterns");
    Err(Problem::invalid(path, advice))
}

/// A text for people: not blank, one line, at most 100 characters.
pub(super) fn label(path: &str, text: String) -> Result<String, Problem> {
    let fits = !text.trim().is_empty()
        && text.chars().count() <= 100
        && !text.chars().any(char::is_control);
    if fits {
        Ok(text)
    } else {
        Err(Problem::invalid(path, "write one line of 1 to 100 characters"))
    }
}

/// A name in addresses and files: a lower-case letter, then letters, digits and hyphens.
pub(super) fn key(path: &str, text: String) -> Result<String, Problem> {
    let fits = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let advice = "start with a letter, and use at most 64 of `a-z`, `0-9` and `-`";
    if fits { Ok(text) } else { Err(Problem::invalid(path, advice)) }
}

/// The problem for a change that was not made. Roles that a body names stand at `roles`.
pub(super) fn problem(error: ChangeError, current: &Current, roles_in_body: bool) -> Problem {
    match error {
        ChangeError::NoActor => Problem::invalid_credentials("you are no longer a user here"),
        ChangeError::NoUser(id) => {
            Problem::not_found(format!("there is no user `{id}`; see `GET /api/admin/users`"))
        }
        ChangeError::NoRole(name) => {
            let detail = format!("there is no role `{name}`; see `GET /api/admin/roles`");
            if roles_in_body {
                Problem::invalid("roles", detail)
            } else {
                Problem::not_found(detail)
            }
        }
        ChangeError::Taken(name) => {
            let detail = format!("`{name}` is there already; choose another name");
            Problem::conflict("name-taken", "The name is taken", detail)
        }
        ChangeError::Refused(Refusal::NotAllowed(required)) => {
            forbidden(current, required, "not-granted")
        }
        ChangeError::Refused(refusal @ Refusal::LastAdministrator) => {
            Problem::conflict("last-administrator", "The last administrator", refusal.to_string())
        }
        ChangeError::Refused(refusal @ Refusal::BeyondOwn(_)) => {
            let detail = refusal.to_string();
            let Refusal::BeyondOwn(grant) = refusal else { return Problem::internal(&detail) };
            let title = "More than you hold";
            Problem::new(StatusCode::FORBIDDEN, "beyond-own", title, detail)
                .with("required", grant.pattern.as_str())
                .with("permissions_version", current.standing.version)
        }
        ChangeError::Store(error) => Problem::internal(&error),
    }
}
