//! Budgets of failed sign-ins: for a name from a peer, for a name, for a peer, and for a device.
//!
//! | budget | of | beyond it |
//! | --- | --- | --- |
//! | name and peer | 10 failures a minute | 429 |
//! | name | 20 failures, one more every 30 seconds | each attempt waits, up to 8 seconds |
//! | peer | 60 failures, one more every second | served after everybody else; 429 beyond 2000 |
//! | device | 10 attempts a minute | it counts as unknown |
//!
//! A known device has its own budget and none of the others, so that guessing at a name cannot lock
//! its owner out. All budgets are kept in memory: they protect this process and need not survive
//! it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use tokio::sync::Semaphore;

use super::device::DeviceNumber;
use super::line::Lane;
use super::peer::Peer;
use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::secret::{DigestBytes, digest};

/// How many failures a name may have within [`WINDOW`] from one peer, or on one device: enough for
/// a user who tries all their passwords. An attacker gets 5 million guesses a year, which is
/// nothing against a good password.
const MAX_FAILURES: usize = 10;

/// How long one of these failures counts.
const WINDOW: Duration = Duration::from_secs(60);

/// How many failures a name may have from all peers before attempts wait, and how long one counts.
const NAME_BUDGET: u32 = 20;
const NAME_REFILL: Duration = Duration::from_secs(30);

/// The longest wait for a name, and how many attempts of one name may wait at once: one guess a
/// second at most, from however many peers.
const MAX_WAIT: Duration = Duration::from_secs(8);
const MAX_WAITING: usize = 8;

/// How many failures a peer may have before others are served first, and before it is refused. An
/// office behind one address stays far below; a peer that tries one password with many names is
/// limited to one attempt a second in the end.
const PEER_BUDGET: u32 = 60;
const PEER_LIMIT: u32 = 2000;
const PEER_REFILL: Duration = Duration::from_secs(1);

/// How many keys each budget remembers. Two passwords are verified at once, in about 20 ms each,
/// so that even in a flood of names a failure has been forgotten before its entry would be evicted.
const MAX_KEYS: usize = 10_000;

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    name: DigestBytes,
    peer: Peer,
    device: Option<DeviceNumber>,
}

impl Attempt {
    pub(crate) fn new(username: &str, peer: Peer, device: Option<DeviceNumber>) -> Self {
        Self { name: digest(username.as_bytes()), peer, device }
    }

    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }
}

/// The failures of all attempts, whether or not the user exists.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Budgets>);

#[derive(Default)]
struct Budgets {
    pairs: HashMap<(DigestBytes, Peer), Vec<Timestamp>>,
    devices: HashMap<DeviceNumber, Vec<Timestamp>>,
    names: HashMap<DigestBytes, Bucket>,
    peers: HashMap<Peer, Bucket>,
    waiting: HashMap<DigestBytes, Arc<Semaphore>>,
}

/// A number of failures that decays, one failure at a time.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    failures: u32,
    /// Up to when decayed failures have been subtracted.
    at: Timestamp,
}

/// The conditions of an attempt that is admitted.
#[derive(Debug)]
pub(crate) struct Pass {
    /// Its lane.
    pub(crate) lane: Lane,
    /// How long it waits before it is hashed.
    pub(crate) wait: Duration,
    /// The places for attempts of its name that wait.
    pub(crate) among: Arc<Semaphore>,
}

impl Throttle {
    /// Whether an attempt may be made now.
    ///
    /// # Errors
    /// 429 when too many attempts have failed. A right password is refused as well; otherwise an
    /// attacker would learn from the answer that it is right.
    pub(crate) fn check(&self, attempt: &Attempt, now: Timestamp) -> Result<Pass, Problem> {
        let mut budgets = self.budgets();
        let key = (attempt.name, attempt.peer);
        let device = attempt.device.filter(|device| until(&budgets.devices, device, now).is_none());
        let pass = |lane, wait, among| Ok(Pass { lane, wait, among });
        if device.is_some() {
            return pass(Lane::Known, Duration::ZERO, Arc::new(Semaphore::new(1)));
        }
        if let Some(end) = until(&budgets.pairs, &key, now) {
            return Err(too_many(end.milliseconds_after(now)));
        }
        let of_peer =
            budgets.peers.get(&attempt.peer).map_or(0, |b| b.failures_at(PEER_REFILL, now));
        if of_peer >= PEER_LIMIT {
            return Err(too_many(u64::from(of_peer - PEER_LIMIT + 1) * 1000));
        }
        let lane = if of_peer >= PEER_BUDGET { Lane::Suspect } else { Lane::Ordinary };
        let of_name =
            budgets.names.get(&attempt.name).map_or(0, |b| b.failures_at(NAME_REFILL, now));
        let wait = Duration::from_secs((of_name / NAME_BUDGET).into()).min(MAX_WAIT);
        let among = if wait.is_zero() {
            Arc::new(Semaphore::new(1))
        } else {
            budgets.waiting.retain(|_, among| Arc::strong_count(among) > 1);
            let among = budgets.waiting.entry(attempt.name);
            Arc::clone(among.or_insert_with(|| Arc::new(Semaphore::new(MAX_WAITING))))
        };
        pass(lane, wait, among)
    }

