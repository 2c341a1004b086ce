//! The rules of administration: nobody gives more than they hold, and nobody locks everybody out.

use std::fmt;

use permgate_core::{Effect, Grant, Language, PermissionSet, Requirement};

use crate::store::Change;

/// Why a change was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The actor may not make changes of this kind.
    NotAllowed(&'static str),
    /// It would give somebody what the actor does not hold.
    BeyondOwn(Grant),
    /// Nobody would be left who may edit users and roles.
    LastAdministrator,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed(required) => {
                write!(f, "this needs `{required}`; ask an administrator for it")
            }
            Self::BeyondOwn(grant) => write!(
                f,
                "this would give `{}`, which you do not hold yourself; \
                 leave it out or ask somebody who holds it",
                grant.pattern
            ),
            Self::LastAdministrator => f.write_str(
                "nobody would be left who may edit users and roles; \
                 give somebody else `user:edit` and `role:edit` first",
            ),
        }
    }
}

/// Whether a subject with this set may make this kind of change.
pub(crate) fn may_change(
    actor: &PermissionSet,
    change: &Change,
    language: Language,
) -> Result<(), Refusal> {
    let required = change.required();
    if grants(actor, required, language) { Ok(()) } else { Err(Refusal::NotAllowed(required)) }
}

/// Whether a subject with this set can put right what others did wrong.
pub(crate) fn is_administrator(set: &PermissionSet, language: Language) -> bool {
    grants(set, "user:edit & role:edit", language)
}

/// Whether the actor holds everything that an allow gives: an allow at least as wide, and no deny
/// that touches it. A limit to resources must be the same, or absent on the actor's side.
pub(crate) fn holds(actor: &PermissionSet, given: &Grant) -> Result<(), Refusal> {
    let mut held = false;
    for grant in actor.grants() {
        match grant.effect {
            Effect::Deny if grant.pattern.overlaps(&given.pattern) => {
                held = false;
                break;
            }
            Effect::Allow => held |= includes(grant, given),
            Effect::Deny => {}
        }
    }
    if held { Ok(()) } else { Err(Refusal::BeyondOwn(given.clone())) }
}

/// Whether nothing was gained from `was` to `now` that the actor does not hold: neither by an
/// allow that is new, nor by the loss of a deny that lay over an allow.
pub(crate) fn gains_no_more(
    actor: &PermissionSet,
    was: Option<&PermissionSet>,
    now: &PermissionSet,
) -> Result<(), Refusal> {
    let old = || was.into_iter().flat_map(PermissionSet::grants);
    let new_allows = now.grants().filter(|grant| {
        grant.effect == Effect::Allow
            && !old().any(|held| held.effect == Effect::Allow && includes(held, grant))
    });
    for grant in new_allows {
        holds(actor, grant)?;
    }
    let lost_denies = old().filter(|deny| {
        deny.effect == Effect::Deny
            && !now.grants().any(|kept| kept.effect == Effect::Deny && includes(kept, deny))
    });
    for deny in lost_denies {
        let uncovers =
            |grant: &Grant| grant.effect == Effect::Allow && grant.pattern.overlaps(&deny.pattern);
        if now.grants().any(uncovers) {
            holds(actor, &Grant { effect: Effect::Allow, ..deny.clone() })?;
        }
    }
    Ok(())
}

/// Whether one grant is about everything that another is about.
fn includes(wide: &Grant, narrow: &Grant) -> bool {
    wide.pattern.includes(&narrow.pattern)
        && (wide.resource.is_none() || wide.resource == narrow.resource)
}

fn grants(set: &PermissionSet, requirement: &str, language: Language) -> bool {
    // A text that does not parse is a mistake in this file, and then nothing is granted.
    Requirement::parse_in(requirement, language)
        .is_ok_and(|requirement| set.decide(&requirement, None).is_granted())
}

#[cfg(test)]
mod tests;
