//! All pages of the application and all existing permissions.

mod page;
mod pages;

use std::sync::{Arc, LazyLock};

use permgate_core::{Catalogue, CatalogueError, Language, Pattern, Permission};

use crate::secret::{base64url, digest};

pub use page::{Action, Page, Sample};
pub use pages::PAGES;

/// The names of all permissions, in the order of the pages.
pub fn permissions() -> impl Iterator<Item = String> {
    PAGES.iter().flat_map(Page::permissions)
}

/// The id of this list of permissions, which changes with the list.
#[must_use]
pub fn id() -> &'static str {
    static ID: LazyLock<String> = LazyLock::new(|| {
        let names = permissions().collect::<Vec<_>>().join("\n");
        base64url(&digest(names.as_bytes())).chars().take(16).collect()
    });
    &ID
}

/// The list as the core's catalogue, in the default language: bit `i` of a packed set stands for
/// its `i`-th name.
#[must_use]
pub fn list() -> &'static Arc<Catalogue> {
    #[expect(
        clippy::expect_used,
        reason = "the names are constants, and a test parses all of them"
    )]
    static LIST: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
        Arc::new(list_in(Language::default()).expect("every name of the pages is valid"))
    });
    &LIST
}

/// The same list in another language, for sets that are written in that language.
///
/// # Errors
/// When the language cannot express one of the names, or reads two names as the same.
pub fn list_in(language: Language) -> Result<Catalogue, CatalogueError> {
    let names = permissions().enumerate().map(|(index, name)| {
        Pattern::parse_in(&name, language).map_err(|error| CatalogueError::Name { index, error })
    });
    Catalogue::new(id(), names.collect::<Result<_, _>>()?)
}

/// Whether a pattern covers at least one existing permission.
#[must_use]
pub fn is_covered_by(pattern: &Pattern) -> bool {
    permissions().any(|name| Permission::parse(&name).is_ok_and(|name| pattern.covers(&name)))
}

#[cfg(test)]
mod tests;
