//! The versions that a session holds: they never go down, unless three loads show that the server's
//! counter restarted.

use permgate_core::session::{Effect, Problem};

/// The number of loads after which a lower version is accepted.
const LOADS: usize = 3;
/// The shortest time between two of these loads, in milliseconds.
const APART: u64 = 1_000;

/// From here on, the session's time may stand still: it has 64 bits, and starts above zero.
const END: u64 = u64::MAX - (1 << 41);

/// The knowledge of an observer about the versions of a session.
#[derive(Default)]
pub(crate) struct Versions {
    epoch: u64,
    /// The highest version of the epoch, or since the counter restarted.
    highest: u64,
    /// The time that has passed, in milliseconds, by the clock that advanced further in each step: at
    /// least as long as by the session's own time.
    line: u64,
    /// The newest load.
    load: Load,
    /// Loads that brought versions below the known one.
    below: Vec<(u64, Load)>,
}

/// The beginning of a load.
#[derive(Clone, Copy, Default)]
struct Load {
    generation: u64,
    line: u64,
    /// No set was held at that time.
    was_empty: bool,
}

impl Versions {
    /// Time passes by one clock, or by both.
    pub(crate) fn pass(&mut self, millis: u64) {
        self.line = self.line.saturating_add(millis);
    }

    /// Remembers when a load begins: a load that waits for its token begins when its request is sent.
    pub(crate) fn remember(&mut self, load: Option<u64>, effects: &[Effect], is_empty: bool) {
        let is_sent = effects.iter().any(|effect| matches!(effect, Effect::Fetch { .. }));
        if let Some(generation) = load.filter(|load| is_sent || *load != self.load.generation) {
            self.load = Load { generation, line: self.line, was_empty: is_empty };
        }
    }

    /// Checks the result of an answer to the newest load. `held` is the version of the set that is held
    /// now: `None` without a set, `Some(None)` for a set without a version.
    pub(crate) fn check(&mut self, effects: &[Effect], epoch: u64, held: Option<Option<u64>>) {
        if self.epoch != epoch {
            (self.epoch, self.highest) = (epoch, 0);
            self.below.clear();
        }
        for effect in effects {
            match effect {
                Effect::Report(Problem::OlderVersion { known, received }) => {
                    assert!(received < known, "a newer version is refused as an older one");
                    self.below.push((*received, self.load));
                }
                Effect::Report(Problem::VersionRestarted { known, received }) => {
                    assert!(received < known, "a counter restarts at a newer version");
                    self.restart(*received);
                }
                _ => {}
            }
        }
        let Some(version) = held.flatten() else { return };
        assert!(version >= self.highest, "the version of the set went down");
        if version > self.highest {
            self.below.clear();
        }
        self.highest = version;
    }

    /// A lower version is accepted only after expiry, from three loads at least a second apart, whose
    /// versions do not descend.
    fn restart(&mut self, received: u64) {
        let (mut newest, mut later, mut loads) = (received, self.load, 1);
        assert!(later.was_empty, "an older version is accepted although a set was held");
        for (version, load) in self.below.drain(..).rev() {
            let is_apart = load.line > END || later.line >= load.line + APART;
            if version <= newest && is_apart && load.was_empty {
                (newest, later, loads) = (version, load, loads + 1);
            }
        }
        assert!(loads >= LOADS, "an older version is accepted after {loads} loads");
        self.highest = received;
    }
}
