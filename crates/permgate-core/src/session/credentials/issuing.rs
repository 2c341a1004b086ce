//! Decides whether the application's function returns freshly issued tokens, using only their
//! `iat`: the clock of the device may be wrong.

use crate::time::{Millis, Moment, Wall};

/// The shortest time between two tokens that are compared: `iat` counts seconds.
const APART: Millis = Millis::from_seconds(1);

/// How far the time between two tokens and the time between their `iat` may differ: by the
/// fractions of seconds that `iat` leaves out, and by the transmission times.
const TOLERANCE: Millis = Millis::from_seconds(2);

/// The token with which later ones are compared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Issuing {
    /// When it was issued, and when it first came.
    last: Option<(Wall, Moment)>,
}

impl Issuing {
    /// Whether a token was just issued: later than an earlier one by as much time as has passed
    /// between them. A token from storage is as old each time it comes.
    pub(super) fn is_new(&mut self, issued: Wall, now: Moment) -> bool {
        let Some((before, received)) = self.last else {
            self.last = Some((issued, now));
            return false;
        };
        let (advanced, passed) = (issued.0 - before.0, now - received);
        if issued == before || passed < APART {
            return false;
        }
        self.last = Some((issued, now));
        let difference = (advanced - passed).max(passed - advanced);
        issued > before && difference <= TOLERANCE
    }

    /// From when on the next token can be compared with the last one.
    pub(super) fn comparable(&self) -> Option<Moment> {
        self.last.map(|(_, received)| received + APART)
    }
}
