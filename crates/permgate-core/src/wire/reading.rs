//! How documents and tokens are read: the language, the layout and the policies.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::role_map::RoleMap;
use crate::catalogue::Catalogue;
use crate::grant::{Effect, Grant};
use crate::language::{Dialect, Language};
use crate::parts::{CATALOGUE, LAYOUTS, ROLES, SHIRO};
use crate::pattern::{Pattern, PatternError};
use crate::permission::{MAX_NAME_BYTES, PermissionError};

/// The layout of a document's permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Lists of names.
    #[default]
    Document,
    /// `{"invoice": ["view", "edit"]}`
    ByResource,
    /// `{"view": ["invoice"], "edit": ["invoice"]}`
    ByAction,
}

impl Layout {
    /// The layout with this name in the options: `document`, `by-resource` or `by-action`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "document" => Some(Self::Document),
            "by-resource" if LAYOUTS => Some(Self::ByResource),
            "by-action" if LAYOUTS => Some(Self::ByAction),
            _ => None,
        }
    }
}

/// The role map and the catalogue, which are the same for all users of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// The list of all permissions.
    pub catalogue: Option<Arc<Catalogue>>,
    /// The grants of roles; none if roles grant no permissions.
    pub roles: Option<RoleMap>,
}

/// How documents and tokens are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The language of names and grants.
    pub language: Language,
    /// The layout of a document's permissions.
    pub layout: Layout,
    /// The catalogue and the roles.
    pub policies: Policies,
    /// The tenant that replaces `{tenant}` in the path of a claim.
    pub tenant: Option<String>,
    /// The keys that lead to the claim that names the subject; `sub` if there are none.
    pub subject_claim: Vec<String>,
}

impl Reading {
    /// The layout; always the default one in builds that read no other.
    #[inline]
    pub(super) fn layout(&self) -> Layout {
        if LAYOUTS { self.layout } else { Layout::Document }
    }

    /// The grants of roles.
    #[inline]
    pub(super) fn roles(&self) -> Option<&RoleMap> {
        self.policies.roles.as_ref().filter(|_| ROLES)
    }

    /// The catalogue of all names.
    #[must_use]
    #[inline]
    pub fn catalogue(&self) -> Option<&Arc<Catalogue>> {
        self.policies.catalogue.as_ref().filter(|_| CATALOGUE)
    }

    /// A pattern in the language of the reading.
    ///
    /// # Errors
    /// When it is malformed; the error names the place.
    pub fn pattern(&self, text: &str, path: &Path<'_>) -> Result<Pattern, DocumentError> {
        Pattern::parse_in(text, self.language)
            .map_err(|error| DocumentError::new(path, Problem::Pattern(error)))
    }

    /// A name of two parts. An empty part is kept: `""` and `*` are `:*`, not everything.
    ///
    /// # Errors
    /// When it is too long, or in the dialect `shiro` a part is blank, which would stand for all
    /// words.
    pub fn joined(
        &self,
        first: &str,
        second: &str,
        path: &Path<'_>,
    ) -> Result<String, DocumentError> {
        let refused = |error| Err(DocumentError::new(path, Problem::Pattern(error)));
        if first.len() + second.len() >= MAX_NAME_BYTES {
            return refused(PatternError::Name(PermissionError::TooLong));
        }
        let is_blank = first.trim().is_empty() || second.trim().is_empty();
        if is_blank && SHIRO && self.language.dialect == Dialect::Shiro {
            return refused(PatternError::NotOneWord);
        }
        let mut name = String::from(first);
        name.push(self.language.separator.character());
        name.push_str(second);
        Ok(name)
    }

    /// Refuses a part of a name that is more than one word in the dialect `shiro`: the author of a
    /// resource did not mean several permissions.
    ///
    /// # Errors
    /// When it is more than one word.
    pub fn one_word(&self, part: &str, path: &Path<'_>) -> Result<(), DocumentError> {
        let divides = |c: char| c == ',' || c == self.language.separator.character();
        if SHIRO && self.language.dialect == Dialect::Shiro && part.contains(divides) {
            let error = PatternError::NotOneWord;
            return Err(DocumentError::new(path, Problem::Pattern(error)));
        }
        Ok(())
    }

    /// The names of a packed set, from the catalogue with this id.
    ///
    /// # Errors
    /// When the known catalogue has another id, or the bits do not fit it.
    pub fn unpack(
        &self,
        id: &str,
        bits: &str,
        path: &Path<'_>,
        grants: &mut Vec<Grant>,
    ) -> Result<(), DocumentError> {
        let Some(catalogue) = self.catalogue().filter(|it| it.id() == id) else {
            let held = self.catalogue().map(|catalogue| catalogue.id().into());
            return Err(DocumentError::new(
                path,
                Problem::UnknownCatalogue { packed_with: id.into(), held },
            ));
        };
        let names = catalogue
            .unpack(bits)
            .map_err(|error| DocumentError::new(path, Problem::Catalogue(error)))?;
        for name in names {
            grants.push(Grant { pattern: name.clone(), resource: None, effect: Effect::Allow });
        }
        Ok(())
    }
}
