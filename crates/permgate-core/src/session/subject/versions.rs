//! The versions of one subject's permissions: the known and the announced ones.

use alloc::string::String;
use alloc::vec::Vec;

use super::held::Owner;
use crate::time::{Millis, Moment};
use crate::wire::VersionHeader;

/// How many answers older than an announced version cause another load at once. A replica catches
/// up; a version that no answer has was a mistake.
pub(in crate::session) const LAGGING_MAX: u32 = 5;

/// The number of loads after which a version below the known one is accepted, as that of a
/// restarted counter. Replicas are many and catch up, and a page that shows nothing for some
/// seconds is better than one that grants again what was revoked.
const RESTART_LOADS: u32 = 3;

/// The shortest time between these loads: replicas that lag by less do not agree for so long.
const RESTART_APART: Millis = Millis::from_seconds(1);

/// How many loads are made in quick succession to find out.
const QUICK_LOADS_MAX: u32 = 6;

/// About how many names the endpoint is asked at most while it names the same user: an API that
/// names somebody else in each response must not turn every response into a load.
const STRANGERS_MAX: usize = 4;

/// Versions below the known one, in the order in which loads brought them.
#[derive(Clone, Copy, Debug)]
struct Restart {
    newest: u64,
    /// When the load began that brought it.
    started: Moment,
    /// How many loads brought versions that do not descend.
    loads: u32,
}

/// The meaning of a version that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Heard {
    /// It is already known, or about another user.
    Nothing,
    /// It is news: the held set is out of date.
    News,
    /// It was awaited in vain before; by now it may be real.
    Again,
}

/// The known versions.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions {
    /// The highest version of a set that was held: a lower one is not believed.
    floor: Option<u64>,
    /// The version that a response announced, while it has not been fetched.
    announced: Option<u64>,
    /// A version that was announced, and that no answer had.
    given_up: Option<u64>,
    /// How many answers were older than the announced version.
    lagging: u32,
    /// A version that was announced while there was no set to compare it with.
    overheard: Option<VersionHeader>,
    /// The names of other users whose versions responses announced: the endpoint was asked about
    /// each of them.
    strangers: Vec<String>,
    restart: Option<Restart>,
    /// The version that was known when the counter restarted.
    restarted_from: Option<u64>,
    /// How many loads brought a version below the known one after the held set had expired.
    below: u32,
}

impl Versions {
    /// Later sets begin at this version.
    pub(super) fn begin_at(&mut self, version: Option<u64>) {
        self.floor = version;
    }

    /// The known version, if it is above this one.
    pub(super) fn known_above(&self, received: Option<u64>) -> Option<(u64, u64)> {
        self.floor.zip(received).filter(|(known, received)| received < known)
    }

    /// A load that began at `started` brought a version below the known one. Returns whether it is
    /// accepted, since the counter restarted: the held set had expired by then, and enough loads
    /// agree.
    pub(super) fn restarts(
        &mut self,
        received: u64,
        started: Moment,
        expired: Option<Moment>,
    ) -> bool {
        if expired.is_none_or(|expired| started <= expired) {
            return false;
        }
        self.below = self.below.saturating_add(1);
        match &mut self.restart {
            Some(last) if received >= last.newest => {
                if started >= last.started + RESTART_APART {
                    *last = Restart { newest: received, started, loads: last.loads + 1 };
                }
            }
            restart => *restart = Some(Restart { newest: received, started, loads: 1 }),
        }
        self.restart.is_some_and(|restart| restart.loads >= RESTART_LOADS)
    }

    /// When the next load may show more about a counter that restarted.
    pub(super) fn next_of_restart(&self) -> Option<Moment> {
        let restart = self.restart.filter(|_| self.below < QUICK_LOADS_MAX)?;
        Some(restart.started + RESTART_APART)
    }

    /// The counter restarted, and is at this version.
    pub(super) fn restart_at(&mut self, version: u64) {
        *self = Self {
            floor: Some(version),
            restarted_from: self.floor,
            strangers: core::mem::take(&mut self.strangers),
            ..Self::default()
        };
    }

    /// Whether this is a late version of the counter before it restarted.
    pub(super) fn is_of_earlier_counter(&self, version: Option<u64>) -> bool {
        self.restarted_from.is_some_and(|known| version > Some(known))
    }

    /// The server sent the known version: its counter has not restarted.
    pub(super) fn stand(&mut self, version: u64) {
        if self.floor.is_some_and(|floor| version >= floor) {
            self.restart = None;
        }
    }

    /// Lower versions than this one are not believed any more.
    pub(super) fn raise(&mut self, version: Option<u64>) {
        self.floor = self.floor.max(version);
    }

    /// A version was announced about the subject of the held set.
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

    /// A version of another user was announced. Returns whether the endpoint must be asked who the
    /// user is.
    pub(super) fn hear_stranger(&mut self, name: &str) -> bool {
        let is_new = self.strangers.len() < STRANGERS_MAX
            && !self.strangers.iter().any(|stranger| stranger == name);
        if is_new {
            self.strangers.push(name.into());
        }
        is_new
    }

    /// A version was announced while no set is held.
    pub(super) fn overhear(&mut self, header: &VersionHeader) {
        if self.overheard.as_ref().is_none_or(|before| before.version < header.version) {
            self.overheard = Some(header.clone());
        }
    }

    /// A set came: versions that were overheard can be compared with it.
    pub(super) fn meet(&mut self, owner: &Owner, version: Option<u64>) {
        if let Some(header) = self.overheard.take()
            && header.subject.is_some()
            && header.subject == owner.subject
            && version.is_some_and(|version| header.version > version)
        {
            self.announced = self.announced.max(Some(header.version));
        }
    }

    /// A set of this version came. Returns whether it is older than announced, and another load may
    /// bring the announced version.
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
            // It was awaited for long enough: when it is announced again, it only causes a load.
            self.given_up = self.announced;
        }
        self.announced = None;
        false
    }

    /// Of an earlier user's versions, only the overheard one may be about this user.
    pub(super) fn of_another(before: Self) -> Self {
        Self { overheard: before.overheard, ..Self::default() }
    }
}
