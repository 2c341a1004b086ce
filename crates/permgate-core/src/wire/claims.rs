//! Reads the claims of a token into a permission document.

use alloc::string::String;
use alloc::vec::Vec;

use super::document::{Document, pattern, strings};
use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::token::Token;
use crate::grant::Grant;
use crate::json::Value;

/// Where in a token something is written, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    /// The keys that lead to the claim, outermost first. Empty for the claims themselves, which
    /// are then read as one boolean each.
    pub path: Vec<String>,
    /// What the values are.
    pub target: ClaimTarget,
    /// Only names that begin with this are read, and it is taken off; for boolean claims that
    /// stand among others.
    pub prefix: Option<String>,
}

/// What a claim's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimTarget {
    /// Permissions that are granted.
    Permissions,
    /// Roles of the subject.
    Roles,
    /// Groups of the subject.
    Groups,
}

impl Default for ClaimRule {
    /// The claim `permissions`, an array or a string.
    fn default() -> Self {
        Self {
            path: Vec::from(["permissions".into()]),
            target: ClaimTarget::Permissions,
            prefix: None,
        }
    }
}

/// Reads a token by rules.
///
/// A claim is an array of strings, a string of names separated by white space or commas, or an
/// object of booleans (`true` grants, `false` does not).
///
/// # Errors
/// When a claim is absent, which is not the same as empty, or of another shape.
pub fn read_claims(token: &Token, rules: &[ClaimRule]) -> Result<Document, DocumentError> {
    let mut document =
        Document { subject: token.subject().map(String::from), ..Document::default() };
    for rule in rules {
        read_rule(token, rule, &mut document)?;
    }
    Ok(document)
}

fn read_rule(
    token: &Token,
    rule: &ClaimRule,
    document: &mut Document,
) -> Result<(), DocumentError> {
    // Built from the outside in, so that an error names the whole path.
    fn descend(
        value: &Value,
        keys: &[String],
        path: &Path<'_>,
        rule: &ClaimRule,
        document: &mut Document,
    ) -> Result<(), DocumentError> {
        let Some((key, rest)) = keys.split_first() else {
            let names = names(value, path, rule)?;
            return add(names, path, rule.target, document);
        };
        let inner = Path::Key(path, key);
        match value {
            Value::Object(_) => {
                let absent = || DocumentError::new(&inner, Problem::AbsentClaim);
                descend(value.member(key).ok_or_else(absent)?, rest, &inner, rule, document)
            }
            other => Err(DocumentError::wrong_type(path, "an object", other)),
        }
    }
    descend(&token.claims, &rule.path, &Path::Root, rule, document)
}

fn names(value: &Value, path: &Path<'_>, rule: &ClaimRule) -> Result<Vec<String>, DocumentError> {
    let names = match value {
        Value::Array(_) => strings(value, path)?,
        Value::String(text) => {
            let names = text.split(|c: char| c.is_whitespace() || c == ',');
            names.filter(|name| !name.is_empty()).map(String::from).collect()
        }
        Value::Object(members) => return booleans(members, path, rule),
        other => return Err(DocumentError::wrong_type(path, "an array, string or object", other)),
    };
    Ok(match &rule.prefix {
        None => names,
        Some(prefix) => {
            names.iter().filter_map(|n| n.strip_prefix(prefix.as_str())).map(String::from).collect()
        }
    })
}

/// The names of the members that are `true`. With a prefix the others are not looked at, since
/// they stand among claims that mean something else.
fn booleans(
    members: &[(String, Value)],
    path: &Path<'_>,
    rule: &ClaimRule,
) -> Result<Vec<String>, DocumentError> {
    let mut names = Vec::new();
    for (key, value) in members {
        let name = match &rule.prefix {
            None => Some(key.as_str()),
            Some(prefix) => key.strip_prefix(prefix.as_str()),
        };
        match (name, value) {
            (Some(name), Value::Bool(true)) => names.push(name.into()),
            (None, _) | (_, Value::Bool(false)) => {}
            // Among the claims themselves stand `sub`, `exp` and others, which are not booleans.
            _ if rule.path.is_empty() && rule.prefix.is_none() => {}
            (_, other) => {
                return Err(DocumentError::wrong_type(&Path::Key(path, key), "a boolean", other));
            }
        }
    }
    Ok(names)
}

fn add(
    names: Vec<String>,
    path: &Path<'_>,
    target: ClaimTarget,
    document: &mut Document,
) -> Result<(), DocumentError> {
    let members = match target {
        ClaimTarget::Permissions => {
            for name in &names {
                document.grants.push(Grant::allow(pattern(name, path)?));
            }
            return Ok(());
        }
        ClaimTarget::Roles => &mut document.memberships.roles,
        ClaimTarget::Groups => &mut document.memberships.groups,
    };
    let held = members.take().unwrap_or_default().into_vec();
    *members = Some(held.into_iter().chain(names).collect());
    Ok(())
}
