//! Computes the names of the catalogue of which a user holds less after a change, for the page to
//! hide at once.

use permgate_core::{Effect, Grant, Language, Pattern, PermissionSet};

use crate::catalogue;

/// The names of the catalogue that were granted before, in general or on any resource, and of which
/// less is granted now. In doubt a name is included: the page then asks the server.
pub(super) fn lost(
    before: &PermissionSet,
    after: &PermissionSet,
    language: Language,
) -> Vec<String> {
    catalogue::permissions()
        .filter(|name| {
            let name = Pattern::parse_in(name, language);
            name.is_ok_and(|name| is_less_granted(before, after, &name))
        })
        .collect()
}

fn is_less_granted(before: &PermissionSet, after: &PermissionSet, name: &Pattern) -> bool {
    if denies(before, name).any(|deny| deny.resource.is_none()) {
        // It was granted nowhere, so nothing is lost.
        return false;
    }
    let lost_allow = allows(before, name)
        .any(|old| !allows(after, name).any(|remaining| is_as_far_reaching(remaining, old)));
    let new_deny = denies(after, name).any(|new| {
        let as_wide = |held: &Grant| held.pattern.includes(name) || held.pattern == new.pattern;
        !denies(before, name).any(|held| as_wide(held) && is_as_far_reaching(held, new))
    });
    lost_allow || (new_deny && allows(before, name).next().is_some())
}

fn allows<'a>(set: &'a PermissionSet, name: &Pattern) -> impl Iterator<Item = &'a Grant> {
    set.grants().filter(|grant| grant.effect == Effect::Allow && grant.pattern.includes(name))
}

fn denies<'a>(set: &'a PermissionSet, name: &Pattern) -> impl Iterator<Item = &'a Grant> {
    set.grants().filter(|grant| grant.effect == Effect::Deny && grant.pattern.overlaps(name))
}

/// Whether one grant applies to every resource to which another applies.
fn is_as_far_reaching(grant: &Grant, other: &Grant) -> bool {
    grant.resource.is_none() || grant.resource == other.resource
}

#[cfg(test)]
mod tests;
