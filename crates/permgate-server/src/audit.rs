//! Counts events that change nothing until they are written into the audit trail.
//!
//! A refusal costs the refused client nothing, so it must cost the server nearly nothing: it is
//! counted in memory, and one write every few seconds takes all that was counted. A crash loses
//! those seconds, and never a change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Timestamp};
use crate::problem::Problem;
use crate::secret::{Mac, base64url};
use crate::storage::{Storage, failed};
use crate::store::audit::{Act, Counted, Uncommitted};

/// The longest time until a counted event is written.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// The number of different events that are counted separately between two writes; beyond it, all
/// events of one kind are counted together.
const MAX_KINDS: usize = 256;

/// The length of the code of an unknown user name, in characters: enough to distinguish names.
const CODE_LENGTH: usize = 16;

/// Counts events that change nothing, and writes them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Counting(Arc<Inner>);

struct Inner {
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    mac: Mac,
    held: Mutex<Held>,
}

/// The acts that were counted and are not written yet.
#[derive(Default)]
struct Held(BTreeMap<Uncommitted, (u64, Timestamp, Timestamp)>);

impl Counting {
    pub(crate) fn new(storage: Arc<Storage>, clock: Arc<dyn Clock>, mac: &Mac) -> Self {
        let mac = mac.derive("permgate audit trail");
        Self(Arc::new(Inner { storage, clock, mac, held: Mutex::default() }))
    }

    /// Counts an event, and schedules a write.
    pub(crate) fn count(&self, event: Uncommitted) {
        let now = self.0.clock.now();
        if !self.held().add(event, now) {
            return;
        }
        let counting = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(WRITE_WITHIN).await;
            // If the write fails, it logs the error itself.
            drop(counting.write().await);
        });
    }

    /// Counts a failed sign-in. An unknown name is not stored, only a code of it under a key of
    /// this server: people type their passwords into that field.
    pub(crate) fn failed_sign_in(&self, username: &str, subject: Option<&str>) {
        let target = Some(target(&self.0.mac, username, subject));
        self.count(Uncommitted { act: Act::FailSignIn, actor: None, target });
    }

    /// Writes the events that were counted so far.
    ///
    /// # Errors
    /// When the store fails or is busy; then the counted events are lost, which is logged.
    pub(crate) async fn write(&self) -> Result<(), Problem> {
        let counted = self.held().take();
        if counted.is_empty() {
            return Ok(());
        }
        let lost = counted.len();
        let written = self.0.storage.write(move |store| store.count(&counted)).await;
        let written = written.and_then(|written| written.map_err(|error| failed(&error)));
        if written.is_err() {
            tracing::error!("{lost} entries of the audit trail could not be written");
        }
        written
    }

    // Nothing under the lock can panic halfway through a change.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Counts an event; returns whether it is the first one since the last write.
    fn add(&mut self, event: Uncommitted, now: Timestamp) -> bool {
        let Self(held) = self;
        let is_first = held.is_empty();
        let event = match held.len() >= MAX_KINDS && !held.contains_key(&event) {
            true => Uncommitted { act: event.act, actor: None, target: None },
            false => event,
        };
        let (count, _, last_at) = held.entry(event).or_insert((0, now, now));
        *count += 1;
        *last_at = now.max(*last_at);
        is_first
    }

    /// Takes all counted events.
    fn take(&mut self) -> Vec<Counted> {
        let counted = std::mem::take(&mut self.0).into_iter();
        let counted =
            counted.map(|(what, (count, at, last_at))| Counted { what, count, at, last_at });
        counted.collect()
    }
}

/// The target of a failed sign-in.
fn target(mac: &Mac, username: &str, subject: Option<&str>) -> String {
    match subject {
        Some(subject) => format!("users/{subject}"),
        None => {
            let code = base64url(&mac.sign(username.as_bytes()));
            format!("names/{}", code.chars().take(CODE_LENGTH).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, MAX_KINDS, Mac, target};
    use crate::clock::Timestamp;
    use crate::store::audit::{Act, Uncommitted};

    #[test]
    fn frequent_events_are_counted_and_many_different_events_take_bounded_memory() {
        let mut held = Held::default();
        let at = Timestamp::from_unix_ms;
        for number in 0..10_000_u64 {
            let target = Some(format!("names/{number}"));
            let what = Uncommitted { act: Act::FailSignIn, actor: None, target };
            assert_eq!(held.add(what, at(number)), number == 0);
        }
        let taken = held.take();
        assert_eq!(taken.len(), MAX_KINDS + 1);
        assert_eq!(taken.iter().map(|counted| counted.count).sum::<u64>(), 10_000);
        let others = Uncommitted { act: Act::FailSignIn, actor: None, target: None };
        let others = taken.iter().find(|counted| counted.what == others).unwrap();
        assert_eq!((others.at, others.last_at), (at(MAX_KINDS as u64), at(9_999)));
        assert!(held.take().is_empty());
    }

    #[test]
    fn an_unknown_name_is_kept_as_a_code_that_differs_by_server() {
        let code = |key| target(&Mac::new(&[key; 32]), "hunter2", None);
        assert_eq!(code(1), code(1));
        assert_ne!(code(1), code(2));
        assert!(code(1).starts_with("names/") && !code(1).contains("hunter2"), "{}", code(1));
        assert_eq!(target(&Mac::new(&[1; 32]), "grace", Some("u-2")), "users/u-2");
    }
}
