//! All pages of the application and all permissions there are.

mod pages;

use std::sync::{Arc, LazyLock};

use permgate_core::{Catalogue, CatalogueError, Language, Pattern, Permission};

use crate::secret::{base64url, digest};

pub use pages::PAGES;

/// What can be done on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See its records.
    View,
    /// Add a record.
    Create,
    /// Change a record.
    Edit,
    /// Remove a record.
    Delete,
}

impl Action {
    /// The last segment of the permission's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
        }
    }
}

/// A page of the application.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The first segment of its permissions, and its name in addresses: `[a-z-]+`.
    pub key: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Where it stands in the menu.
    pub section: &'static str,
    /// What can be done on it; every page can be viewed.
    pub actions: &'static [Action],
    /// What its records look like when the database is new.
    pub sample: Sample,
}

/// The names and states from which a page's first records are made.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Titles, one record each.
    pub titles: &'static [&'static str],
    /// States that records take in turn.
    pub statuses: &'static [&'static str],
    /// The amount of the first record in cents, from which the others vary; 0 where money has
    /// no place.
    pub amount: i64,
}

impl Page {
    /// The name of a permission on this page.
    #[must_use]
    pub fn permission(&self, action: Action) -> String {
        format!("{}:{}", self.key, action.as_str())
    }

    /// The names of all its permissions.
    pub fn permissions(&self) -> impl Iterator<Item = String> {
        self.actions.iter().map(|action| self.permission(*action))
    }
}

/// The names of all permissions, in the order of the pages.
pub fn permissions() -> impl Iterator<Item = String> {
    PAGES.iter().flat_map(Page::permissions)
}

/// What names this list of permissions: it changes when the list does.
#[must_use]
pub fn id() -> &'static str {
    static ID: LazyLock<String> = LazyLock::new(|| {
        let names = permissions().collect::<Vec<_>>().join("\n");
        base64url(&digest(names.as_bytes())).chars().take(16).collect()
    });
    &ID
}

/// The list as the core knows it, in the default language: bit `i` of a packed set is its `i`-th
/// name.
#[must_use]
pub fn list() -> &'static Arc<Catalogue> {
    #[expect(clippy::expect_used, reason = "the names are constants, and tests read them all")]
    static LIST: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
        Arc::new(list_in(Language::default()).expect("every name of the pages is a name"))
    });
    &LIST
}

/// The same list in another language, for sets that are written in it.
///
/// # Errors
/// When the language cannot hold one of the names, or takes two for one.
pub fn list_in(language: Language) -> Result<Catalogue, CatalogueError> {
    let names = permissions().enumerate().map(|(index, name)| {
        Pattern::parse_in(&name, language).map_err(|error| CatalogueError::Name { index, error })
    });
    Catalogue::new(id(), names.collect::<Result<_, _>>()?)
}

/// Whether a grant of this pattern covers any permission there is.
#[must_use]
pub fn is_covered_by(pattern: &Pattern) -> bool {
    permissions().any(|name| Permission::parse(&name).is_ok_and(|name| pattern.covers(&name)))
}

#[cfg(test)]
mod tests;
