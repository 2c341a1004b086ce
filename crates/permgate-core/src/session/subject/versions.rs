//! The versions of one subject's permissions: which one is known, which is announced.

use super::held::Owner;
use crate::time::{Millis, Moment};
use crate::wire::VersionHeader;

/// How many answers older than an announced version lead to another load at once. A replica catches
/// up; a version that never comes was a mistake.
pub(in crate::session) const LAGGING_MAX: u32 = 5;

/// From how many loads a version below the known one is taken: of the server's counter, which began
/// anew. Replicas are many and catch up, and a page that shows nothing for some seconds is better
/// than one that grants again what was revoked.
const RESTART_LOADS: u32 = 3;

/// These loads begin at least so far apart: replicas that lag by less do not agree for so long.
const RESTART_APART: Millis = Millis::from_seconds(1);

/// How many loads are made in quick succession to find out.
const QUICK_LOADS_MAX: u32 = 6;

/// Versions below the known one, in the order in which loads brought them.
#[derive(Clone, Copy, Debug)]
struct Restart {
    newest: u64,
    /// When the load began that brought it.
    started: Moment,
    /// How many loads brought versions that do not descend.
    loads: u32,
}

/// What a version that was heard of means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Heard {
    /// Nothing: it is known, or about somebody else.
    Nothing,
    /// It is news: the set that is held is out of date.
    News,
    /// It was waited for in vain; by now it may be true.
    Again,
}

/// The versions that are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions {
    /// The highest version that was held: nothing below it is believed.
    floor: Option<u64>,
    /// The version that a response announced, while it has not been fetched.
    announced: Option<u64>,
    /// A version that was announced and never came.
    given_up: Option<u64>,
    /// How many answers were older than the announced version.
    lagging: u32,
    /// A version that was heard of while nothing was held to compare it with.
    overheard: Option<VersionHeader>,
    restart: Option<Restart>,
    /// The version that was known when the counter began anew.
    restarted_from: Option<u64>,
    /// How many loads brought a version below the known one after what was held had expired.
    below: u32,
}

impl Versions {
    /// What is held from now on has this version.
    pub(super) fn begin_at(&mut self, version: Option<u64>) {
        self.floor = version;
    }

    /// The version above this one that is known.
    pub(super) fn known_above(&self, came: Option<u64>) -> Option<(u64, u64)> {
        self.floor.zip(came).filter(|(known, came)| came < known)
    }

    /// A load that began at `started` brought a version below the known one. Whether it is taken, since
    /// the counter began anew: what was held had expired by then, and so many loads agree.
    pub(super) fn restarts(&mut self, came: u64, started: Moment, expired: Option<Moment>) -> bool {
        if expired.is_none_or(|expired| started <= expired) {
            return false;
        }
        self.below = self.below.saturating_add(1);
        match &mut self.restart {
            Some(last) if came >= last.newest => {
                if started >= last.started + RESTART_APART {
                    *last = Restart { newest: came, started, loads: last.loads + 1 };
                }
            }
            restart => *restart = Some(Restart { newest: came, started, loads: 1 }),
        }
        self.restart.is_some_and(|restart| restart.loads >= RESTART_LOADS)
    }

    /// When the next load may tell more about a counter that began anew.
    pub(super) fn next_of_restart(&self) -> Option<Moment> {
        let restart = self.restart.filter(|_| self.below < QUICK_LOADS_MAX)?;
        Some(restart.started + RESTART_APART)
    }

    /// The counter began anew, and is at this version.
    pub(super) fn restart_at(&mut self, version: u64) {
        *self = Self { floor: Some(version), restarted_from: self.floor, ..Self::default() };
    }

    /// Whether this is a version of a counter that began anew since: it came late.
    pub(super) fn is_of_earlier_counter(&self, version: Option<u64>) -> bool {
        self.restarted_from.is_some_and(|known| version > Some(known))
    }

    /// The server says somewhere that the known version stands: its counter did not begin anew.
    pub(super) fn stand(&mut self, version: u64) {
        if self.floor.is_some_and(|floor| version >= floor) {
            self.restart = None;
        }
    }

    /// Nothing below this version is believed any more.
    pub(super) fn raise(&mut self, version: Option<u64>) {
        self.floor = self.floor.max(version);
    }

    /// A version was announced about the subject of the set that is held.
    pub(super) fn hear(&mut self, version: u64, held: Option<u64>) -> Heard {
        let is_newer = held.is_some_and(|held| version > held);
        if !is_newer || self.announced.is_some_and(|announced| version <= announced) {
            return Heard::Nothing;
        }
        if self.given_up == Some(version) {
            return Heard::Again;
        }
        self.announced = Some(version);
        self.lagging = 0;
        Heard::News
    }

    /// A version was announced while nothing is held.
    pub(super) fn overhear(&mut self, header: &VersionHeader) {
        if self.overheard.as_ref().is_none_or(|before| before.version < header.version) {
            self.overheard = Some(header.clone());
        }
    }

    /// A set came: what was overheard can be compared with it.
    pub(super) fn meet(&mut self, owner: &Owner, version: Option<u64>) {
        if let Some(header) = self.overheard.take()
            && header.subject.is_some()
            && header.subject == owner.subject
            && version.is_some_and(|version| header.version > version)
        {
            self.announced = self.announced.max(Some(header.version));
        }
    }

    /// A set of this version was answered. Whether it is older than announced, and another load
    /// may bring the announced one.
    pub(super) fn reach(&mut self, version: Option<u64>) -> bool {
        self.floor = version.or(self.floor);
        (self.restart, self.below) = (None, 0);
        let is_behind =
            self.announced.is_some_and(|announced| version.is_some_and(|it| it < announced));
        if is_behind && self.lagging < LAGGING_MAX {
            self.lagging += 1;
            return true;
        }
        if is_behind {
            // It was waited for long enough: when it is announced again, it is only asked about.
            self.given_up = self.announced;
        }
        self.announced = None;
        false
    }

    /// Of the versions of an earlier user, only what was overheard may be about this one.
    pub(super) fn of_another(before: Self) -> Self {
        Self { overheard: before.overheard, ..Self::default() }
    }
}
