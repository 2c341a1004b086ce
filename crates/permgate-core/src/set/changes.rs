//! The differences between two sets, so that only the affected answers are decided again.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::PermissionSet;
use crate::grant::Grant;
use crate::index::Grants;
use crate::parts::CATALOGUE;
use crate::pattern::Pattern;
use crate::requirement::{Kind, Requirement};

/// With more differences than this, deciding everything again is as fast.
const DIFFERENCES_MAX: usize = 16;

/// The patterns of the grants and denials that only one of two sets has.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    exact: Vec<&'a Pattern>,
    wide: Vec<&'a Pattern>,
}

impl Changes<'_> {
    /// Whether the answer to a requirement may have changed, on any resource.
    #[must_use]
    pub fn concern(&self, requirement: &Requirement) -> bool {
        let mut concern = false;
        requirement.for_each_atom(&mut |atom| {
            if let Kind::Permission(question) = atom.kind() {
                // Two names affect each other only if they are equal.
                let by_name = if question.is_exact() {
                    self.exact.contains(&question)
                } else {
                    self.exact.iter().any(|changed| changed.overlaps(question))
                };
                concern |= by_name || self.wide.iter().any(|changed| changed.overlaps(question));
            }
        });
        concern
    }
}

impl PermissionSet {
    /// The differences between this set and an earlier one. None if there are many, or if something
    /// other than grants differs: then every answer may have changed.
    #[must_use]
    pub fn changes_since<'a>(&'a self, earlier: &'a Self) -> Option<Changes<'a>> {
        let is_same = self.memberships == earlier.memberships
            && self.is_silent == earlier.is_silent
            && (!CATALOGUE || self.catalogue == earlier.catalogue)
            && self.revoked == earlier.revoked;
        if !is_same {
            return None;
        }
        let mut changes = Changes::default();
        for (new, old) in [(&self.allowed, &earlier.allowed), (&self.denied, &earlier.denied)] {
            differ(new.exact(), old.exact(), &mut changes.exact)?;
            differ(new.wide(), old.wide(), &mut changes.wide)?;
        }
        Some(changes)
    }
}

/// Adds the items that only one of two sorted lists has; none if there are too many.
fn differ<'a>(new: &'a Grants, old: &'a Grants, found: &mut Vec<&'a Pattern>) -> Option<()> {
    let (mut new, mut old) = (new.iter().peekable(), old.iter().peekable());
    loop {
        let order = match (new.peek(), old.peek()) {
            (None, None) => return Some(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.cmp(b),
        };
        let only: Option<&Grant> = match order {
            Ordering::Less => new.next(),
            Ordering::Greater => old.next(),
            Ordering::Equal => {
                new.next();
                old.next();
                None
            }
        };
        found.extend(only.map(|grant| &grant.pattern));
        if found.len() > DIFFERENCES_MAX {
            return None;
        }
    }
}

#[cfg(test)]
mod tests;
