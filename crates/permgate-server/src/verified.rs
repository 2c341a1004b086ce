//! Caches tokens with a valid signature, so that each is verified once and not with each request.
//!
//! A valid signature stays valid. Whether the token itself is still valid is judged each time: its
//! end by the clock, everything else by the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::proof::Proof;

/// How many tokens each of two generations holds. A token takes half a kilobyte, 4 kB at most.
const MAX_TOKENS: usize = 4096;

/// Verified tokens. When the younger generation is full, the older one is forgotten.
#[derive(Debug, Default)]
pub(crate) struct VerifiedTokens(Mutex<Generations>);

/// The last part of a token, which is the key of the cache: hashing the whole token takes ten times
/// as long. Of two tokens with the same signature, the later one is kept.
type Signature = Box<str>;

#[derive(Clone, Debug)]
struct Held {
    token: Box<str>,
    proof: Arc<Proof>,
}

fn signature(token: &str) -> &str {
    token.rsplit_once('.').map_or(token, |(_, signature)| signature)
}

#[derive(Debug, Default)]
struct Generations {
    younger: HashMap<Signature, Held>,
    older: HashMap<Signature, Held>,
    /// How often all tokens were forgotten.
    forgotten: u64,
}

impl VerifiedTokens {
    /// The proof of a token that was verified before and has not expired.
    pub(crate) fn get(&self, token: &str, now: Timestamp) -> Option<Arc<Proof>> {
        let mut generations = self.lock();
        let found = match generations.younger.get(signature(token)) {
            Some(held) => held.proof_of(token)?,
            None => {
                let proof = generations.older.remove(signature(token))?.proof_of(token)?;
                generations.put(token, Arc::clone(&proof));
                proof
            }
        };
        found.expires_at().is_some_and(|expires_at| expires_at > now).then_some(found)
    }

    /// How often all tokens were forgotten: read it before a token is verified.
    pub(crate) fn forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    /// Stores the proof of a verified token, unless all were forgotten meanwhile: then it may have
    /// been verified with a key that is no longer in use.
    pub(crate) fn insert(&self, token: &str, proof: Arc<Proof>, forgotten: u64) {
        let mut generations = self.lock();
        if generations.forgotten == forgotten {
            generations.put(token, proof);
        }
    }

    /// Forgets all tokens, because the keys have changed.
    pub(crate) fn forget_all(&self) {
        let mut generations = self.lock();
        let forgotten = generations.forgotten + 1;
        *generations = Generations { forgotten, ..Generations::default() };
    }

    // Nothing under the lock can panic halfway through a change.
    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The proof, if it belongs to exactly this token.
    fn proof_of(&self, token: &str) -> Option<Arc<Proof>> {
        (*self.token == *token).then(|| Arc::clone(&self.proof))
    }
}

impl Generations {
    fn put(&mut self, token: &str, proof: Arc<Proof>) {
        if self.younger.len() >= MAX_TOKENS {
            self.older = std::mem::take(&mut self.younger);
        }
        let held = Held { token: token.into(), proof };
        self.younger.insert(signature(token).into(), held);
    }
}

#[cfg(test)]
mod tests;
