//! Time as the session sees it: told from outside, and never running slower than either clock.

use core::ops::{Add, Sub};

/// A duration, or a moment of the session's own time line, in milliseconds.
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

/// What both clocks of the host say at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970 (`Date.now()`): jumps when the clock is set, goes on in sleep.
    pub wall: Millis,
    /// Milliseconds since some start (`performance.now()`): never jumps, may stand still in sleep.
    pub monotonic: Millis,
}

/// The session's own time line.
///
/// It advances by whichever clock advanced further since it was last told, and never goes back:
/// sleep counts (the wall clock saw it), and a wall clock that is set back changes nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    told: Now,
    elapsed: Millis,
}

impl Clock {
    pub(super) fn new(now: Now) -> Self {
        Self { told: now, elapsed: Millis(0) }
    }

    /// The moment `now` would be, without remembering it.
    pub(super) fn peek(&self, now: Now) -> Millis {
        let wall = now.wall - self.told.wall;
        let monotonic = now.monotonic - self.told.monotonic;
        self.elapsed + wall.max(monotonic)
    }

    /// Moves on. True when the wall clock ran ahead of the monotonic one by more than rounding:
    /// a running timer, which counts monotonic time, would then fire too late.
    pub(super) fn advance(&mut self, now: Now) -> bool {
        let monotonic = self.elapsed + (now.monotonic - self.told.monotonic);
        self.elapsed = self.peek(now);
        self.told = now;
        self.elapsed > monotonic + ROUNDING
    }

    pub(super) fn elapsed(&self) -> Millis {
        self.elapsed
    }

    /// The wall clock's time of a moment of the time line, as seen from now.
    pub(super) fn wall_at(&self, moment: Millis) -> Millis {
        self.told.wall + (moment - self.elapsed)
    }

    /// The moment at which the wall clock will show `wall`; now, when it is past.
    pub(super) fn moment_of(&self, wall: Millis) -> Millis {
        self.elapsed + (wall - self.told.wall)
    }

    pub(super) fn wall(&self) -> Millis {
        self.told.wall
    }
}

/// Clocks are read one after the other and rounded by browsers, up to 100 ms with protection
/// against fingerprinting.
const ROUNDING: Millis = Millis(250);