    /// Records a success: on a known device it counts like a failure, so that a user who floods the
    /// line from that device is served like everybody else.
    pub(crate) fn succeeded(&self, attempt: &Attempt, now: Timestamp) {
        if let Some(device) = attempt.device {
            add(&mut self.budgets().devices, device, now);
        }
    }

    /// Records a failure.
    pub(crate) fn failed(&self, attempt: &Attempt, now: Timestamp) {
        let mut budgets = self.budgets();
        if let Some(device) = attempt.device {
            add(&mut budgets.devices, device, now);
        }
        add(&mut budgets.pairs, (attempt.name, attempt.peer), now);
        fill(&mut budgets.names, attempt.name, NAME_REFILL, now);
        fill(&mut budgets.peers, attempt.peer, PEER_REFILL, now);
    }

    // Nothing under the lock can panic halfway through a change.
    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When an attempt may be made again; none if the budget is not used up.
fn until<K: Hash + Eq>(
    budget: &HashMap<K, Vec<Timestamp>>,
    key: &K,
    now: Timestamp,
) -> Option<Timestamp> {
    let recent = || budget.get(key).into_iter().flatten().filter(|at| is_recent(**at, now));
    let first = recent().min().filter(|_| recent().count() >= MAX_FAILURES);
    first.map(|first| first.plus(WINDOW))
}

fn add<K: Hash + Eq + Copy>(budget: &mut HashMap<K, Vec<Timestamp>>, key: K, now: Timestamp) {
    if !budget.contains_key(&key) && budget.len() >= MAX_KEYS {
        budget.retain(|_, failures| failures.iter().any(|at| is_recent(*at, now)));
        forget_oldest(budget, |failures| failures.last().copied());
    }
    let failures = budget.entry(key).or_default();
    failures.retain(|at| is_recent(*at, now));
    failures.push(now);
}

fn fill<K: Hash + Eq + Copy>(
    budget: &mut HashMap<K, Bucket>,
    key: K,
    refill: Duration,
    now: Timestamp,
) {
    if !budget.contains_key(&key) && budget.len() >= MAX_KEYS {
        budget.retain(|_, bucket| bucket.failures_at(refill, now) > 0);
        forget_oldest(budget, |bucket| bucket.at);
    }
    let bucket = budget.entry(key).or_insert(Bucket { failures: 0, at: now });
    bucket.settle(refill, now);
    bucket.failures = bucket.failures.saturating_add(1);
}

/// When every key has recent failures, forgets the key with the oldest ones.
fn forget_oldest<K: Hash + Eq + Copy, V, O: Ord>(
    budget: &mut HashMap<K, V>,
    order: impl Fn(&V) -> O,
) {
    if budget.len() >= MAX_KEYS {
        let oldest = budget.iter().min_by_key(|(_, value)| order(value)).map(|(key, _)| *key);
        if let Some(oldest) = oldest {
            budget.remove(&oldest);
        }
    }
}

impl Bucket {
    /// How many failures count now. After the clock was set back none do, as with [`is_recent`].
    fn failures_at(self, refill: Duration, now: Timestamp) -> u32 {
        let mut settled = self;
        settled.settle(refill, now);
        settled.failures
    }

    fn settle(&mut self, refill: Duration, now: Timestamp) {
        if now < self.at {
            *self = Self { failures: 0, at: now };
        }
        let refill = u64::try_from(refill.as_millis()).unwrap_or(u64::MAX).max(1);
        let forgotten = now.milliseconds_after(self.at) / refill;
        let forgotten_now = u32::try_from(forgotten).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_sub(forgotten_now);
        self.at = if self.failures == 0 {
            now
        } else {
            Timestamp::from_unix_ms(self.at.unix_ms().saturating_add(forgotten * refill))
        };
    }
}

/// Whether a failure still counts. A failure in the future was recorded before the clock was set
/// back and no longer counts: no peer may be locked out until that time.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now < at.plus(WINDOW)
}

pub(super) fn too_many(wait_milliseconds: u64) -> Problem {
    let seconds = wait_milliseconds.div_ceil(1000);
    let detail = format!("too many attempts failed; wait {seconds} seconds");
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem::new(status, "too-many-attempts", "Too many attempts", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests;
