//! The permissions that a tab may grant at most, and for how long, by the knowledge of the oracle.

use permgate_core::session::{Millis, Now};

use super::restarts::ROUNDING;
use super::{Oracle, TOLERANCE, passed};
use crate::questions::Answers;
use crate::server::subject;
use crate::vouchers::Voucher;

/// The largest difference between two time lines of rounded clocks.
const DRIFT: u64 = 2_000;

impl Oracle {
    /// The permissions and roles that a tab may grant at most.
    pub(crate) fn may(&self, now: Now) -> Answers {
        let Some(voucher) = self.voucher.as_ref().filter(|voucher| !self.is_over(voucher, now))
        else {
            return Answers::default();
        };
        let owner = voucher.paper.subject.map(subject);
        let hidden = self.revoked.iter().filter(|one| {
            let is_other =
                one.subject.is_some() && owner.is_some() && one.subject.as_deref() != owner;
            !is_other
                && match (one.version, voucher.paper.version) {
                    (Some(revoked), Some(answered)) => answered < revoked,
                    _ => voucher.sequence < one.sequence,
                }
        });
        let hidden = hidden.fold(0, |mask, one| mask | one.mask);
        let all = Answers::of(voucher.paper.grants, voucher.paper.roles);
        Answers { granted: all.granted & !hidden, denied: all.denied & !hidden, ..all }
    }

    /// Whether a document must no longer be believed, because it is too old or was in doubt for too
    /// long.
    pub(super) fn is_over(&self, voucher: &Voucher, now: Now) -> bool {
        self.is_over_by(voucher, now, TOLERANCE)
    }

    /// Whether the page may have dropped a document by now: the clocks of the page are rounded.
    pub(super) fn may_be_over(&self, voucher: &Voucher, now: Now) -> bool {
        let soon = |clock: Millis| clock + Millis(ROUNDING);
        let (wall, monotonic) = (soon(now.wall), soon(now.monotonic));
        self.is_over_by(voucher, Now { wall, monotonic }, 0)
    }

    fn is_over_by(&self, voucher: &Voucher, now: Now, tolerance: u64) -> bool {
        let stale = self.setting.stale + tolerance;
        let own = voucher.paper.ttl.unwrap_or(self.setting.ttl);
        let life = own.clamp(1000, self.setting.ttl) + stale;
        let monotonic = voucher
            .requested_monotonic
            .map_or(0, |requested| now.monotonic.0.saturating_sub(requested));
        now.wall.0.saturating_sub(voucher.requested_wall).max(monotonic) > life
            || voucher.ends.is_some_and(|end| self.line_at(now) > end + DRIFT)
            || voucher.doubted.is_some_and(|doubted| passed(doubted, now) > stale)
    }

    /// The knowledge of the oracle, for messages about failures.
    pub(crate) fn describe(&self) -> String {
        let voucher = self
            .voucher
            .as_ref()
            .map(|voucher| (&voucher.paper, voucher.requested_wall, voucher.doubted));
        let revoked = self.revoked.iter().map(|one| (one.version, one.mask)).collect::<Vec<_>>();
        format!("who {:?}, held {voucher:?}, floor {:?}, revoked {revoked:?}", self.who, self.floor)
    }
}
