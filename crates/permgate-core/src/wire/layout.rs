//! Permissions as a map: from resources to actions, or from actions to resources.

use alloc::vec::Vec;

use super::document_error::{DocumentError, Path};
use super::reading::{Layout, Reading};
use super::values::{items, members, string};
use crate::grant::{Effect, Grant};
use crate::json::Value;

/// Reads `{"invoice": ["view", "edit"]}`, or the opposite order `{"view": ["invoice"]}`.
pub(super) fn read_map(
    reading: &Reading,
    value: &Value,
    path: &Path<'_>,
    effect: Effect,
    grants: &mut Vec<Grant>,
) -> Result<(), DocumentError> {
    for (key, value) in members(value, path)? {
        let path = Path::Key(path, key);
        for (index, item) in items(value, &path)?.iter().enumerate() {
            let path = Path::Index(&path, index);
            let item = string(item, &path)?;
            let name = match reading.layout() {
                Layout::ByAction => reading.joined(item, key, &path)?,
                Layout::Document | Layout::ByResource => reading.joined(key, item, &path)?,
            };
            grants.push(Grant { pattern: reading.pattern(&name, &path)?, resource: None, effect });
        }
    }
    Ok(())
}
