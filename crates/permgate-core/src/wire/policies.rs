//! The policies of an application, read from JSON: the role map and the catalogue.

use alloc::vec::Vec;

use super::document::{Document, NeedsPermissions};
use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::reading::Reading;
use super::role_map::RoleMap;
use super::values::{items, members, string};
use crate::catalogue::{Catalogue, CatalogueError};
use crate::json::Value;
use crate::language::Language;
use crate::pattern::Pattern;

impl RoleMap {
    /// Reads a map such as `{"accountant": ["invoice:*"], "auditor": {"permissions": ["*:view"],
    /// "denied": ["payroll:view"]}}`: the value of each role is a permission document, of which
    /// only the grants are read.
    ///
    /// # Errors
    /// When the text is not JSON or not an object, or a value is not a document. The error names
    /// the path.
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
        Ok(Self::new(map))
    }
}

impl Catalogue {
    /// Reads a catalogue such as `{"id": "2026-11", "permissions": ["invoice:view"]}`; other keys
    /// are ignored.
    ///
    /// # Errors
    /// When the text is not JSON, a key is missing or of the wrong type, or the list is
    /// refused ([`Catalogue::new`]). The error names the path.
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
