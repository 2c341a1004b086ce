//! Other tabs of the same origin: one holds the stream for all, and they exchange messages that
//! make a set doubtful. No answer depends on them for being right: a tab that hears nothing opens a
//! stream of its own, and the time to live runs in every tab.

use alloc::string::String;

use super::counters::ContestNumber;
use super::effect::{Effect, Effects};
use super::loader::Backoff;
use super::notice::Notice;
use crate::time::{Millis, Moment};

/// How long a new tab waits for a message of the leading tab.
const GRACE: Millis = Millis::from_seconds(3);
/// How long the leading tab may be silent after that, before another tab takes the stream.
const SILENCE: Millis = Millis::from_seconds(40);
/// Spreads the tabs that take it.
const SPREAD: Millis = Millis::from_seconds(5);
/// The shortest time between two messages that the stream is alive.
const ALIVE_EVERY: Millis = Millis::from_seconds(5);

/// The contest of a tab with the others of the same subject and tenant.
#[derive(Clone, Debug)]
pub(super) struct Tabs {
    contest: ContestNumber,
    /// The name of the stream that is contended for, of one subject in one tenant.
    name: Option<String>,
    leads: bool,
    /// Until when the leading tab is believed to be there.
    patience: Moment,
    alive_sent: Option<Moment>,
    /// When a user whom another tab announced last caused a load, or will cause one.
    user_heard: Option<Moment>,
    /// The user whom another tab announced, until the endpoint has answered.
    announced: Option<String>,
    /// Whether that user was announced while the answer that will name this tab's user was awaited.
    announced_while_loading: bool,
    /// The user whom the endpoint last named in this tab.
    met: Option<String>,
    chance: Backoff,
}

impl Tabs {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            contest: ContestNumber::default(),
            name: None,
            leads: false,
            patience: Moment::default(),
            alive_sent: None,
            user_heard: None,
            announced: None,
            announced_while_loading: false,
            met: None,
            // Other random numbers than those of loads and streams.
            chance: Backoff::new(seed.rotate_left(32)),
        }
    }

    pub(super) fn leads(&self) -> bool {
        self.leads
    }

    /// The name of the stream that is contended for.
    pub(super) fn name(&self) -> Option<&String> {
        self.name.as_ref()
    }

    /// Contends for the stream of this name, and takes it from a silent leader. Returns whether the
    /// other tabs must be greeted.
    pub(super) fn turn(
        &mut self,
        now: Moment,
        name: Option<String>,
        effects: &mut Effects,
    ) -> bool {
        if name != self.name {
            if self.name.is_some() {
                effects.push(Effect::Yield);
                self.set_leads(false, effects);
            }
            self.name = name;
            self.contend(now, GRACE, false, effects);
            return self.name.is_some();
        }
        if !self.leads && now >= self.patience {
            self.contend(now, SILENCE, true, effects);
        }
        false
    }

    fn contend(&mut self, now: Moment, patience: Millis, steal: bool, effects: &mut Effects) {
        let Some(name) = self.name.clone() else { return };
        let contest = self.contest.advance().0;
        self.be_patient(now, patience);
        effects.push(Effect::Contend { contest, name, steal });
    }

    fn be_patient(&mut self, now: Moment, patience: Millis) {
        self.patience = now + patience + self.chance.up_to(SPREAD);
    }

    /// The leading tab is alive.
    pub(super) fn hear_alive(&mut self, now: Moment) {
        self.be_patient(now, SILENCE);
    }

    /// When a silent leader is given up.
    pub(super) fn next(&self) -> Option<Moment> {
        let waits = self.name.is_some() && !self.leads;
        waits.then_some(self.patience)
    }

    fn set_leads(&mut self, leads: bool, effects: &mut Effects) {
        if self.leads != leads {
            self.leads = leads;
            self.alive_sent = None;
            effects.push(Effect::Notice(Notice::Leads(leads)));
        }
    }

    /// A contest was decided. Returns whether this tab leads from now on.
    pub(super) fn led(
        &mut self,
        now: Moment,
        contest: u64,
        leads: bool,
        effects: &mut Effects,
    ) -> bool {
        if contest != self.contest.0 || self.name.is_none() {
            return false;
        }
        self.set_leads(leads, effects);
        if !leads {
            // Another tab took the stream, and is the one to listen to now.
            self.contend(now, SILENCE, false, effects);
        }
        leads
    }

    /// Whether the other tabs must be told now that the stream is alive.
    pub(super) fn tells_alive(&mut self, now: Moment) -> bool {
        let tells = self.leads && self.alive_sent.is_none_or(|sent| now >= sent + ALIVE_EVERY);
        if tells {
            self.alive_sent = Some(now);
        }
        tells
    }

    /// A new tab asks whether the stream is alive.
    pub(super) fn hear_hello(&mut self) {
        self.alive_sent = None;
    }

    /// Another tab announced its user, who is not known here: returns when that may cause a load.
    pub(super) fn hear_user(
        &mut self,
        now: Moment,
        window: Millis,
        subject: Option<&str>,
    ) -> Moment {
        let moment = match self.user_heard {
            Some(load) if load > now => load,
            Some(load) => now.max(load + window),
            None => now,
        };
        self.user_heard = Some(moment);
        (self.announced, self.announced_while_loading) = (subject.map(String::from), false);
        moment
    }

    /// Another tab announced its user, and the user of this tab is about to be named.
    pub(super) fn hear_while_loading(&mut self, subject: Option<&str>) {
        (self.announced, self.announced_while_loading) = (subject.map(String::from), true);
    }

    /// Whether the endpoint named this user in an answer that may be older than the announcement of
    /// another user. That announcement counts once.
    pub(super) fn is_late(&mut self, subject: Option<&str>) -> bool {
        let pair = self.announced.as_deref().zip(subject);
        let is_late = self.announced_while_loading
            && pair.is_some_and(|(announced, named)| announced != named);
        if is_late {
            self.announced = None;
        }
        is_late
    }

    /// The endpoint named the user of this tab. Returns whether the other tabs must be told: that
    /// is the case for a user who has just signed in, and for one who is new in this tab. A user
    /// whom another tab announced is known to all tabs by then.
    pub(super) fn meet(&mut self, subject: Option<&str>, signed_in: bool) -> bool {
        let was_announced = subject.is_some() && self.announced.take().as_deref() == subject;
        let is_new = self.met.as_deref() != subject;
        self.met = subject.map(String::from);
        (signed_in || is_new) && !was_announced
    }
}
