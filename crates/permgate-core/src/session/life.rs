//! What happens to the page: looked at, left, frozen, without a network. Events of the host are
//! hints, and often wrong: they hurry something along, and nothing waits for them.

use super::event::Life;
use super::notice::Cause;
use super::time::Millis;
use super::{Absence, Session};

/// A set that was asked for within this time is not asked for again because a page is looked at.
const RECENT: Millis = Millis::from_seconds(5);

impl Session {
    pub(super) fn lives(&mut self, life: Life) {
        let now = self.clock.elapsed();
        match life {
            Life::Hidden | Life::Offline => {}
            Life::Suspended => self.is_suspended = true,
            Life::Resumed => self.go_on(Cause::Resumed),
            // Some hosts do not say that a page goes on.
            Life::Shown if self.is_suspended => self.go_on(Cause::Resumed),
            Life::Shown => self.freshen(Cause::Shown),
            Life::Navigated => self.freshen(Cause::Navigated),
            Life::Online => {
                let fails = self.absence == Absence::Failed || self.backoff.is_waiting();
                self.channel.hurry(now);
                if fails {
                    self.backoff.succeeded();
                    self.freshen(Cause::Online);
                }
            }
        }
    }

    /// Whatever was said meanwhile, this page did not hear.
    fn go_on(&mut self, cause: Cause) {
        self.is_suspended = false;
        self.asked = None;
        self.channel.hurry(self.clock.elapsed());
        self.freshen(cause);
    }

    /// Asks the source, unless it was asked just now, or speaks by itself.
    fn freshen(&mut self, cause: Cause) {
        let now = self.clock.elapsed();
        let is_recent = self.asked.is_some_and(|asked| now < asked + RECENT);
        let is_nobody = self.held.is_none() && self.absence == Absence::Unauthenticated;
        let is_live = self.held.is_some() && self.channel.is_live(now);
        let is_idle = self.held.is_none() && self.absence == Absence::Idle;
        if is_recent || is_live || is_idle {
            return;
        }
        if is_nobody {
            // Somebody may have signed in elsewhere; who left here, or is being asked, has not.
            if self.signed_out || self.cycle.is_some() || self.flight.is_some() {
                return;
            }
            self.is_probe = true;
        }
        self.load_at(now, cause);
    }
}
