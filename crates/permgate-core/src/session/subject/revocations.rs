//! Revoked permissions, until an answer that is known to be newer.

use alloc::vec::Vec;

use super::versions::LAGGING_MAX;
use crate::pattern::Pattern;
use crate::session::counters::Generation;

/// How many revoked names are remembered; with more, the rest of the set is no longer believed, and
/// the whole set is fetched first.
const REVOKED_MAX: usize = 1024;

#[derive(Clone, Debug)]
struct Revocation {
    version: Option<u64>,
    /// The newest load whose answer may be older than the revocation.
    generation: Generation,
    /// How many older answers are attributed to a lagging replica; after that, the revocation was
    /// invented by another tab. None for a revocation by the server itself, which is believed for
    /// good.
    patience: Option<u32>,
    permissions: Vec<Pattern>,
}

/// The revocations that are still in effect.
#[derive(Clone, Debug, Default)]
pub(super) struct Revocations(Vec<Revocation>);

impl Revocations {
    /// Adds a revocation. If there are too many, all are dropped, and the newest of their versions
    /// is what an answer must reach: the set has to be fetched.
    pub(super) fn add(
        &mut self,
        version: Option<u64>,
        generation: Generation,
        is_hearsay: bool,
        permissions: Vec<Pattern>,
    ) -> Option<Option<u64>> {
        let patience = is_hearsay.then_some(LAGGING_MAX);
        self.0.push(Revocation { version, generation, patience, permissions });
        let count: usize = self.0.iter().map(|one| one.permissions.len().max(1)).sum();
        (count > REVOKED_MAX).then(|| self.0.drain(..).filter_map(|one| one.version).max())
    }

    /// Drops the revocations that are older than an answer.
    pub(super) fn outlive(&mut self, version: Option<u64>, generation: Generation) {
        self.0.retain_mut(|one| match (one.version, version) {
            (Some(revoked), Some(answered)) if answered < revoked => {
                let is_later = generation > one.generation;
                if let Some(patience) = one.patience.as_mut().filter(|_| is_later) {
                    *patience = patience.saturating_sub(1);
                }
                one.patience != Some(0)
            }
            (Some(_), Some(_)) => false,
            _ => generation <= one.generation,
        });
    }

    /// Whether an answer of this version is older than a revocation that another tab announced, so
    /// that more answers are needed to tell a lagging replica from an invented revocation.
    pub(super) fn await_later_than(&self, version: Option<u64>) -> bool {
        self.0.iter().any(|one| {
            one.patience.is_some_and(|patience| patience > 1)
                && one.version.zip(version).is_some_and(|(revoked, answered)| answered < revoked)
        })
    }

    /// The server's counter restarted: no answer will reach these versions. Since it may be a
    /// lagging replica after all, some more answers must come before the names are granted again.
    pub(super) fn lose_their_versions(&mut self) {
        for one in &mut self.0 {
            one.patience.get_or_insert(LAGGING_MAX);
        }
    }

    /// The revoked names.
    pub(super) fn names(&self) -> impl Iterator<Item = &Pattern> + Clone {
        self.0.iter().flat_map(|one| &one.permissions)
    }
}
