//! Tokens whose signature held, so that it is verified once and not with each request.
//!
//! That a signature holds never changes. Whether the token still counts is judged each time: its
//! end by the clock, all else by the store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::proof::Proof;

/// How many tokens are held in each of two generations. One takes half a kilobyte, and 4 at most.
const MAX_TOKENS: usize = 4096;

/// Tokens whose signature held. When the younger generation is full, the older one is forgotten.
#[derive(Debug, Default)]
pub(crate) struct VerifiedTokens(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    younger: HashMap<String, Proof>,
    older: HashMap<String, Proof>,
}

impl VerifiedTokens {
    /// The proof of a token that was verified before and has not expired.
    pub(crate) fn get(&self, token: &str, now: Timestamp) -> Option<Proof> {
        let mut generations = self.lock();
        let found = match generations.younger.get(token) {
            Some(proof) => proof.clone(),
            None => {
                let proof = generations.older.remove(token)?;
                generations.put(token, proof.clone());
                proof
            }
        };
        found.expires_at().is_some_and(|expires_at| expires_at > now).then_some(found)
    }

    /// Keeps the proof of a token that was verified now.
    pub(crate) fn insert(&self, token: &str, proof: Proof) {
        self.lock().put(token, proof);
    }

    // Nothing under the lock can panic half-way through a change.
    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn put(&mut self, token: &str, proof: Proof) {
        if self.younger.len() >= MAX_TOKENS {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(token.into(), proof);
    }
}

#[cfg(test)]
mod tests;
