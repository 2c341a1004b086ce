//! The whole world in virtual time: one queue of future events, and one source of random numbers.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::rc::Rc;

use permgate_core::session::{Event, Millis, Now, Status, Verdict};
use permgate_testbed::Random;

use crate::browser::Browser;
use crate::questions::Questions;
use crate::server::{Paper, Server};
use crate::setting::{START, Setting};
use crate::stream::Stream;
use crate::tab::Tab;
use crate::vouchers::SessionState;

/// The time of a page's monotonic clock when the session begins.
pub(crate) const PAGE_START: u64 = 5000;

/// Code to run at a given time.
pub(crate) type Act = Box<dyn FnOnce(&mut World)>;

/// An event that will happen to a tab or to the world.
struct Due {
    at: u64,
    order: u64,
    tab: Option<usize>,
    act: Act,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap returns the greatest first, which must be the earliest.
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

/// The device that all tabs run on.
#[derive(Default)]
pub(crate) struct Device {
    /// The error of the wall clock.
    pub(crate) wall: i64,
    /// Its clock was wrong from the beginning, or has been set since.
    pub(crate) is_untrue: bool,
    /// How long it has slept.
    pub(crate) slept: u64,
    pub(crate) asleep_until: u64,
}

/// The connection between device and server.
pub(crate) struct Network {
    /// How many of a hundred transmissions are lost.
    pub(crate) loss: u64,
    /// The longest delay.
    pub(crate) delay: u64,
    /// How many of a hundred answers come twice.
    pub(crate) doubles: u64,
}

/// A failure, and the tab in which it occurred.
pub(crate) struct Failure {
    pub(crate) step: u64,
    pub(crate) tab: usize,
    pub(crate) message: String,
}

pub(crate) struct World {
    pub(crate) setting: Rc<Setting>,
    pub(crate) random: Random,
    pub(crate) time: u64,
    queue: BinaryHeap<Due>,
    /// Events that came to tabs while they were frozen.
    backlog: Vec<(usize, Act)>,
    order: u64,
    pub(crate) device: Device,
    pub(crate) network: Network,
    pub(crate) server: Server,
    pub(crate) browser: Browser,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) questions: Questions,
    /// Whether all faults have stopped.
    pub(crate) is_calm: bool,
    pub(crate) failure: Option<Failure>,
    pub(crate) steps: u64,
    /// The events, if a trace is wanted: time, tab, text.
    pub(crate) trace: Option<Vec<(u64, usize, String)>>,
}

impl World {
    pub(crate) fn new(seed: u64, setting: Setting, traces: bool) -> Self {
        let mut random = Random::new(seed ^ 0x5EED);
        Self {
            server: Server::new(&setting, &mut random),
            browser: Browser::default(),
            device: Device {
                wall: setting.skew,
                is_untrue: setting.skew != 0,
                ..Device::default()
            },
            setting: Rc::new(setting),
            random,
            time: 0,
            queue: BinaryHeap::new(),
            backlog: Vec::new(),
            order: 0,
            network: Network { loss: 0, delay: 200, doubles: 0 },
            tabs: Vec::new(),
            streams: Vec::new(),
            questions: Questions::new(),
            is_calm: false,
            failure: None,
            steps: 0,
            trace: traces.then(Vec::new),
        }
    }

    /// Schedules an event for a tab, or for the world, after this time.
    pub(crate) fn after(
        &mut self,
        delay: u64,
        tab: Option<usize>,
        act: impl FnOnce(&mut Self) + 'static,
    ) {
        self.order += 1;
        let (at, order) = (self.time + delay, self.order);
        self.queue.push(Due { at, order, tab, act: Box::new(act) });
    }

    /// Lets all events happen that are due until a time.
    pub(crate) fn run_until(&mut self, end: u64) {
        while self.failure.is_none() {
            let Some(due) = self.queue.peek().filter(|due| due.at <= end) else { break };
            self.time = self.time.max(due.at);
            let due = self.queue.pop().unwrap();
            self.happen(due.tab, due.act);
        }
        self.time = self.time.max(end);
    }

    pub(crate) fn pass(&mut self, time: u64) {
        self.run_until(self.time + time);
    }

    /// Runs until a condition holds, for at most this time; returns whether it holds.
    pub(crate) fn wait(&mut self, longest: u64, is_so: impl Fn(&Self) -> bool) -> bool {
        let end = self.time + longest;
        while !is_so(self) {
            if self.time >= end || self.failure.is_some() {
                return false;
            }
            self.pass(100);
        }
        true
    }

