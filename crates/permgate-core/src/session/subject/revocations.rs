//! What was revoked, while no answer is known to have been made after that.

use alloc::vec::Vec;

use super::versions::LAGGING_MAX;
use crate::pattern::Pattern;
use crate::session::counters::Generation;

/// How many revoked names are kept in mind; a server that revokes more is not believed to be able
/// to say what is left, and the whole set is fetched first.
const REVOKED_MAX: usize = 1024;

#[derive(Clone, Debug)]
struct Revocation {
    version: Option<u64>,
    /// The newest load that may have been answered before.
    generation: Generation,
    /// How many older answers are taken for those of a replica that lags; after that, another tab
    /// made the revocation up. What the server itself says is believed for good.
    patience: Option<u32>,
    permissions: Vec<Pattern>,
}

/// The revocations that are not outlived.
#[derive(Clone, Debug, Default)]
pub(super) struct Revocations(Vec<Revocation>);

impl Revocations {
    /// Takes one. When there are too many, all are dropped, and the newest of their versions is
    /// what an answer must reach: the set has to be fetched.
    pub(super) fn add(
        &mut self,
        version: Option<u64>,
        generation: Generation,
        is_hearsay: bool,
        permissions: Vec<Pattern>,
    ) -> Option<Option<u64>> {
        let patience = is_hearsay.then_some(LAGGING_MAX);
        self.0.push(Revocation { version, generation, patience, permissions });
        let kept: usize = self.0.iter().map(|one| one.permissions.len().max(1)).sum();
        (kept > REVOKED_MAX).then(|| self.0.drain(..).filter_map(|one| one.version).max())
    }

    /// Drops those that an answer was made after.
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

    /// Whether an answer of this version is older than what another tab said was revoked, so that some
    /// more answers are needed to tell a replica that lags from a revocation that was made up.
    pub(super) fn await_later_than(&self, version: Option<u64>) -> bool {
        self.0.iter().any(|one| {
            one.patience.is_some_and(|patience| patience > 1)
                && one.version.zip(version).is_some_and(|(revoked, answered)| answered < revoked)
        })
    }

    /// The server's counter began anew: no answer will reach these versions. Since it may be a replica
    /// that lags after all, some more answers have to come before anything is granted again.
    pub(super) fn lose_their_versions(&mut self) {
        for one in &mut self.0 {
            one.patience.get_or_insert(LAGGING_MAX);
        }
    }

    /// The names that are revoked.
    pub(super) fn names(&self) -> impl Iterator<Item = &Pattern> + Clone {
        self.0.iter().flat_map(|one| &one.permissions)
    }
}
