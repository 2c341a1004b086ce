//! The option `claims`: rules, presets by name, and arrays of both.

use alloc::vec::Vec;

use permgate_core::json::Value;
use permgate_core::wire::{DocumentError, Path};

use crate::presets;
use crate::rule::{ClaimRule, rule};

impl ClaimRule {
    /// Reads rules: one, a preset's name, a preset with options, or an array of these.
    ///
    /// # Errors
    /// When the text is not JSON, or not as docs/guide/sources.md says. The error names
    /// the path.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, DocumentError> {
        from_value(&DocumentError::json(text)?, &Path::Root)
    }
}

/// The rules of an instance's options, whose other members
/// [`permgate_core::session::Config::parse`] reads. None if there is no option `claims`.
///
/// # Errors
/// As [`ClaimRule::parse_all`].
pub fn of_options(text: &str) -> Result<Vec<ClaimRule>, DocumentError> {
    match DocumentError::json(text)?.member("claims") {
        Some(value) => from_value(value, &Path::Key(&Path::Root, "claims")),
        None => Ok(Vec::new()),
    }
}

fn from_value(value: &Value, path: &Path<'_>) -> Result<Vec<ClaimRule>, DocumentError> {
    let mut rules = Vec::new();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                entry(item, &Path::Index(path, index), &mut rules)?;
            }
        }
        _ => entry(value, path, &mut rules)?,
    }
    Ok(rules)
}

fn entry(value: &Value, path: &Path<'_>, rules: &mut Vec<ClaimRule>) -> Result<(), DocumentError> {
    if value.member("preset").is_some() || matches!(value, Value::String(_)) {
        return presets::read(value, path, rules);
    }
    rules.push(rule(value, path)?);
    Ok(())
}
