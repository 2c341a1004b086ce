//! Which way of pushing is used. A way that does not work is left for the next one and tried again
//! later; only failures while the server can be reached otherwise are held against a way.

use alloc::vec::Vec;

use super::super::loader::Backoff;
use crate::session::transport::Transport;
use crate::time::{Millis, Moment};

/// How many attempts fail before the next way is tried.
const FAILURES_MAX: u32 = 3;
/// How long another way is good enough before the best one is tried again; doubled by each
/// failure, up to the last.
const PROBE_FIRST: Millis = Millis::from_seconds(300);
const PROBE_MAX: Millis = Millis::from_seconds(3600);

/// What follows from leaving a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Another way is tried at once; for the first time down the list, without the pauses of the
    /// one before.
    Next { is_first_time: bool },
    /// All have failed: the first one is tried again after the pause.
    Around,
    /// All have failed, and nothing is to be expected of the last: a long pause.
    Hopeless(Millis),
}

/// The ways in which a server pushes, the best first.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    transports: Vec<Transport>,
    /// Which way is used.
    chosen: usize,
    /// The way that worked, while a better one is tried.
    fallback: Option<usize>,
    failures: u32,
    /// Since when attempts have failed.
    failing: Option<Moment>,
    /// When the server was last reached, in whatever way.
    reached: Option<Moment>,
    /// When the best way is tried again.
    probe: Option<Moment>,
    probe_after: Millis,
    /// That no way works.
    hopelessness: Hopelessness,
    /// Every way has failed since something last came by one.
    has_tried_all: bool,
}

/// Whether no way has worked, and whether the application knows.
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

    /// The way that is used. Without a version there is nothing to poll for.
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

    /// Something came by the way that is used; for the first time by this stream, it works.
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

    /// An attempt failed. Whether the way is to be left: `is_hopeless` says that it cannot work,
    /// else it has to fail often while the server can be reached.
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

    /// Whether the best way is to be tried again now, in the place of one that works.
    pub(super) fn tries_best(&mut self, now: Moment) -> bool {
        let is_time = self.probe.is_some_and(|probe| now >= probe) && self.chosen > 0;
        if is_time {
            self.probe = None;
            self.fallback = Some(self.chosen);
            self.chosen = 0;
        }
        is_time
    }

    /// Leaves the way that is used for another one.
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

    /// Whether it is to be reported that no way works: once.
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

    /// Spread, so that pages that changed together do not come back together.
    fn plan_probe(&mut self, now: Moment, chance: &mut Backoff) {
        self.probe = Some(now + self.probe_after + chance.up_to(self.probe_after));
    }
}
