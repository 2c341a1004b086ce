//! When a set is requested: one load at a time, backoff after failures, and no endless repetition.
//! It does not know the content of a load.

mod backoff;
mod flight;

use alloc::sync::Arc;

pub(super) use backoff::{Backoff, RETRY_AFTER_MAX};
pub(super) use flight::{Flight, Parked, Unasked};

use super::counters::{Generation, Ticket};
use super::credentials::Known;
use super::notice::Cause;
use crate::time::{Millis, Moment};

/// The shortest time between two loads that the application did not request.
pub(super) const INTERVAL_MIN: Millis = Millis::from_seconds(1);

/// More failures than these within [`INTERVAL_MIN`] of each other are an endless repetition, not
/// impatience.
const QUICK_FAILURES_MAX: u32 = 8;

/// A set that was requested within this time is not requested again because the page becomes
/// visible.
const RECENT: Millis = Millis::from_seconds(5);

/// Whether a load is running, or due.
#[derive(Clone, Debug)]
enum Load {
    Resting,
    Due { at: Moment, cause: Cause },
    // INVARIANT: at most one load is running, and none is due meanwhile.
    Flying(Flight),
}

/// The loads of a session.
#[derive(Clone, Debug)]
pub(super) struct Loader {
    load: Load,
    /// A refresh was requested, and no load has begun since.
    is_wanted: bool,
    generation: Generation,
    /// When the newest load began.
    last_began: Option<Moment>,
    /// When a load last failed, and how many failed in quick succession.
    failed: Moment,
    quick_failures: u32,
    has_failed: bool,
    /// Before this moment the source must not be asked.
    not_before: Moment,
    backoff: Backoff,
}

