//! The session's time: passed from outside, and never slower than either clock.

use core::ops::{Add, Sub};

/// A duration in milliseconds, or the reading of a clock of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// Whole seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A number from outside, forced into bounds: fractions are cut off, and what is not a number
    /// becomes the lower bound, so that a mistake makes things expire sooner, never later.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float becomes an integer by saturating, and NaN becomes 0; the bounds do the rest"
    )]
    pub fn clamped(value: f64, lowest: Self, highest: Self) -> Self {
        Self((value as u64).clamp(lowest.0, highest.0))
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Self;

    /// Never below zero.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// A moment of a session's own time line, which [`Clock`] keeps: in milliseconds since a beginning
/// that no clock shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// Later than all others.
    pub(crate) const NEVER: Self = Self(u64::MAX);
}

impl Add<Millis> for Moment {
    type Output = Self;

    fn add(self, duration: Millis) -> Self {
        Self(self.0.saturating_add(duration.0))
    }
}

impl Sub<Millis> for Moment {
    type Output = Self;

    fn sub(self, duration: Millis) -> Self {
        Self(self.0.saturating_sub(duration.0))
    }
}

impl Sub for Moment {
    type Output = Millis;

    /// How much later this moment is; nothing when it is not.
    fn sub(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

/// A time by the wall clock, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wall(pub(crate) Millis);

impl Wall {
    /// A `NumericDate` (RFC 7519 §2).
    pub(crate) fn from_seconds(seconds: u64) -> Self {
        Self(Millis::from_seconds(seconds))
    }
}

impl Add<Millis> for Wall {
    type Output = Self;

    fn add(self, duration: Millis) -> Self {
        Self(self.0 + duration)
    }
}

/// The readings of both clocks of the host at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970 (`Date.now()`): jumps when the clock is set, goes on in sleep.
    pub wall: Millis,
    /// Milliseconds since some start (`performance.now()`): never jumps, may stand still in sleep.
    pub monotonic: Millis,
}

/// The session's own time line.
///
/// It runs with the clock that ran further, and never goes back: sleep counts (the wall clock saw
/// it), and a wall clock that is set back changes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Where both clocks are counted from: taken anew only when they part, since two clocks that
    /// tick in turns would otherwise add up to one that runs twice as fast.
    anchor: (Now, Moment),
    told: Now,
    elapsed: Moment,
    /// What the time was at a moment by those who issue tokens, where the wall clock is known to be
    /// wrong. From there it is counted on: a wall clock that is set right later changes nothing.
    issuers: Option<(Wall, Moment)>,
}

impl Clock {
    pub(crate) fn new(now: Now) -> Self {
        Self { anchor: (now, BEGINNING), told: now, elapsed: BEGINNING, issuers: None }
    }

    /// The moment `now` would be, without remembering it.
    pub(crate) fn peek(&self, now: Now) -> Moment {
        let (anchor, elapsed) = self.anchor;
        let ran = (now.wall - anchor.wall).max(now.monotonic - anchor.monotonic);
        self.elapsed.max(elapsed + ran)
    }

    /// Moves on. True when the wall clock ran ahead of the monotonic one: a running timer, which
    /// counts monotonic time, would then fire too late.
    pub(crate) fn advance(&mut self, now: Now) -> bool {
        self.elapsed = self.peek(now);
        self.told = now;
        let (anchor, _) = self.anchor;
        let monotonic = now.monotonic - anchor.monotonic;
        let ahead = now.wall > anchor.wall + monotonic + ROUNDING;
        let behind = now.wall + ROUNDING < anchor.wall + monotonic;
        if ahead || behind {
            self.anchor = (now, self.elapsed);
        }
        ahead
    }

    /// The moment of the last event.
    pub(crate) fn elapsed(&self) -> Moment {
        self.elapsed
    }

    /// The wall clock's time of a moment, as seen from now.
    pub(crate) fn wall_at(&self, moment: Moment) -> Wall {
        let ahead = self.told.wall + (moment - self.elapsed);
        Wall(ahead - (self.elapsed - moment))
    }

    /// The time by those who issue tokens: that of the wall clock, unless it is known to be wrong.
    pub(crate) fn issuers_time(&self) -> Wall {
        match self.issuers {
            Some((wall, moment)) => wall + (self.elapsed - moment),
            None => self.wall(),
        }
    }

    /// It is this time now by those who issue tokens.
    pub(crate) fn correct(&mut self, time: Wall) {
        self.issuers = Some((time, self.elapsed));
    }

    /// The moment at which it will be this time by those who issue tokens; now, when it is past.
    pub(crate) fn moment_of(&self, time: Wall) -> Moment {
        self.elapsed + (time.0 - self.issuers_time().0)
    }

    /// The moment at which the wall clock showed `wall`; now, when it is ahead.
    pub(crate) fn moment_before(&self, wall: Wall) -> Moment {
        self.elapsed - (self.told.wall - wall.0)
    }

    pub(crate) fn wall(&self) -> Wall {
        Wall(self.told.wall)
    }
}

/// Where the time line begins: late enough for moments before it, of what was kept from earlier.
const BEGINNING: Moment = Moment(1 << 40);

/// Clocks are read one after the other and rounded by browsers, up to 100 ms with protection
/// against fingerprinting.
const ROUNDING: Millis = Millis(250);
