//! Restarts of version counters (when the oracle accepts a lower version), and the true time, as far
//! as tokens show it.

use permgate_core::session::{Event, Now, Renewal};

use super::Oracle;
use crate::vouchers::Ask;

/// The longest time that a token takes to come: a clock that is ahead by more is wrong.
const CLOCK_WRONG: u64 = 60_000;

/// The tolerance for clocks, which are read one after the other, and rounded.
pub(super) const ROUNDING: u64 = 250;

impl Oracle {
    /// Whether a version below the floor may be accepted, since the server's counter has restarted:
    /// three loads after expiry must agree (F65).
    pub(super) fn restarts(&mut self, ask: &Ask, version: u64) -> bool {
        if !ask.may_restart {
            return false;
        }
        if self.restart.last().is_some_and(|(before, _)| version < *before) {
            self.restart.clear();
        }
        if self.restart.last().is_none_or(|(_, request)| ask.line >= request + 1000) {
            self.restart.push((version, ask.line));
        }
        self.restart.len() >= 3
    }

    /// Reads the time of issue of a token, as soon as the token comes.
    pub(super) fn date(&mut self, event: &Event) {
        let (Event::TokenChanged(Some(text))
        | Event::TokenSeen(text)
        | Event::TokenAnswered { token: Ok(Some(text)), .. }
        | Event::RenewalAnswered { outcome: Ok(Renewal::Token(text)), .. }) = event
        else {
            return;
        };
        let issued = self.read(text).issued.map(|issued| issued * 1000);
        if let Some(issued) = issued.filter(|issued| *issued > self.latest_by_tokens()) {
            self.issued = Some((issued, self.line));
        }
    }

    /// The session accepts a token, which cannot have been issued later than now.
    pub(super) fn cannot_be_earlier(&mut self, issued: Option<u64>, now: Now) {
        let Some(issued) = issued.map(|issued| issued * 1000) else { return };
        // For a token of this very moment, rounded clocks may show that it was issued a little later.
        if issued > self.time_of_issuers(now) + ROUNDING {
            self.issuers = Some((issued, self.line));
        }
        if issued > self.earliest_time(now) {
            self.earliest = Some((issued, now.monotonic.0));
        }
    }

    /// The application's function returned a token. If as much time has passed since an earlier token as
    /// between their times of issue, it was issued just now, no matter what the clock says (F67).
    pub(super) fn token_issued(&mut self, now: Now, text: &str) {
        let card = self.read(text);
        let Some(issued) = card.issued.map(|issued| issued * 1000) else { return };
        let (line, time) = (self.line, self.time_of_issuers(now));
        let is_wrong =
            time > issued + CLOCK_WRONG || card.end.is_some_and(|end| end * 1000 <= time);
        let Some((before, received)) = self.last_issue else {
            self.last_issue = Some((issued, line));
            return;
        };
        let (advanced, passed) = (issued.saturating_sub(before), line - received);
        // A token that comes again has the same time of issue.
        if issued == before || passed < 1_000 {
            return;
        }
        self.last_issue = Some((issued, line));
        if advanced > 0 && advanced.abs_diff(passed) <= 2_000 && is_wrong {
            self.issuers = Some((issued, line));
            self.earliest = Some((issued, now.monotonic.0));
        }
    }

    /// The time of the token issuer, in milliseconds since 1970: the time of the device's clock, unless
    /// tokens have shown that this clock is wrong.
    pub(super) fn time_of_issuers(&self, now: Now) -> u64 {
        let time =
            self.issuers.map_or(now.wall.0, |(time, since)| time + (self.line_at(now) - since));
        time.max(self.earliest_time(now))
    }

    /// A lower bound of the current time: the monotonic clock never runs ahead.
    fn earliest_time(&self, now: Now) -> u64 {
        self.earliest
            .map_or(0, |(time, monotonic)| time + now.monotonic.0.saturating_sub(monotonic))
    }

    /// A lower bound of the true time: no token comes before it was issued.
    pub(super) fn latest_by_tokens(&self) -> u64 {
        self.issued.map_or(0, |(issued, since)| issued + (self.line - since))
    }
}
