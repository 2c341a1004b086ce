//! The fields of the bodies that administrators send, each with its check.

use std::collections::BTreeSet;

use permgate_core::{Effect, Grant, Language, Pattern, ResourcePattern};

use super::views::{EffectView, GrantView};
use crate::catalogue;
use crate::names::is_key;
use crate::password::{MAX_PASSWORD_BYTES, MIN_PASSWORD, has_allowed_length};
use crate::problem::Problem;

/// How many grants, patterns or roles one list holds: twice the number of permissions in the
/// catalogue, and a document stays below 100 kB.
const MAX_ENTRIES: usize = 250;

/// Reads the grants of a body at `path`.
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

/// A pattern that covers no existing permission is refused: it would be an unnoticed typing error.
fn pattern(path: String, text: &str, language: Language) -> Result<Pattern, Problem> {
    let pattern = match Pattern::parse_in(text, language) {
        Ok(pattern) => pattern,
        Err(error) => return Err(Problem::invalid(path, error)),
    };
    if catalogue::is_covered_by(&pattern) {
        return Ok(pattern);
    }
    let advice = format!("`{text}` covers no existing permission; see `GET /api/catalogue`");
    Err(Problem::invalid(path, advice))
}

fn at_most(path: &str, length: usize) -> Result<(), Problem> {
    if length <= MAX_ENTRIES {
        return Ok(());
    }
    let advice = format!("it holds more than {MAX_ENTRIES} entries; use `*` in patterns");
    Err(Problem::invalid(path, advice))
}

/// Checks a label: not blank, one line, at most 100 characters.
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

/// Checks a name in addresses and files: a lower-case letter, then letters, digits and hyphens.
pub(super) fn key(path: &str, text: String) -> Result<String, Problem> {
    let advice = "start with a letter, and use at most 64 of `a-z`, `0-9` and `-`";
    if is_key(&text) { Ok(text) } else { Err(Problem::invalid(path, advice)) }
}

/// Checks the length of a new password.
pub(super) fn check_password(path: &str, password: &str) -> Result<(), Problem> {
    if has_allowed_length(password) {
        return Ok(());
    }
    let advice =
        format!("use at least {MIN_PASSWORD} characters and at most {MAX_PASSWORD_BYTES} bytes");
    Err(Problem::invalid(path, advice))
}
