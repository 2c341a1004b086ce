//! How much one tab asks for: loads, streams and timers, against what is bearable.

use std::collections::VecDeque;

use permgate_core::session::{Answer, Event, Now};

use crate::setting::Setting;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
/// No server keeps a page waiting for longer.
const RETRY_AFTER_MAX: u64 = 300_000;

/// Moments, as far back as an hour.
#[derive(Default)]
struct Moments(VecDeque<(u64, u64)>);

impl Moments {
    fn add(&mut self, time: u64, weight: u64) {
        self.0.push_back((time, weight));
        while self.0.front().is_some_and(|(first, _)| first + HOUR < time) {
            self.0.pop_front();
        }
    }

    fn since(&self, moment: u64) -> u64 {
        self.0.iter().rev().take_while(|(time, _)| *time >= moment).map(|(_, weight)| weight).sum()
    }
}

pub(crate) struct Ledger {
    ttl: u64,
    loads: Moments,
    opens: Moments,
    timers: Moments,
    /// What came from outside, by how many loads it may lead to.
    causes: Moments,
    /// Until when the source wants to be left alone.
    closed: Option<(u64, Now, u64)>,
    pub(crate) replays: u64,
    /// The token that was sent last.
    token: Option<String>,
}

impl Ledger {
    pub(crate) fn new(setting: &Setting) -> Self {
        Self {
            ttl: setting.ttl,
            loads: Moments::default(),
            opens: Moments::default(),
            timers: Moments::default(),
            causes: Moments::default(),
            closed: None,
            replays: 0,
            token: None,
        }
    }

    /// How many loads there were.
    pub(crate) fn loads_within(&self, time: u64, window: u64) -> u64 {
        self.loads.since(time.saturating_sub(window))
    }

    /// How many streams were opened.
    pub(crate) fn opens_within(&self, time: u64, window: u64) -> u64 {
        self.opens.since(time.saturating_sub(window))
    }

    /// Something is told to the session from outside.
    pub(crate) fn heard(&mut self, time: u64, event: &Event) {
        let may_ask_at_once = matches!(
            event,
            Event::RefreshRequested
                | Event::TokenChanged(_)
                | Event::TokenProviderChanged
                | Event::TenantChanged(_)
                | Event::RenewalAnswered { .. }
        ) || matches!(event, Event::Told(text) if text.contains("signed-in"));
        let token = match event {
            Event::TokenSeen(text) | Event::TokenAnswered { token: Ok(Some(text)), .. } => {
                Some(text)
            }
            _ => None,
        };
        let is_new = token.is_some() && token != self.token.as_ref();
        if may_ask_at_once || is_new {
            self.closed = None;
        }
        let weight = match event {
            Event::TimerFired
            | Event::Woke
            | Event::TokenAnswered { .. }
            | Event::ChannelOpened { .. }
            | Event::ChannelAlive { .. }
            | Event::Led { .. }
            | Event::Answered { .. } => return,
            // A version that a lagging node does not know yet is asked for up to five times more.
            Event::Observed(observation) if observation.version.is_some() => 2,
            Event::Pushed { .. } | Event::Told(_) => 3,
            _ => 2,
        };
        self.causes.add(time, weight);
    }

    /// The device's clocks did something that is to be noticed.
    pub(crate) fn disturbed(&mut self, time: u64) {
        self.causes.add(time, 3);
    }

    /// Whose clock is set forward has waited, as far as a page can tell.
    pub(crate) fn clock_was_set(&mut self) {
        self.closed = None;
    }

    pub(crate) fn answered(&mut self, time: u64, now: Now, answer: &Answer) {
        if let Answer::Failed { retry_after: Some(after), .. } = answer {
            self.closed = Some((time, now, after.0.min(RETRY_AFTER_MAX)));
        }
    }

    /// A load is sent, with this token; what is wrong with that.
    pub(crate) fn loads(&mut self, time: u64, now: Now, token: Option<&str>) -> Option<String> {
        self.token = token.map(String::from);
        self.loads.add(time, 1);
        if let Some((start, since, wait)) = self.closed {
            // Who slept waited, too, and so did whose clock was set forward.
            let told = (now.wall - since.wall).max(now.monotonic - since.monotonic).0;
            let waited = told.max(time - start);
            if waited + 500 < wait {
                return Some(format!(
                    "it asks after {waited} ms, though `Retry-After` said {wait}"
                ));
            }
        }
        self.too_many(&self.loads, time, "loads")
    }

    /// A stream is opened; what is wrong with that.
    pub(crate) fn opens(&mut self, time: u64) -> Option<String> {
        self.opens.add(time, 1);
        // A poll is asked again as soon as it was answered.
        let polls = self.opens.since(time.saturating_sub(MINUTE));
        let limit = 70 + self.causes.since(time.saturating_sub(MINUTE));
        (polls > limit).then(|| format!("it opened {polls} streams in a minute"))
    }

    pub(crate) fn fires(&mut self, time: u64) -> Option<String> {
        self.timers.add(time, 1);
        let fired = self.timers.since(time.saturating_sub(1000));
        // A clock that is rounded shows a moment late that the timer keeps.
        let limit = 60 + 2 * self.causes.since(time.saturating_sub(1000));
        (fired > limit).then(|| format!("the timer fired {fired} times in a second"))
    }

    fn too_many(&self, what: &Moments, time: u64, name: &str) -> Option<String> {
        for (window, retries) in [(MINUTE, 25), (HOUR, 220)] {
            let start = time.saturating_sub(window);
            let count = what.since(start);
            // A document may say that it lives for a second only.
            let lives = window / self.ttl.min(5000);
            let limit = retries + lives + self.causes.since(start);
            if count > limit {
                return Some(format!(
                    "{count} {name} in {} s, where {limit} are bearable",
                    window / 1000
                ));
            }
        }
        None
    }
}
