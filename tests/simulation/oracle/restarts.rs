//! When the oracle takes a lower version, and how late it may be by those who issue tokens.

use super::Oracle;
use crate::vouchers::Ask;

impl Oracle {
    /// A version below the floor came: whether it may be taken, since the server's counter began anew.
    /// Three loads after expiry have to agree (F65).
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

    /// How late it may be by those who issue tokens: none was issued later than it came.
    pub(super) fn latest_by_tokens(&self) -> u64 {
        self.issued.map_or(0, |(issued, since)| issued + (self.line - since))
    }
}