impl Loader {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            load: Load::Resting,
            is_wanted: false,
            generation: Generation::default(),
            last_began: None,
            failed: Moment::default(),
            quick_failures: 0,
            has_failed: false,
            not_before: Moment::default(),
            backoff: Backoff::new(seed),
        }
    }

    /// The number of the newest load.
    pub(super) fn generation(&self) -> Generation {
        self.generation
    }

    pub(super) fn is_flying(&self) -> bool {
        matches!(self.load, Load::Flying(_))
    }

    /// Whether a load is running that awaits its token.
    pub(super) fn awaits_token(&self) -> bool {
        matches!(&self.load, Load::Flying(flight) if flight.awaits_token)
    }

    pub(super) fn is_due(&self) -> bool {
        matches!(self.load, Load::Due { .. })
    }

    /// Whether a load is running, or was requested and comes soon.
    pub(super) fn is_busy(&self) -> bool {
        match self.load {
            Load::Flying(_) => true,
            Load::Due { .. } => self.is_wanted,
            Load::Resting => false,
        }
    }

    /// Whether a refresh was requested, and no load has begun since.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// Whether the last load failed.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Whether a load failed, or brought less than was announced, and another one follows.
    pub(super) fn is_failing(&self) -> bool {
        self.backoff.is_waiting()
    }

    /// A load brought a set, or the network is back: earlier failures do not count any more.
    pub(super) fn forget_failures(&mut self) {
        self.backoff.succeeded();
    }

    /// Whether the source was asked just now.
    pub(super) fn is_recent(&self, now: Moment) -> bool {
        self.asked_within(now, RECENT)
    }

    /// Whether the source was asked within this time.
    pub(super) fn asked_within(&self, now: Moment, time: Millis) -> bool {
        self.last_began.is_some_and(|began| now < began + time)
    }

    /// The next load does not depend on when the source was last asked.
    pub(super) fn forget_recent(&mut self) {
        self.last_began = None;
    }

    /// The next moment at which a load begins or is given up. A load that is due may have nothing
    /// to ask.
    pub(super) fn next(&self, has_source: bool) -> Option<Moment> {
        match &self.load {
            Load::Flying(flight) => Some(flight.deadline),
            Load::Due { at, .. } if has_source => Some(*at),
            Load::Due { .. } | Load::Resting => None,
        }
    }

    // When the next load begins.

    /// Plans a load at `at`, instead of any earlier plan. The previous load has ended.
    pub(super) fn plan(&mut self, at: Moment, cause: Cause) {
        self.load = Load::Due { at, cause };
    }

    /// Plans a load at `at`, or as soon after it as the running one has ended, and not before the
    /// source allows it.
    pub(super) fn load_at(&mut self, at: Moment, cause: Cause) {
        let at = at.max(self.not_before).max(self.pace());
        match &mut self.load {
            Load::Flying(flight) => {
                if flight.doubted.is_none_or(|(doubted, _)| at < doubted) {
                    flight.doubted = Some((at, cause));
                }
            }
            Load::Due { at: due, .. } if at >= *due => {}
            Load::Due { .. } | Load::Resting => self.load = Load::Due { at, cause },
        }
    }

    /// The earliest moment for a load that the application did not request.
    pub(super) fn after_interval(&self, now: Moment) -> Moment {
        self.last_began.map_or(now, |began| now.max(began + INTERVAL_MIN))
    }

    /// The application requests a load now.
    pub(super) fn refresh(&mut self, now: Moment) {
        self.is_wanted = true;
        self.backoff.succeeded();
        self.not_before = Moment::default();
        self.load_at(now, Cause::Refresh);
    }

    /// The application requests a load, and there is no source.
    pub(super) fn decline(&mut self) {
        self.has_failed = true;
    }

    /// A failing source is not asked without pause, even by the application.
    fn pace(&self) -> Moment {
        match self.last_began {
            Some(began) if self.quick_failures >= QUICK_FAILURES_MAX => began + INTERVAL_MIN,
            _ => Moment::default(),
        }
    }

    /// Gives up the running load, and begins another one at once. Returns whether one was running.
    pub(super) fn restart(&mut self, now: Moment, cause: Cause) -> bool {
        let was_flying = self.is_flying();
        self.backoff.succeeded();
        self.plan(now, cause);
        was_flying
    }

    /// Delays a load that is due until the source may be asked. Returns whether it has to wait.
    pub(super) fn wait(&mut self, now: Moment) -> bool {
        let has_to_wait = self.not_before > now;
        if let (Load::Due { at, .. }, true) = (&mut self.load, has_to_wait) {
            *at = self.not_before;
        }
        has_to_wait
    }

    /// Cancels a load that is due; a running one continues.
    pub(super) fn rest(&mut self) {
        if self.is_due() {
            self.load = Load::Resting;
        }
    }

    /// The server asks for a pause of this time.
    pub(super) fn leave_alone(&mut self, now: Moment, time: Millis) {
        self.not_before = now + time.min(RETRY_AFTER_MAX);
    }

    // How a load runs.

    /// Begins the load that is due. Its requests follow by [`Loader::take_unasked`].
    pub(super) fn begin(
        &mut self,
        now: Moment,
        patience: Millis,
        ticket: Ticket,
        unasked: Unasked,
    ) -> bool {
        let Load::Due { at, cause } = self.load else { return false };
        if now < at {
            return false;
        }
        self.is_wanted = false;
        self.has_failed = false;
        self.last_began = Some(now);
        self.load = Load::Flying(Flight {
            generation: self.generation.advance(),
            started: now,
            deadline: now + patience,
            ticket,
            doubted: None,
            awaits_policies: unasked.policies,
            parked: None,
            awaits_token: unasked.token,
            is_conditional: false,
            unasked: Unasked { cause: Some(cause), ..unasked },
        });
        true
    }

    /// The requests that the load has to make now, with its number.
    pub(super) fn take_unasked(&mut self) -> (u64, Unasked) {
        match &mut self.load {
            Load::Flying(flight) => (flight.generation.0, core::mem::take(&mut flight.unasked)),
            Load::Due { .. } | Load::Resting => (0, Unasked::default()),
        }
    }

    /// The load of this number, if it is running.
    pub(super) fn flight(&mut self, generation: u64) -> Option<&mut Flight> {
        match &mut self.load {
            Load::Flying(flight) if flight.generation.0 == generation => Some(flight),
            _ => None,
        }
    }

    /// The token of the load has come: its time-out begins now.
    pub(super) fn sends(&mut self, now: Moment, patience: Millis, ticket: Ticket) {
        if let Load::Flying(flight) = &mut self.load {
            (flight.started, flight.deadline, flight.ticket) = (now, now + patience, ticket);
            flight.awaits_token = false;
        }
    }

    /// Requests that the claims of this token are read.
    pub(super) fn ask_claims(&mut self, token: Arc<Known>) {
        if let Load::Flying(flight) = &mut self.load {
            flight.unasked.claims = true;
            flight.parked = Some(Parked::Token(token));
        }
    }

    /// The token whose claims must be read.
    pub(super) fn parked_token(&self) -> Option<&Known> {
        match &self.load {
            Load::Flying(Flight { parked: Some(Parked::Token(token)), .. }) => Some(token),
            _ => None,
        }
    }

    /// Requests that the endpoint is asked.
    pub(super) fn ask_endpoint(&mut self) {
        if let Load::Flying(flight) = &mut self.load {
            flight.unasked.endpoint = true;
        }
    }

    /// The endpoint was asked, with or without an entity tag.
    pub(super) fn sent(&mut self, is_conditional: bool) {
        if let Load::Flying(flight) = &mut self.load {
            flight.is_conditional = is_conditional;
        }
    }

    /// Ends the load of this number; none if it is not running.
    pub(super) fn land(&mut self, generation: u64) -> Option<Flight> {
        self.flight(generation)?;
        match core::mem::replace(&mut self.load, Load::Resting) {
            Load::Flying(flight) => Some(flight),
            Load::Due { .. } | Load::Resting => None,
        }
    }

    /// Gives up a load that takes too long. Returns whether there was one.
    pub(super) fn time_out(&mut self, now: Moment) -> bool {
        let is_late = matches!(&self.load, Load::Flying(flight) if now >= flight.deadline);
        if is_late {
            self.load = Load::Resting;
        }
        is_late
    }

    /// The answer was not good enough: another attempt follows after a while.
    pub(super) fn retry(&mut self, now: Moment, cause: Cause) {
        let at = now + self.backoff.failed(None);
        self.plan(at, cause);
    }

    /// The attempt that is due comes within a second after this moment, instead of at its planned
    /// time.
    pub(super) fn retry_soon(&mut self, moment: Moment) {
        if self.is_due() {
            let at = moment + self.backoff.up_to(INTERVAL_MIN);
            self.plan(at, Cause::Retry);
        }
    }

    /// A load failed: another attempt follows after a while, if `goes_on`.
    pub(super) fn fail(&mut self, now: Moment, retry_after: Option<Millis>, goes_on: bool) {
        let at = now + self.backoff.failed(retry_after);
        self.load = if goes_on { Load::Due { at, cause: Cause::Retry } } else { Load::Resting };
        // It failed, but it was made.
        (self.is_wanted, self.has_failed) = (false, true);
        let is_quick = now < self.failed + INTERVAL_MIN;
        self.quick_failures = if is_quick { self.quick_failures.saturating_add(1) } else { 0 };
        self.failed = now;
    }
}
