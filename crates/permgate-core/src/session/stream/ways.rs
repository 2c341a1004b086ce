//! Which transport is used. A transport that does not work is left for the next one and tried again
//! later; only failures while the server can be reached otherwise count against it.

use alloc::vec::Vec;

use super::super::loader::Backoff;
use crate::session::transport::Transport;
use crate::time::{Millis, Moment};

/// How many attempts fail before the next transport is tried.
const FAILURES_MAX: u32 = 3;
/// How long another transport is used before the best one is tried again; doubled by each failure,
/// up to the maximum.
const PROBE_FIRST: Millis = Millis::from_seconds(300);
const PROBE_MAX: Millis = Millis::from_seconds(3600);

/// What follows when a transport is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Another transport is tried at once; the first time down the list, without the pauses of the
    /// previous one.
    Next { is_first_time: bool },
    /// All have failed: the first one is tried again after the pause.
    Around,
    /// All have failed, and the last one cannot work: a long pause follows.
    Hopeless(Millis),
}

/// The transports by which a server pushes, the best first.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    transports: Vec<Transport>,
    /// The transport in use.
    chosen: usize,
    /// The transport that worked, while a better one is tried.
    fallback: Option<usize>,
    failures: u32,
    /// Since when attempts have failed.
    failing: Option<Moment>,
    /// When the server was last reached, by any means.
    reached: Option<Moment>,
    /// When the best transport is tried again.
    probe: Option<Moment>,
    probe_after: Millis,
    /// Whether no transport works.
    hopelessness: Hopelessness,
    /// Whether every transport has failed since the last message.
    has_tried_all: bool,
}

/// Whether no transport has worked, and whether that was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hopelessness {
    Unseen,
    Seen,
    Reported,
}

impl Ways {
    pub(super) fn new(transports: Vec<Transport>) -> Self {
        Self {
            transports,
            chosen: 0,
            fallback: None,
            failures: 0,
            failing: None,
            reached: None,
            probe: None,
            probe_after: PROBE_FIRST,
            hopelessness: Hopelessness::Unseen,
            has_tried_all: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.transports.is_empty()
    }

    /// The transport in use. Polling needs a version.
    pub(super) fn current(&self, has_version: bool) -> Option<Transport> {
        let usable = |way: &&Transport| **way != Transport::Poll || has_version;
        self.transports
            .get(self.chosen)
            .filter(usable)
            .or(self.transports.first())
            .filter(usable)
            .copied()
    }

    pub(super) fn probe(&self) -> Option<Moment> {
        self.probe
    }

    /// The server was reached.
    pub(super) fn reach(&mut self, now: Moment) {
        self.reached = Some(now);
    }

    /// Bytes came by the way that is used; for the first time by this stream, it works.
    pub(super) fn deliver(&mut self, now: Moment, is_first: bool, chance: &mut Backoff) {
        self.reach(now);
        self.failing = None;
        self.has_tried_all = false;
        if !is_first {
            return;
        }
        self.failures = 0;
        self.fallback = None;
        if self.chosen == 0 {
            self.probe = None;
            self.probe_after = PROBE_FIRST;
        } else if self.probe.is_none() {
            self.plan_probe(now, chance);
        }
    }

    /// An attempt failed. Returns whether the transport must be left: at once if it cannot work
    /// (`is_hopeless`), otherwise after several failures while the server can be reached.
    pub(super) fn fail(&mut self, now: Moment, is_hopeless: bool) -> bool {
        let since = *self.failing.get_or_insert(now);
        self.failures += 1;
        let is_faulty =
            self.failures >= FAILURES_MAX && self.reached.is_some_and(|reached| reached > since);
        self.fallback.is_some() || is_hopeless || is_faulty
    }

    /// Whether it failed before, and one more failure would count.
    pub(super) fn fails_again(&self) -> bool {
        self.failures == FAILURES_MAX - 1
    }

    /// Whether the best transport must be tried again now, instead of one that works.
    pub(super) fn tries_best(&mut self, now: Moment) -> bool {
        let is_time = self.probe.is_some_and(|probe| now >= probe) && self.chosen > 0;
        if is_time {
            self.probe = None;
            self.fallback = Some(self.chosen);
            self.chosen = 0;
        }
        is_time
    }

    /// Leaves the transport in use for another one.
    pub(super) fn leave(&mut self, now: Moment, is_hopeless: bool, chance: &mut Backoff) -> Left {
        self.failures = 0;
        self.failing = None;
        if let Some(working) = self.fallback.take() {
            self.chosen = working;
            self.double_probe();
            self.plan_probe(now, chance);
            return Left::Next { is_first_time: false };
        }
        self.chosen += 1;
        if self.chosen < self.transports.len() {
            self.plan_probe(now, chance);
            return Left::Next { is_first_time: !self.has_tried_all };
        }
        self.chosen = 0;
        self.has_tried_all = true;
        self.probe = None;
        if !is_hopeless {
            return Left::Around;
        }
        if self.hopelessness == Hopelessness::Unseen {
            self.hopelessness = Hopelessness::Seen;
        }
        let pause = self.probe_after + chance.up_to(self.probe_after);
        self.double_probe();
        Left::Hopeless(pause)
    }

    /// Whether to report now that no transport works: once.
    pub(super) fn take_hopeless(&mut self) -> bool {
        let is_new = self.hopelessness == Hopelessness::Seen;
        if is_new {
            self.hopelessness = Hopelessness::Reported;
        }
        is_new
    }

    fn double_probe(&mut self) {
        self.probe_after = (self.probe_after + self.probe_after).min(PROBE_MAX);
    }

    /// Spread, so that pages that changed at the same time do not come back at the same time.
    fn plan_probe(&mut self, now: Moment, chance: &mut Backoff) {
        self.probe = Some(now + self.probe_after + chance.up_to(self.probe_after));
    }
}
