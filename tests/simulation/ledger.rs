//! Counts the loads, streams and timers of one tab, and compares them with limits.

use std::collections::VecDeque;

use permgate_core::session::{Answer, Event, Now};

use crate::setting::Setting;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
/// The longest pause that a session accepts from a server.
const RETRY_AFTER_MAX: u64 = 300_000;

/// Moments of the last hour, each with a weight.
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
    /// Events from outside, weighted by how many loads each may cause.
    causes: Moments,
    /// The last `Retry-After` of the source.
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

    /// How many loads there were within a window.
    pub(crate) fn loads_within(&self, time: u64, window: u64) -> u64 {
        self.loads.since(time.saturating_sub(window))
    }

    /// How many streams were opened within a window.
    pub(crate) fn opens_within(&self, time: u64, window: u64) -> u64 {
        self.opens.since(time.saturating_sub(window))
    }

    /// The session gets an event from outside.
    pub(crate) fn event_received(&mut self, time: u64, event: &Event) {
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
            | Event::ClaimsRead { .. }
            | Event::ChannelOpened { .. }
            | Event::ChannelAlive { .. }
            | Event::Led { .. }
            | Event::Answered { .. } => return,
            // A version that a lagging node does not know yet is requested up to five more times.
            Event::Observed(observation) if observation.version.is_some() => 2,
            Event::Pushed { .. } | Event::Told(_) => 3,
            _ => 2,
        };
        self.causes.add(time, weight);
    }

    /// The clocks of the device have been changed in a way that the session must notice.
    pub(crate) fn disturbed(&mut self, time: u64) {
        self.causes.add(time, 3);
    }

    /// The clock of the device is set forward: for a page, this looks as if time had passed.
    pub(crate) fn clock_was_set(&mut self) {
        self.closed = None;
    }

    pub(crate) fn answered(&mut self, time: u64, now: Now, answer: &Answer) {
        if let Answer::Failed { retry_after: Some(after), .. } = answer {
            self.closed = Some((time, now, after.0.min(RETRY_AFTER_MAX)));
        }
    }

    /// A load is sent with this token; returns the violated limit, if any.
    pub(crate) fn loads(&mut self, time: u64, now: Now, token: Option<&str>) -> Option<String> {
        self.token = token.map(String::from);
        self.loads.add(time, 1);
        if let Some((start, since, wait)) = self.closed {
            // For a device that slept, or whose clock was set forward, the pause has passed, too.
            let elapsed = (now.wall - since.wall).max(now.monotonic - since.monotonic).0;
            let waited = elapsed.max(time - start);
            if waited + 500 < wait {
                return Some(format!(
                    "a load is sent after {waited} ms, although `Retry-After` was {wait}"
                ));
            }
        }
        self.too_many(&self.loads, time, "loads")
    }

    /// A stream is opened; returns the violated limit, if any.
    pub(crate) fn opens(&mut self, time: u64) -> Option<String> {
        self.opens.add(time, 1);
        // A poll is sent again as soon as it was answered.
        let polls = self.opens.since(time.saturating_sub(MINUTE));
        let limit = 70 + self.causes.since(time.saturating_sub(MINUTE));
        (polls > limit).then(|| format!("the tab opened {polls} streams in a minute"))
    }

    pub(crate) fn fires(&mut self, time: u64) -> Option<String> {
        self.timers.add(time, 1);
        let fired = self.timers.since(time.saturating_sub(1000));
        // A rounded clock shows a moment too late, which the timer compensates.
        let limit = 60 + 2 * self.causes.since(time.saturating_sub(1000));
        (fired > limit).then(|| format!("the timer fired {fired} times in a second"))
    }

    fn too_many(&self, what: &Moments, time: u64, name: &str) -> Option<String> {
        for (window, retries) in [(MINUTE, 25), (HOUR, 220)] {
            let start = time.saturating_sub(window);
            let count = what.since(start);
            // A document may have a time to live of only one second.
            let lives = window / self.ttl.min(5000);
            let limit = retries + lives + self.causes.since(start);
            if count > limit {
                return Some(format!(
                    "{count} {name} in {} s, where {limit} are allowed",
                    window / 1000
                ));
            }
        }
        None
    }
}
