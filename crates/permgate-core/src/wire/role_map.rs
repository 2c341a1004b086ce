//! What roles stand for, and catalogues: the policies of an application, from JSON.

use alloc::string::String;
use alloc::vec::Vec;

use super::document::{Document, NeedsPermissions};
use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::reading::{MAX_GRANTS, Reading};
use super::values::{items, members, string};
use crate::catalogue::{Catalogue, CatalogueError};
use crate::grant::Grant;
use crate::json::Value;
use crate::language::Language;
use crate::order::order;
use crate::pattern::Pattern;

/// The grants that each role stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMap(Vec<(String, Vec<Grant>)>);

impl RoleMap {
    /// Reads a map such as `{"accountant": ["invoice:*"], "auditor": {"permissions": ["*:view"],
    /// "denied": ["payroll:view"]}}`: the value of each role is a permission document, of which
    /// only the grants are read.
    ///
    /// # Errors
    /// When the text is not JSON, no object, or a value is no document. The error names the path.
    pub fn parse(text: &str, language: Language) -> Result<Self, DocumentError> {
        Self::from_value(&DocumentError::json(text)?, language, &Path::Root)
    }

    pub(crate) fn from_value(
        value: &Value,
        language: Language,
        path: &Path<'_>,
    ) -> Result<Self, DocumentError> {
        let reading = Reading { language, ..Reading::default() };
        let mut map = Vec::new();
        for (role, value) in members(value, path)? {
            let path = Path::Key(path, role);
            let document = Document::read(&reading, value, &path, NeedsPermissions::OrDenials)?;
            map.push((role.clone(), document.grants));
        }
        Ok(Self(map))
    }

    /// Adds what roles stand for. A role that is not in the map stands for nothing but itself.
    pub(super) fn expand(
        &self,
        roles: &[String],
        grants: &mut Vec<Grant>,
    ) -> Result<(), DocumentError> {
        let order = order(roles.len(), &|a, b| roles.get(a).cmp(&roles.get(b)));
        for (role, given) in &self.0 {
            if order.binary_search_by(|index| roles.get(*index).cmp(&Some(role))).is_ok() {
                if grants.len() + given.len() > MAX_GRANTS {
                    return Err(DocumentError::new(&Path::Root, Problem::TooManyGrants));
                }
                grants.extend_from_slice(given);
            }
        }
        Ok(())
    }
}

impl Catalogue {
    /// Reads a catalogue such as `{"id": "2026-11", "permissions": ["invoice:view"]}`; other keys
    /// are ignored.
    ///
    /// # Errors
    /// When the text is not JSON, the two keys are not there or of the wrong type, or the list is
    /// none ([`Catalogue::new`]). The error names the path.
    pub fn parse(text: &str, language: Language) -> Result<Self, DocumentError> {
        Self::from_value(&DocumentError::json(text)?, language, &Path::Root)
    }

    pub(crate) fn from_value(
        value: &Value,
        language: Language,
        path: &Path<'_>,
    ) -> Result<Self, DocumentError> {
        members(value, path)?;
        let id = string(value.member("id").unwrap_or(&Value::Null), &Path::Key(path, "id"))?;
        let path = Path::Key(path, "permissions");
        let refused = |error| DocumentError::new(&path, Problem::Catalogue(error));
        let list = items(value.member("permissions").unwrap_or(&Value::Null), &path)?;
        let mut names = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let text = string(item, &Path::Index(&path, index))?;
            let name = Pattern::parse_in(text, language);
            names.push(name.map_err(|error| refused(CatalogueError::Name { index, error }))?);
        }
        Self::new(id, names).map_err(refused)
    }
}
