//! An index of grants: by name, and segment by segment where they hold `*`.

mod grants;

use alloc::vec::Vec;

use crate::grant::Grant;
use crate::pattern::Pattern;
pub(crate) use grants::{Grants, Place, Relation};

/// The grants of one effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side {
    // INVARIANT: every pattern covers only its own name.
    exact: Grants,
    // INVARIANT: every pattern covers more than its own name.
    wide: Grants,
}

impl Side {
    pub(crate) fn new(grants: Vec<Grant>) -> Self {
        let (mut exact, mut wide) = (Vec::new(), Vec::new());
        for grant in grants {
            if grant.pattern.is_exact() { exact.push(grant) } else { wide.push(grant) }
        }
        Self { exact: Grants::new(exact), wide: Grants::new(wide) }
    }

    /// The grants whose patterns cover nothing but their own names.
    pub(crate) fn exact(&self) -> &Grants {
        &self.exact
    }

    /// The other grants.
    pub(crate) fn wide(&self) -> &Grants {
        &self.wide
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.exact.iter().chain(self.wide.iter())
    }

    pub(crate) fn find(
        &self,
        question: &Pattern,
        relation: Relation,
        place: Place<'_>,
        accepts: &dyn Fn(&Grant) -> bool,
    ) -> Option<&Grant> {
        // A pattern that covers only its own name never covers a wider one.
        let exact = if relation == Relation::Overlaps || question.is_exact() {
            self.exact.find(question, relation, place, accepts)
        } else {
            None
        };
        exact.or_else(|| self.wide.find(question, relation, place, accepts))
    }
}
