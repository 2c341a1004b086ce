//! When the next load begins, and why.

use super::effect::{Effect, Effects};
use super::load::INTERVAL_MIN;
use super::notice::Cause;
use super::time::Millis;
use super::{Absence, Session};

/// How many failures within such a time of each other are nobody's impatience, but a circle.
const QUICK_FAILURES_MAX: u32 = 8;

impl Session {
    /// Gives up what is under way, and begins anew at once.
    pub(super) fn restart(&mut self, cause: Cause, effects: &mut Effects) {
        if self.flight.take().is_some() {
            effects.push(Effect::Abort);
        }
        self.backoff.succeeded();
        self.due = Some(self.clock.elapsed());
        self.cause = cause;
    }

    pub(super) fn refresh(&mut self, cause: Cause) {
        self.wants_refresh = true;
        let pace = self.pace();
        self.backoff.succeeded();
        self.not_before = Millis(0);
        self.load_at(self.clock.elapsed().max(pace), cause);
    }

    /// A source that fails is not asked in circles, whoever wants it.
    fn pace(&self) -> Millis {
        match self.asked {
            Some(asked) if self.quick_failures >= QUICK_FAILURES_MAX => asked + INTERVAL_MIN,
            _ => Millis(0),
        }
    }

    /// A load begins at `moment`, or as soon after it as the one under way has ended, and not
    /// before the source allows it.
    pub(super) fn load_at(&mut self, moment: Millis, cause: Cause) {
        let moment = moment.max(self.not_before).max(self.pace());
        match &mut self.flight {
            Some(flight) => {
                if flight.doubted.is_none_or(|(doubted, _)| moment < doubted) {
                    flight.doubted = Some((moment, cause));
                }
            }
            None => {
                if self.due.is_none_or(|due| moment < due) {
                    self.due = Some(moment);
                    self.cause = cause;
                }
            }
        }
    }

    /// What is held is out of date: it is believed for a while, and loaded again at `moment`.
    pub(super) fn invalidate(&mut self, moment: Millis, cause: Cause) {
        if self.absence == Absence::Unauthenticated && self.held.is_none() {
            return;
        }
        let (now, stale) = (self.clock.elapsed(), self.config.stale);
        if let Some(held) = &mut self.held {
            held.times = held.times.doubted(now, stale);
        }
        self.load_at(moment, cause);
    }
}
