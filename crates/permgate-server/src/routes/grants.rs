//! Grants and patterns in the bodies of administration, and the problems that changes end in.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use permgate_axum::{Current, forbidden};
use permgate_core::{Effect, Grant, Language, Pattern, Requirement, ResourcePattern};
use serde::{Deserialize, Serialize};

use super::roles::RoleView;
use super::users::UserView;
use crate::catalogue;
use crate::problem::Problem;
use crate::revision;
use crate::rules::Refusal;
use crate::state::AppState;
use crate::store::{self, ChangeError, Changed};

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

/// Whether a text can be a user name or the name of a role: see [`key`].
pub(crate) fn is_key(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A name in addresses and files: a lower-case letter, then letters, digits and hyphens.
pub(super) fn key(path: &str, text: String) -> Result<String, Problem> {
    let advice = "start with a letter, and use at most 64 of `a-z`, `0-9` and `-`";
    if is_key(&text) { Ok(text) } else { Err(Problem::invalid(path, advice)) }
}

/// The problem for a change that was not made. Roles that a body names stand at `roles`.
pub(super) fn problem(
    error: ChangeError,
    state: &AppState,
    current: &Current,
    roles_in_body: bool,
) -> Problem {
    match error {
        ChangeError::NoActor => Problem::invalid_credentials("you are no longer a user here"),
        ChangeError::NoUser(id) => no_user(&id),
        ChangeError::NoSession(id) => no_session(&id),
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
        ChangeError::Differs(now) => differs(*now, state, current),
        ChangeError::Refused(refusal) => refused(&refusal, current),
        ChangeError::Store(error) => crate::state::failed(&error),
    }
}

pub(super) fn no_user(id: &str) -> Problem {
    Problem::not_found(format!("there is no user `{id}`; see `GET /api/admin/users`"))
}

pub(super) fn no_session(id: &str) -> Problem {
    Problem::not_found(format!("there is no session `{id}`; list the sessions"))
}

/// 412, with what it is now for callers who may see that.
fn differs(now: Changed, state: &AppState, current: &Current) -> Problem {
    let may = |needed: &str| {
        Requirement::parse_in(needed, state.config().language)
            .is_ok_and(|needed| current.standing.set.decide(&needed, None).is_granted())
    };
    match now {
        Changed::User(user) => {
            let revision = user.revision;
            revision::differs(revision, may("user:view").then(|| UserView::from(user)))
        }
        Changed::Role(role) => {
            let revision = role.revision;
            revision::differs(revision, may("role:view").then(|| RoleView::from(role)))
        }
        Changed::Removed => Problem::not_found("it is no longer there"),
    }
}

fn refused(refusal: &Refusal, current: &Current) -> Problem {
    let detail = refusal.to_string();
    let beyond = |required: String| {
        let title = "More than you hold";
        Problem::new(StatusCode::FORBIDDEN, "beyond-own", title, detail.clone())
            .with("required", required)
            .with("permissions_version", current.standing.version)
    };
    match refusal {
        Refusal::NotAllowed(required) => forbidden(current, required, "not-granted"),
        Refusal::BeyondOwn(grant) => beyond(grant.pattern.as_str().into()),
        Refusal::RoleNotHeld(role) => beyond(format!("role({role})")),
        Refusal::KeepersOnly => beyond("*".into()),
        Refusal::LastKeeper => {
            Problem::conflict("last-administrator", "The last administrator", detail)
        }
    }
}
