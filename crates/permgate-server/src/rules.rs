//! The rules of administration: which user may change which other, and why a keeper always remains.
//!
//! *x covers y*: x holds each allow of y that y's own denials do not take away.
//!
//! 1. The author of a change to a user must cover the user's rights before and after the change.
//! 2. The author of a change to a role must cover what the role allows before and afterwards. To
//!    give or take a role needs the role itself as well, since `role(…)` is a right even of an
//!    empty role; a
//!    keeper may give and take every role.
//! 3. A *keeper* holds `*` on every resource and has no denial. Only keepers change keepers, and
//!    where there was a keeper there is one afterwards.
//!
//! The store applies the rules inside the transaction of a change, to the states before and after
//! it. In doubt, a permission counts as not held.

use std::fmt;

use permgate_core::{
    Effect, Grant, Language, Pattern, PermissionSet, Requirement, ResourcePattern,
};

use crate::store::{Change, Standing};

/// Why a change was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The actor may not make changes of this kind; the text is the missing permission.
    NotAllowed(&'static str),
    /// The user or role holds this grant before or after the change, and the actor does not.
    BeyondOwn(Grant),
    /// The change gives or takes a role that the actor does not have.
    RoleNotHeld(String),
    /// A user who is not a keeper changes a keeper.
    KeepersOnly,
    /// No keeper would be left.
    LastKeeper,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed(required) => {
                write!(f, "this needs `{required}`; ask an administrator for it")
            }
            Self::BeyondOwn(grant) => write!(
                f,
                "this concerns `{}`, which you do not hold yourself; \
                 leave it out or ask somebody who holds it",
                grant.pattern
            ),
            Self::RoleNotHeld(role) => write!(
                f,
                "this gives or takes the role `{role}`, which you do not have; \
                 leave it out or ask somebody who has it"
            ),
            Self::KeepersOnly => f.write_str(
                "this changes a user who holds every permission; ask another user who does",
            ),
            Self::LastKeeper => f.write_str(
                "no user with every permission would be left; grant `*` to another user first, \
                 without denials",
            ),
        }
    }
}

/// Whether a subject with this set may make a change of this kind.
///
/// # Errors
/// When the permission for it is not granted.
pub fn may_change(
    actor: &PermissionSet,
    change: &Change,
    language: Language,
) -> Result<(), Refusal> {
    let required = change.required();
    // A text that does not parse is a mistake in `Change::required`; then nothing is granted.
    let is_granted = Requirement::parse_in(required, language)
        .is_ok_and(|requirement| actor.decide(&requirement, None).is_granted());
    if is_granted { Ok(()) } else { Err(Refusal::NotAllowed(required)) }
}

/// Rule 1, and the parts of rules 2 and 3 about a user who gains or loses roles. A new user had no
/// rights before, and a removed user has none afterwards.
///
/// # Errors
/// When a rule forbids the change.
pub fn change_user(
    actor: &Standing,
    before: Option<&Standing>,
    after: Option<&Standing>,
    language: Language,
) -> Result<(), Refusal> {
    let is_keeper = is_keeper(&actor.set, language);
    let was_keeper = before.is_some_and(|before| self::is_keeper(&before.set, language));
    if was_keeper && !is_keeper {
        return Err(Refusal::KeepersOnly);
    }
    for state in [before, after].into_iter().flatten() {
        covers(&actor.set, &state.set)?;
    }
    let roles = |state: Option<&Standing>| state.map_or(Vec::new(), |state| state.roles.clone());
    let (old, new) = (roles(before), roles(after));
    let added = new.iter().filter(|role| !old.contains(role));
    let mut added_or_removed = added.chain(old.iter().filter(|role| !new.contains(role)));
    match added_or_removed.find(|role| !is_keeper && !actor.roles.contains(role)) {
        Some(role) => Err(Refusal::RoleNotHeld(role.clone())),
        None => Ok(()),
    }
}

