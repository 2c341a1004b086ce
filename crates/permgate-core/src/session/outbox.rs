//! The last publication, notices and timer of a session, so that nothing is sent twice.

use super::counters::Revision;
use super::effect::{Effect, Effects, Publication};
use super::status::Status;
use super::subject::Times;
use crate::time::{Millis, Moment};

/// A shorter timer could fire at the same rounded time.
const TICK: Millis = Millis(10);

/// The state that is visible from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) status: Status,
    pub(super) revision: Revision,
    pub(super) times: Option<Times>,
}

/// The last state that was published.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    shown: Shown,
    was_busy: bool,
    was_waiting: bool,
    armed: Option<Moment>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        let shown = Shown { status: Status::Idle, revision: Revision::default(), times: None };
        Self { shown, was_busy: false, was_waiting: false, armed: None }
    }

    /// Publishes the differences from the last publication.
    pub(super) fn publish(&mut self, shown: Shown, effects: &mut Effects) {
        if shown == self.shown {
            return;
        }
        let publication = Publication {
            content: shown.revision != self.shown.revision,
            status: shown.status != self.shown.status,
        };
        self.shown = shown;
        effects.push(Effect::Publish(publication));
    }

    /// Reports when no load is running or due any more, and when requests need not wait any more.
    pub(super) fn tell_progress(&mut self, is_busy: bool, is_waiting: bool, effects: &mut Effects) {
        if core::mem::replace(&mut self.was_busy, is_busy) && !is_busy {
            effects.push(Effect::Rest);
        }
        if core::mem::replace(&mut self.was_waiting, is_waiting) && !is_waiting {
            effects.push(Effect::Settled);
        }
    }

    /// The timer has fired, or would fire too late.
    pub(super) fn forget_timer(&mut self) {
        self.armed = None;
    }

    /// Arms the timer for the next moment, unless it fires by then anyway.
    pub(super) fn arm(&mut self, now: Moment, next: Option<Moment>, effects: &mut Effects) {
        // A timer that fires too early is armed again then: cheaper than setting it each time.
        let serves = matches!((self.armed, next), (Some(armed), Some(next)) if armed <= next);
        if next != self.armed && !serves {
            self.armed = next;
            effects.push(match next {
                Some(moment) => Effect::Arm((moment - now).max(TICK)),
                None => Effect::Disarm,
            });
        }
    }
}
