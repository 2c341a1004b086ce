//! When to try again: exponential with full jitter, so that a thousand pages that failed together
//! do not come back together.

use crate::time::Millis;

/// The first retry comes within this time.
const FIRST: Millis = Millis::from_seconds(1);
/// The longest time between retries, apart from `Retry-After`.
const CEILING: Millis = Millis::from_seconds(60);
/// The longest pause that is accepted from a server.
pub(in crate::session) const RETRY_AFTER_MAX: Millis = Millis::from_seconds(300);

/// Counts failures and draws waiting times.
#[derive(Clone, Debug)]
pub(in crate::session) struct Backoff {
    failures: u32,
    state: u64,
}

impl Backoff {
    pub(in crate::session) fn new(seed: u64) -> Self {
        Self { failures: 0, state: seed }
    }

    pub(in crate::session) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after one more failure. `Retry-After` is the minimum, and jitter is added:
    /// never zero, so that a failure is reported before the next attempt begins.
    pub(in crate::session) fn failed(&mut self, retry_after: Option<Millis>) -> Millis {
        let ceiling =
            FIRST.0.checked_shl(self.failures.min(16)).unwrap_or(CEILING.0).min(CEILING.0);
        self.failures = self.failures.saturating_add(1);
        let jitter = Millis(1) + self.up_to(Millis(ceiling - 1));
        retry_after.unwrap_or_default().min(RETRY_AFTER_MAX) + jitter
    }

    /// Whether the last attempt failed.
    pub(in crate::session) fn is_waiting(&self) -> bool {
        self.failures > 0
    }

    /// A random time up to this one.
    pub(in crate::session) fn up_to(&mut self, highest: Millis) -> Millis {
        Millis(self.draw() % (highest.0.saturating_add(1)).max(1))
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to spread requests.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
