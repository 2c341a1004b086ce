//! Short names at the border: wasm-opt renames imports and exports, and the glue is rewritten to
//! match.
//!
//! The generated names end in hashes, which do not compress, and appear twice: in the
//! module and in the glue.

use crate::error::{Result, TaskError};
use serde_json::Value;
use std::collections::HashMap;

/// The module's name in its imports, before and after wasm-opt.
const MODULE: (&str, &str) = ("\"./permgate_bg.js\"", "\"a\"");

/// Rewrites the glue by the mapping that wasm-opt printed.
pub(super) fn rename(glue: &str, mapping: &str) -> Result<String> {
    let mapping: Value = serde_json::from_str(mapping)
        .map_err(|error| TaskError::new(format!("wasm-opt printed no mapping: {error}")))?;
    let imports = pairs(&mapping, "imports")?;
    let exports = pairs(&mapping, "exports")?;
    let mut renamed = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_name_character) {
        let (before, from_name) = rest.split_at(start);
        renamed.push_str(before);
        let end = from_name.find(|c| !is_name_character(c)).unwrap_or(from_name.len());
        let (name, after) = from_name.split_at(end);
        let is_export = renamed.ends_with("wasm.");
        let is_import = after.starts_with(": function");
        let new = match (is_export, is_import) {
            (true, _) => exports.get(name),
            (_, true) => imports.get(name),
            _ => None,
        };
        renamed.push_str(new.map_or(name, String::as_str));
        rest = after;
    }
    renamed.push_str(rest);
    if !renamed.contains(MODULE.0) {
        return Err(TaskError::new(format!("the glue does not name the module {}", MODULE.0)));
    }
    let renamed = renamed.replace(MODULE.0, MODULE.1);
    let unchanged = imports.keys().find(|name| renamed.contains(name.as_str()));
    match unchanged {
        Some(name) => Err(TaskError::new(format!("the glue still has the name `{name}`")).advice(
            "wasm-bindgen has changed the form of its glue; adapt xtask/src/dist/rename.rs",
        )),
        None => Ok(renamed),
    }
}

/// Old names and new ones; the rows end with both.
fn pairs(mapping: &Value, kind: &str) -> Result<HashMap<String, String>> {
    let rows = mapping.get(kind).and_then(Value::as_array);
    let rows = rows.ok_or_else(|| TaskError::new(format!("the mapping has no `{kind}`")))?;
    let pair = |row: &Value| {
        let row = row.as_array()?;
        let (new, old) = (row.last()?.as_str()?, row.iter().nth_back(1)?.as_str()?);
        Some((old.to_owned(), new.to_owned()))
    };
    Ok(rows.iter().filter_map(pair).collect())
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests;
