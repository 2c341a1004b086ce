//! Slows down who guesses passwords: so many failures for a user name, and then a pause.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};

use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::secret::{DigestBytes, digest};

/// How many failures a name may have in [`WINDOW`]: enough for somebody who tries all their
/// passwords, and for whoever guesses, 5 million a year: nothing, against a good one.
const MAX_FAILURES: usize = 10;

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(60);

/// How many names are remembered. Two passwords are verified at once, in some 20 ms each, so that
/// even a flood of names has been forgotten by the time when the first would be pushed out.
const MAX_NAMES: usize = 10_000;

/// The failures of each user name, whether there is such a user or not.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<DigestBytes, Vec<Timestamp>>>);

impl Throttle {
    /// Whether somebody may try this name now.
    ///
    /// # Errors
    /// 429 when too many tries have failed. A right password is refused as well, since whoever
    /// guesses would otherwise know it by that.
    pub(crate) fn check(&self, username: &str, now: Timestamp) -> Result<(), Problem> {
        let names = self.names();
        let failures = names.get(&digest(username.as_bytes())).map_or(&[][..], Vec::as_slice);
        let recent = || failures.iter().filter(|at| is_recent(**at, now));
        let first = recent().min().filter(|_| recent().count() >= MAX_FAILURES);
        first.map_or(Ok(()), |first| Err(too_many(first.plus(WINDOW).milliseconds_after(now))))
    }

    /// Remembers that a try failed.
    pub(crate) fn failed(&self, username: &str, now: Timestamp) {
        let mut names = self.names();
        let name = digest(username.as_bytes());
        if !names.contains_key(&name) && names.len() >= MAX_NAMES {
            make_room(&mut names, now);
        }
        let failures = names.entry(name).or_default();
        failures.retain(|at| is_recent(*at, now));
        failures.push(now);
    }

    // Nothing under the lock can panic half-way through a change.
    fn names(&self) -> MutexGuard<'_, HashMap<DigestBytes, Vec<Timestamp>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets names without recent failures; when there are none such, the one that failed longest
/// ago.
fn make_room(names: &mut HashMap<DigestBytes, Vec<Timestamp>>, now: Timestamp) {
    names.retain(|_, failures| failures.iter().any(|at| is_recent(*at, now)));
    if names.len() >= MAX_NAMES {
        let oldest = names.iter().min_by_key(|(_, failures)| failures.last().copied());
        if let Some(oldest) = oldest.map(|(name, _)| *name) {
            names.remove(&oldest);
        }
    }
}

/// Whether a failure still counts. One in the future is of a clock that was set back, and counts
/// no more: nobody is to be locked out until then.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now < at.plus(WINDOW)
}

fn too_many(wait_milliseconds: u64) -> Problem {
    let seconds = wait_milliseconds.div_ceil(1000);
    let detail = format!("too many tries for this user name have failed; wait {seconds} seconds");
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem::new(status, "too-many-attempts", "Too many attempts", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests;
