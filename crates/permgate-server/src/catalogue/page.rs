//! A page of the application, and the actions on it.

/// An action on a page.
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
    /// The display name.
    pub title: &'static str,
    /// The group in the menu.
    pub section: &'static str,
    /// The actions on the page; every page can be viewed.
    pub actions: &'static [Action],
    /// The records of a new database.
    pub sample: Sample,
}

/// The names and states from which a page's first records are made.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Titles, one record each.
    pub titles: &'static [&'static str],
    /// States that records take in turn.
    pub statuses: &'static [&'static str],
    /// The amount of the first record in cents, from which the others vary; 0 on pages without
    /// amounts.
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
