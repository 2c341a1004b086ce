//! Limits how often evidence may cause a load: an API that rightly refuses a user again and again
//! must not turn every refusal into a request.

use crate::time::{Millis, Moment};

/// The shortest time between two loads because of a 401 or 403.
pub(in crate::session) const EVIDENCE_WINDOW: Millis = Millis::from_seconds(5);

/// When evidence last caused a load.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Windows {
    /// When a 403 last caused a load, or will cause one.
    forbidden: Option<Moment>,
    /// When a 401 last emptied the set.
    unauthorized: Option<Moment>,
}

impl Windows {
    /// When a 403, or equally weak evidence, may cause a load.
    pub(super) fn after_forbidden(&mut self, now: Moment) -> Moment {
        let moment = match self.forbidden {
            Some(load) if load > now => load,
            Some(load) => now.max(load + EVIDENCE_WINDOW),
            None => now,
        };
        self.forbidden = Some(moment);
        moment
    }

    /// The end of the time in which another 401 does not empty the set again.
    pub(super) fn unauthorized_until(&self, now: Moment) -> Option<Moment> {
        self.unauthorized.map(|last| last + EVIDENCE_WINDOW).filter(|end| now < *end)
    }

    pub(super) fn begin_unauthorized(&mut self, now: Moment) {
        self.unauthorized = Some(now);
    }

    pub(super) fn forget_unauthorized(&mut self) {
        self.unauthorized = None;
    }
}
