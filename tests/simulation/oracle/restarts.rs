//! When the oracle accepts a lower version, and what tokens show about the true time.

use permgate_core::session::{Event, Renewal};

use super::Oracle;
use crate::vouchers::Ask;

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
        if self.restart.last().is_none_or(|(_, asked)| ask.line >= asked + 1000) {
            self.restart.push((version, ask.line));
        }
        self.restart.len() >= 3
    }

    /// Reads when a token was issued, as soon as it comes.
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

    /// A lower bound of the true time: no token comes before it was issued.
    pub(super) fn latest_by_tokens(&self) -> u64 {
        self.issued.map_or(0, |(issued, since)| issued + (self.line - since))
    }
}
