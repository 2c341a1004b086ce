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

/// What a set of these grants, without a catalogue, has to answer.
pub(crate) fn decide(grants: &[Grant], asked: &Pattern, resource: Option<&Resource>) -> Outcome {
    let counts = |grant: &&Grant| grant.applies_to(resource);
    if grants.iter().filter(counts).any(|grant| denies(grant, asked)) {
        Outcome::Denied
    } else if grants.iter().filter(counts).any(|grant| allows(grant, asked)) {
        Outcome::Granted
    } else {
        Outcome::Denied
    }
}