    fn happen(&mut self, tab: Option<usize>, act: Act) {
        let Some(id) = tab else { return act(self) };
        if !self.tabs[id].is_alive {
            return;
        }
        if self.time < self.device.asleep_until {
            let delay = self.device.asleep_until - self.time;
            return self.after(delay, tab, act);
        }
        if self.tabs[id].frozen.is_some() {
            return self.backlog.push((id, act));
        }
        act(self);
    }

    /// A frozen tab continues: it gets the events that were held back.
    pub(crate) fn thaw(&mut self, id: usize) {
        let Some(since) = self.tabs[id].frozen.take() else { return };
        if self.setting.timers_freeze {
            let frozen = self.monotonic(id).saturating_sub(since);
            if let Some(deadline) = &mut self.tabs[id].timer {
                *deadline += frozen;
            }
        }
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.backlog).into_iter().partition(|(it, _)| *it == id);
        self.backlog = others;
        for (_, act) in own {
            self.happen(Some(id), act);
        }
        self.arm_again(id);
    }

    /// The clocks of a tab.
    pub(crate) fn now(&self, id: usize) -> Now {
        self.clocks(self.monotonic(id))
    }

    /// The clocks, rounded as browsers round them.
    pub(crate) fn clocks(&self, monotonic: u64) -> Now {
        let true_time = i64::try_from(self.time).unwrap();
        let wall = u64::try_from(START + true_time + self.device.wall).unwrap_or(0);
        let rounding = self.setting.rounding;
        let round = |time: u64| Millis(time - time % rounding);
        Now { wall: round(wall), monotonic: round(monotonic) }
    }

    /// The tab's clock that never jumps.
    pub(crate) fn monotonic(&self, id: usize) -> u64 {
        let slept = if self.setting.monotonic_sleeps { self.device.slept } else { 0 };
        (PAGE_START + self.time - self.tabs[id].opened_at + self.tabs[id].slept_before)
            .saturating_sub(slept)
    }

    /// Sets the wall clock of the device to 1970.
    pub(crate) fn lose_wall_clock(&mut self) {
        self.device.wall = -START - i64::try_from(self.time).unwrap();
    }

    /// The duration of a transmission; none when it is lost.
    pub(crate) fn trip(&mut self) -> Option<u64> {
        if !self.is_calm && self.random.percent(self.network.loss) {
            return None;
        }
        Some(5 + self.random.below(self.network.delay))
    }

    /// Passes an event to a tab's session, performs its effects, and judges the tab.
    pub(crate) fn tell(&mut self, id: usize, event: Event, paper: Option<Paper>) {
        if self.failure.is_some() || !self.tabs[id].is_alive || !self.reaches(id, &event) {
            return;
        }
        self.steps += 1;
        let now = self.now(id);
        self.note(id, || format!("> {event:?}"));
        let tab = &mut self.tabs[id];
        let state = SessionState {
            ticket: tab.session.ticket(),
            holds: tab.session.view().is_some(),
            is_nobody: tab.session.status() == Status::Unauthenticated,
            is_judging: tab.session.verdict(tab.session.ticket()) == Verdict::Wait,
        };
        tab.oracle.before(now, &event, paper, state);
        tab.ledger.event_received(self.time, &event);
        let effects = match tab.performer.tell(&mut tab.session, now, event) {
            Ok(effects) => effects,
            Err(wrong) => return self.fail(id, wrong),
        };
        let (ticket, holds) = (tab.session.ticket(), tab.session.set(now).is_some());
        tab.oracle.after(now, &effects, ticket, holds);
        for effect in effects {
            self.perform(id, effect);
        }
        if self.tabs[id].waiting_for_module.is_none() {
            self.judge(id);
        }
    }

    pub(crate) fn note(&mut self, id: usize, text: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push((self.time, id, text()));
        }
    }

    pub(crate) fn fail(&mut self, tab: usize, message: impl Into<String>) {
        let message = message.into();
        self.note(tab, || format!("!!! {message}"));
        let step = self.steps;
        self.failure.get_or_insert(Failure { step, tab, message });
    }

    /// The tabs that are running.
    pub(crate) fn running(&self) -> Vec<usize> {
        (0..self.tabs.len()).filter(|id| self.tabs[*id].is_running()).collect()
    }
}
