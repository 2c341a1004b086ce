//! The requirements on the page by key, with the last decision on each.

use permgate_core::{Outcome, Requirement, Resource};

use crate::border::Decided;

/// The number of a state, which is that of a [`Decided`].
pub(crate) fn state(outcome: Outcome) -> u32 {
    let decided = match outcome {
        Outcome::Denied => Decided::Denied,
        Outcome::Granted => Decided::Granted,
        Outcome::Unknown => Decided::Unknown,
    };
    decided.number().into()
}

/// A requirement on the page.
pub(crate) enum Asked {
    /// A well-formed requirement, with its resource.
    Readable(Requirement, Option<Resource>),
    /// A malformed requirement: always denied.
    Malformed,
}

struct Entry {
    asked: Asked,
    outcome: Outcome,
}

/// The requirements of one root.
#[derive(Default)]
pub(crate) struct Requirements {
    // By key; a free key holds none.
    entries: Vec<Option<Entry>>,
}

impl Requirements {
    /// Adds a requirement with the present decision on it.
    pub(crate) fn learn(&mut self, key: u32, asked: Asked, outcome: Outcome) {
        let key = key as usize;
        if self.entries.len() <= key {
            self.entries.resize_with(key + 1, || None);
        }
        if let Some(slot) = self.entries.get_mut(key) {
            *slot = Some(Entry { asked, outcome });
        }
    }

    /// Forgets a requirement; its key may be used again for another one.
    pub(crate) fn forget(&mut self, key: u32) {
        if let Some(slot) = self.entries.get_mut(key as usize) {
            *slot = None;
        }
    }

    /// Decides requirements anew, and lists those that flipped, as pairs of key and state; `decide`
    /// returns none if the decision has not changed.
    pub(crate) fn update(
        &mut self,
        decide: impl Fn(&Requirement, Option<&Resource>) -> Option<Outcome>,
    ) -> Vec<u32> {
        let mut flips = Vec::new();
        for (key, entry) in (0_u32..).zip(&mut self.entries) {
            let Some(entry) = entry else { continue };
            let Asked::Readable(requirement, resource) = &entry.asked else { continue };
            if let Some(outcome) = decide(requirement, resource.as_ref())
                && outcome != entry.outcome
            {
                entry.outcome = outcome;
                flips.extend([key, state(outcome)]);
            }
        }
        flips
    }

    /// Calls `look` with each key and its requirement.
    pub(crate) fn for_each(&self, look: &mut dyn FnMut(u32, &Requirement)) {
        for (key, entry) in (0_u32..).zip(&self.entries) {
            if let Some(Entry { asked: Asked::Readable(requirement, _), .. }) = entry {
                look(key, requirement);
            }
        }
    }

    /// The requirement of a key.
    pub(crate) fn at(&self, key: u32) -> Option<&Asked> {
        Some(&self.entries.get(key as usize)?.as_ref()?.asked)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
