//! Whether the application's function gives tokens that were issued a moment ago, by their `iat` alone:
//! the clock of the device may be wrong.

use crate::time::{Millis, Moment, Wall};

/// Two tokens are compared that came at least so far apart: `iat` counts seconds.
const APART: Millis = Millis::from_seconds(1);

/// By how much the time between two tokens, and that between their `iat`, may differ: by the seconds
/// that `iat` leaves out, and by how long the tokens were under way.
const TOLERANCE: Millis = Millis::from_seconds(2);

/// The token that those to come are compared with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Issuing {
    /// When it was issued, and when it came first.
    last: Option<(Wall, Moment)>,
}

impl Issuing {
    /// A token came that was issued at this time. Whether it was issued a moment ago: later than an
    /// earlier one, by as much as time has passed. A token that was kept is as old each time it comes.
    pub(super) fn is_new(&mut self, issued: Wall, now: Moment) -> bool {
        let Some((before, came)) = self.last else {
            self.last = Some((issued, now));
            return false;
        };
        let (advanced, passed) = (issued.0 - before.0, now - came);
        if issued == before || passed < APART {
            return false;
        }
        self.last = Some((issued, now));
        let difference = (advanced - passed).max(passed - advanced);
        issued > before && difference <= TOLERANCE
    }
}
