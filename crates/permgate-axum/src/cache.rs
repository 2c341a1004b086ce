//! Caches permission sets by subject and version. It saves building a set, not asking the store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::shared_set::SharedSet;

/// How many grants a default cache holds in all. A grant takes about 150 bytes, and as many again
/// in a document: 60 MB when the cache is full.
const MAX_GRANTS: usize = 200_000;

/// Permission sets that are already built, by subject and version.
///
/// It answers for a subject *at a version that was just read from the store*. For every request,
/// the store is asked whether the credentials are valid, and for the subject's version: so each
/// request that begins after a change was acknowledged sees the change.
///
/// It holds a bounded number of grants in two generations. When the younger generation is half
/// full, the older one is dropped, with the sets that were not used meanwhile.
#[derive(Debug)]
pub struct SetCache {
    generations: Mutex<Generations>,
    max_grants: usize,
}

#[derive(Debug, Default)]
struct Generations {
    younger: HashMap<String, (u64, SharedSet)>,
    older: HashMap<String, (u64, SharedSet)>,
    /// The weight of the younger generation.
    weight: usize,
}

impl Default for SetCache {
    fn default() -> Self {
        Self::new(MAX_GRANTS)
    }
}

impl SetCache {
    /// A cache of at most `max_grants` grants in all. A set without grants counts as one.
    #[must_use]
    pub fn new(max_grants: usize) -> Self {
        Self { generations: Mutex::default(), max_grants }
    }

    /// The set of a subject at a version: from the cache, or else built by `build` now.
    ///
    /// # Errors
    /// When `build` fails. Nothing is stored then.
    pub fn get_or_build<E>(
        &self,
        subject: &str,
        version: u64,
        build: impl FnOnce() -> Result<SharedSet, E>,
    ) -> Result<SharedSet, E> {
        if let Some(set) = self.get(subject, version) {
            return Ok(set);
        }
        let set = build()?;
        self.insert(subject, version, set.clone());
        Ok(set)
    }

    /// The set of a subject at exactly this version, if it is in the cache.
    pub fn get(&self, subject: &str, version: u64) -> Option<SharedSet> {
        let mut generations = self.lock();
        if let Some((held, set)) = generations.younger.get(subject) {
            return (*held == version).then(|| set.clone());
        }
        let (held, set) = generations.older.remove(subject)?;
        if held != version {
            return None;
        }
        generations.put(subject, version, set.clone(), self.max_grants);
        Some(set)
    }

    /// Stores the set of a subject at a version, and drops that of another version. A slow reader
    /// may store an older version again; it is never used, since every request asks for the version
    /// in the store.
    pub fn insert(&self, subject: &str, version: u64, set: SharedSet) {
        self.lock().put(subject, version, set, self.max_grants);
    }

    // Nothing under the lock can panic halfway through a change.
    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn put(&mut self, subject: &str, version: u64, set: SharedSet, max_grants: usize) {
        let weight = weight(&set);
        if self.weight + weight > max_grants / 2 {
            self.older = std::mem::take(&mut self.younger);
            self.weight = 0;
        }
        if weight > max_grants / 2 {
            return;
        }
        self.weight += weight;
        if let Some((_, replaced)) = self.younger.insert(subject.into(), (version, set)) {
            self.weight = self.weight.saturating_sub(self::weight(&replaced));
        }
    }
}

fn weight(set: &SharedSet) -> usize {
    set.grants().count().max(1)
}

#[cfg(test)]
mod tests;
