//! Decisions by their definition: all grants are gone through, and nothing is left out.

use permgate_core::{Effect, Grant, Outcome, Pattern, Resource};

/// Whether a grant denies some of what is asked for.
pub(crate) fn denies(grant: &Grant, asked: &Pattern) -> bool {
    grant.effect == Effect::Deny && grant.pattern.overlaps(asked)
}

/// Whether a grant allows all of what is asked for.
pub(crate) fn allows(grant: &Grant, asked: &Pattern) -> bool {
    grant.effect == Effect::Allow && grant.pattern.includes(asked)
}

/// The grants that decide what is asked for.
pub(crate) fn concerned<'a>(grants: &'a [Grant], asked: &Pattern) -> Vec<&'a Grant> {
    grants.iter().filter(|grant| denies(grant, asked) || allows(grant, asked)).collect()
}

/// What a set of grants, without a catalogue, has to answer, when these are concerned.
pub(crate) fn decide(concerned: &[&Grant], resource: Option<&Resource>) -> Outcome {
    let is_any = |effect: Effect| {
        concerned.iter().any(|grant| grant.effect == effect && grant.applies_to(resource))
    };
    if is_any(Effect::Allow) && !is_any(Effect::Deny) { Outcome::Granted } else { Outcome::Denied }
}
