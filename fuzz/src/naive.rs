//! Decisions by their definition, by a scan of all grants.

use permgate_core::{Effect, Grant, Outcome, Pattern, Resource};

/// Whether a grant denies some permissions of the question.
pub(crate) fn denies(grant: &Grant, question: &Pattern) -> bool {
    grant.effect == Effect::Deny && grant.pattern.overlaps(question)
}

/// Whether a grant allows all permissions of the question.
pub(crate) fn allows(grant: &Grant, question: &Pattern) -> bool {
    grant.effect == Effect::Allow && grant.pattern.includes(question)
}

/// The grants that decide the question.
pub(crate) fn concerned<'a>(grants: &'a [Grant], question: &Pattern) -> Vec<&'a Grant> {
    grants.iter().filter(|grant| denies(grant, question) || allows(grant, question)).collect()
}

/// The outcome, without a catalogue, if these grants concern the question.
pub(crate) fn decide(concerned: &[&Grant], resource: Option<&Resource>) -> Outcome {
    let is_any = |effect: Effect| {
        concerned.iter().any(|grant| grant.effect == effect && grant.applies_to(resource))
    };
    if is_any(Effect::Allow) && !is_any(Effect::Deny) { Outcome::Granted } else { Outcome::Denied }
}
