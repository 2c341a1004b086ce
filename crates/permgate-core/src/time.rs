//! The session's time: the host passes it, and it is never slower than either clock.

use core::ops::{Add, Sub};

use crate::parts::CLAIMS;

/// A duration in milliseconds, or the reading of one of the host's clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// Whole seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A number from the host, limited to bounds: fractions are cut off, and NaN becomes the lower
    /// bound, so that a mistake lets a set expire sooner, never later.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion from float saturates and makes NaN 0, and the bounds limit the result"
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

/// A moment on a session's own time line, which [`Clock`] keeps: milliseconds since a start that no
/// clock shows.
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

    /// How much later this moment is; zero when it is earlier.
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
    /// Milliseconds since 1970 (`Date.now()`): jumps when the clock is set, and runs during sleep.
    pub wall: Millis,
    /// Milliseconds since some start (`performance.now()`): never jumps, may stand still during
    /// sleep.
    pub monotonic: Millis,
}

/// The session's own time line.
///
/// It follows the clock that ran further, and never goes back: sleep counts, since the wall clock
/// runs on, and a wall clock that is set back changes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The start from which both clocks are counted. It is only renewed when the clocks differ: two
    /// clocks that tick in turns would otherwise add up to one that runs twice as fast.
    anchor: (Now, Moment),
    reading: Now,
    elapsed: Moment,
    /// The issuers' time at a moment, if the wall clock is known to be wrong. The issuers' time is
    /// counted on from there: setting the wall clock right later changes nothing.
    issuers: Option<(Wall, Moment)>,
    /// The earliest possible time at a reading of the monotonic clock, since a token was issued then.
    /// It does not depend on the wall clock. An endpoint judges tokens itself.
    earliest: Option<(Wall, Millis)>,
}

impl Clock {
    pub(crate) fn new(now: Now) -> Self {
        Self {
            anchor: (now, BEGINNING),
            reading: now,
            elapsed: BEGINNING,
            issuers: None,
            earliest: None,
        }
    }

    /// The moment of `now`; the time line does not advance.
    pub(crate) fn peek(&self, now: Now) -> Moment {
        let (anchor, elapsed) = self.anchor;
        let ran = (now.wall - anchor.wall).max(now.monotonic - anchor.monotonic);
        self.elapsed.max(elapsed + ran)
    }

    /// Advances the time line to `now`. True when the wall clock ran ahead of the monotonic one: a
    /// running timer counts monotonic time, and would fire too late.
    pub(crate) fn advance(&mut self, now: Now) -> bool {
        self.elapsed = self.peek(now);
        self.reading = now;
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

    /// The wall clock's time at a moment, as seen from now.
    pub(crate) fn wall_at(&self, moment: Moment) -> Wall {
        let ahead = self.reading.wall + (moment - self.elapsed);
        Wall(ahead - (self.elapsed - moment))
    }

    /// The time of the clocks that issue tokens: the wall clock's time, unless it is known to be
    /// wrong.
    pub(crate) fn issuers_time(&self) -> Wall {
        let time = match self.issuers {
            Some((wall, moment)) => wall + (self.elapsed - moment),
            None => self.wall(),
        };
        if CLAIMS { time.max(self.earliest_time()) } else { time }
    }

    fn earliest_time(&self) -> Wall {
        let since = |(time, monotonic): (Wall, Millis)| time + (self.reading.monotonic - monotonic);
        self.earliest.map(since).unwrap_or_default()
    }

    /// A token was issued at this time, so the present time is not earlier. It is counted on from
    /// there with the monotonic clock, which never runs ahead.
    pub(crate) fn is_no_earlier_than(&mut self, issued: Wall) {
        if CLAIMS && issued > self.earliest_time() {
            self.earliest = Some((issued, self.reading.monotonic));
        }
    }

    /// Sets the issuers' time at this moment.
    pub(crate) fn correct(&mut self, time: Wall) {
        self.issuers = Some((time, self.elapsed));
        if CLAIMS {
            self.earliest = Some((time, self.reading.monotonic));
        }
    }

    /// The moment at which the issuers' time will be `time`; now, when it is past.
    pub(crate) fn moment_of(&self, time: Wall) -> Moment {
        self.elapsed + (time.0 - self.issuers_time().0)
    }

    /// The moment at which the wall clock showed `wall`; now, when `wall` is in the future.
    pub(crate) fn moment_before(&self, wall: Wall) -> Moment {
        self.elapsed - (self.reading.wall - wall.0)
    }

    pub(crate) fn wall(&self) -> Wall {
        Wall(self.reading.wall)
    }
}

/// The start of the time line: large enough for moments before it, such as those of stored
/// documents.
const BEGINNING: Moment = Moment(1 << 40);

/// The tolerance between the clocks: they are read one after the other, and browsers round them, to
/// up to 100 ms with protection against fingerprinting.
const ROUNDING: Millis = Millis(250);