/// Rule 2 about the content of a role; a new role allowed nothing before, and a removed role allows
/// nothing afterwards.
///
/// # Errors
/// When the actor does not cover the content before or after the change.
pub fn change_role(actor: &Standing, before: &[Pattern], after: &[Pattern]) -> Result<(), Refusal> {
    let content =
        |patterns: &[Pattern]| PermissionSet::new(patterns.iter().cloned().map(Grant::allow));
    covers(&actor.set, &content(before))?;
    covers(&actor.set, &content(after))
}

/// Rules 2 and 3 about a role that its members lose because it is removed: the actor must have it
/// or be a keeper, and only a keeper may take it from keepers.
///
/// # Errors
/// When a rule forbids it.
pub fn take_role<'a>(
    actor: &Standing,
    role: &str,
    mut members: impl Iterator<Item = &'a PermissionSet>,
    language: Language,
) -> Result<(), Refusal> {
    if is_keeper(&actor.set, language) {
        return Ok(());
    }
    let Some(first) = members.next() else { return Ok(()) };
    if !actor.roles.iter().any(|held| held == role) {
        return Err(Refusal::RoleNotHeld(role.into()));
    }
    if is_keeper(first, language) || members.any(|member| is_keeper(member, language)) {
        return Err(Refusal::KeepersOnly);
    }
    Ok(())
}

/// Whether a set grants everything: `*` on every resource, and no denial.
#[must_use]
pub fn is_keeper(set: &PermissionSet, language: Language) -> bool {
    let Ok(everything) = Pattern::parse_in("*", language) else { return false };
    let mut holds_all = false;
    for grant in set.grants() {
        match grant.effect {
            Effect::Deny => return false,
            Effect::Allow => {
                holds_all |= grant.resource.is_none() && grant.pattern.includes(&everything);
            }
        }
    }
    holds_all
}

/// Whether x covers y.
///
/// # Errors
/// The first allow of y that x does not hold.
pub fn covers(x: &PermissionSet, y: &PermissionSet) -> Result<(), Refusal> {
    let is_left = |allow: &&Grant| !denials(y).any(|deny| includes(deny, allow));
    match allows(y).filter(is_left).find(|allow| !holds(x, allow, y)) {
        Some(allow) => Err(Refusal::BeyondOwn(allow.clone())),
        None => Ok(()),
    }
}

/// Whether x holds an allow of y: x has an allow that is at least as wide, and no denial that
/// touches it, except denials that y has, too. A limit to resources must be the same, or absent in
/// x.
fn holds(x: &PermissionSet, allow: &Grant, y: &PermissionSet) -> bool {
    let is_denied_to_both = |deny: &Grant| denials(y).any(|own| includes(own, deny));
    allows(x).any(|held| includes(held, allow))
        && denials(x).filter(|deny| touches(deny, allow)).all(is_denied_to_both)
}

fn allows(set: &PermissionSet) -> impl Iterator<Item = &Grant> {
    set.grants().filter(|grant| grant.effect == Effect::Allow)
}

fn denials(set: &PermissionSet) -> impl Iterator<Item = &Grant> {
    set.grants().filter(|grant| grant.effect == Effect::Deny)
}

/// Whether one grant covers everything that another covers.
fn includes(wide: &Grant, narrow: &Grant) -> bool {
    wide.pattern.includes(&narrow.pattern)
        && (wide.resource.is_none() || wide.resource == narrow.resource)
}

/// Whether two grants may overlap.
fn touches(one: &Grant, other: &Grant) -> bool {
    let is_exact = |resource: &ResourcePattern| !resource.as_str().contains('*');
    let are_apart = match (&one.resource, &other.resource) {
        (Some(one), Some(other)) => is_exact(one) && is_exact(other) && one != other,
        _ => false,
    };
    one.pattern.overlaps(&other.pattern) && !are_apart
}

#[cfg(test)]
mod tests;
