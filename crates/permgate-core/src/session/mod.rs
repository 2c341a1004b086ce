//! The life cycle of one subject's permission set: a state machine without clock, IO or chance.
//!
//! [`Session::handle`] is the only way in: it takes the time and what happened, and gives back what
//! is to be done. [`Session::decide`] answers at any time, and judges by the time it is given, so
//! that a timer that is late (or never fires) grants nothing.

mod backoff;
mod channel;
mod config;
mod effect;
mod event;
mod evidence;
mod held;
mod identity;
mod life;
mod load;
mod notice;
mod options;
mod policies;
mod problem;
mod push;
mod renewal;
mod schedule;
mod status;
mod storage;
mod subject;
mod tabs;
mod time;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use config::{
    Config, STALE_DEFAULT, Source, TIMEOUT_DEFAULT, TIMEOUT_MIN, TTL_DEFAULT, TTL_MAX, TTL_MIN,
};
pub use effect::{Effect, Effects, Problem, Publication, Transport};
pub use event::{Answer, ChannelEnd, Event, Failure, Life, Observation, PolicyTexts, Renewal};
pub use held::Origin;
pub use notice::{Cause, ChannelState, Notice};
pub use renewal::Verdict;
pub use status::Status;
pub use time::{Millis, Now};

use crate::decision::{Decision, Reason};
use crate::requirement::Requirement;
use crate::resource::Resource;
use crate::set::PermissionSet;
use crate::wire::{Reading, VersionHeader};
use backoff::Backoff;
use channel::Channel;
use held::{Held, Owner, Times};
use identity::Identity;
use load::Flight;
use push::Revocation;
use renewal::Cycle;
use storage::Stored;
use tabs::Tabs;
use time::Clock;

/// While something is held, time is looked at this often: timers stand still while a device sleeps,
/// and nothing else need tell a page that it slept.
const LOOK: Millis = Millis::from_seconds(15);

/// Clocks that are rounded would show the same moment to timers that are shorter.
const TICK: Millis = Millis(10);

/// Why nothing is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    Idle,
    Loading,
    Failed,
    Expired,
    Unauthenticated,
}

/// What is held, for whoever shows it.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Whom it is about.
    pub subject: Option<&'a str>,
    /// In which tenant.
    pub tenant: Option<&'a str>,
    /// Its version.
    pub version: Option<u64>,
    /// The set.
    pub set: &'a PermissionSet,
    /// When it stops to be fresh, by the wall clock, in milliseconds since 1970.
    pub fresh_until: Millis,
    /// When it stops to be believed, by the wall clock, in milliseconds since 1970.
    pub expires_at: Millis,
    /// Where it came from.
    pub origin: Origin,
    /// When it was asked for, by the wall clock, in milliseconds since 1970.
    pub asked_at: Millis,
}

/// The state machine.
#[derive(Clone, Debug)]
pub struct Session {
    config: Config,
    clock: Clock,
    backoff: Backoff,
    identity: Identity,
    epoch: u64,
    /// Numbers the credentials, those of all users together.
    ticket: u64,
    /// The first ticket of this user.
    epoch_ticket: u64,
    /// The way to new credentials, while it is gone.
    cycle: Option<Cycle>,
    renewals: u64,
    /// The user left: nobody is looked for, or asked for new credentials, until somebody comes.
    signed_out: bool,
    /// The user was asked, and did not come: nobody is asked until there is something new.
    was_asked: bool,
    /// The load under way looks whether somebody signed in elsewhere: nobody is asked about it.
    is_probe: bool,
    /// Whether anything was ever held of this user.
    was_held: bool,
    /// Nobody was there before this user.
    was_signed_out: bool,
    /// When another tab last said that somebody signed in.
    sign_in_heard: Option<Millis>,
    token: Option<String>,
    held: Option<Held>,
    absence: Absence,
    /// Whether claims may be believed for now: until the endpoint has said anything.
    awaits_first_answer: bool,
    /// The token that the endpoint refused: its claims are believed no more.
    refused: Option<String>,
    /// The newest token, and the tenant that was set when it came.
    token_tenant: Option<(String, Option<String>)>,
    /// Of whom and in which tenant the newest set was.
    owner: Owner,
    /// The highest version seen of this owner: nothing below it is believed.
    floor: Option<u64>,
    /// The version that a response announced, while it has not been fetched.
    announced: Option<u64>,
    /// A version that was announced and never came.
    given_up: Option<u64>,
    /// How many answers were older than what was announced.
    lagging: u32,
    /// A version that came by while nothing was held.
    overheard: Option<VersionHeader>,
    revocations: Vec<Revocation>,
    channel: Channel,
    tabs: Tabs,
    is_suspended: bool,
    told_no_push: bool,
    /// A stream was refused for its credentials, and the source has not said yet what of them.
    awaits_judge: bool,
    /// The document of an earlier life of the page.
    stored: Option<Stored>,
    /// What was kept is to be forgotten.
    forgets_stored: bool,
    /// The document that the page carried, and when, while it waits for the policies.
    bootstrap: Option<(String, Millis)>,
    /// INVARIANT: at most one load is under way.
    flight: Option<Flight>,
    generation: u64,
    /// When the newest load began.
    asked: Option<Millis>,
    /// When a load last failed, and how many failed in quick succession.
    failed: Millis,
    quick_failures: u32,
    /// No load has begun since somebody wanted one, and waits for it.
    wants_refresh: bool,
    /// When the next load begins.
    due: Option<Millis>,
    /// Why.
    cause: Cause,
    /// Before this moment the source wants to be left alone.
    not_before: Millis,
    /// When a 403 last led to a load, or is going to.
    forbidden: Option<Millis>,
    /// When a 401 last emptied the set.
    unauthorized: Option<Millis>,
    /// Counts changes of what is held.
    revision: u64,
    published: (Status, u64, Option<Times>),
    was_busy: bool,
    was_waiting: bool,
    armed: Option<Millis>,
    disposed: bool,
}

impl Session {
    /// A session that has not started.
    #[must_use]
    pub fn new(now: Now, config: Config) -> Self {
        let config = config.bounded();
        Self {
            backoff: Backoff::new(config.seed),
            channel: Channel::new(config.push.clone(), config.seed),
            config,
            clock: Clock::new(now),
            identity: Identity::Untold,
            epoch: 0,
            ticket: 0,
            epoch_ticket: 0,
            cycle: None,
            renewals: 0,
            signed_out: false,
            was_asked: false,
            sign_in_heard: None,
            is_probe: false,
            was_held: false,
            was_signed_out: false,
            token: None,
            held: None,
            absence: Absence::Idle,
            awaits_first_answer: true,
            refused: None,
            token_tenant: None,
            owner: Owner::default(),
            floor: None,
            announced: None,
            given_up: None,
            lagging: 0,
            overheard: None,
            revocations: Vec::new(),
            tabs: Tabs::new(),
            is_suspended: false,
            told_no_push: false,
            awaits_judge: false,
            stored: None,
            forgets_stored: false,
            bootstrap: None,
            flight: None,
            generation: 0,
            asked: None,
            failed: Millis(0),
            quick_failures: 0,
            wants_refresh: false,
            due: None,
            cause: Cause::Start,
            not_before: Millis(0),
            forbidden: None,
            unauthorized: None,
            revision: 0,
            published: (Status::Idle, 0, None),
            was_busy: false,
            was_waiting: false,
            armed: None,
            disposed: false,
        }
    }

    /// Takes what happened, and says what is to be done about it.
    #[must_use = "the effects must be performed"]
    pub fn handle(&mut self, now: Now, event: Event) -> Effects {
        let mut effects = Effects::new();
        if self.disposed {
            return effects;
        }
        if self.clock.advance(now) || matches!(event, Event::TimerFired) {
            self.armed = None;
        }
        self.expire();
        match event {
            Event::Started { bootstrap, stored } => {
                self.start(bootstrap, stored.as_deref(), &mut effects);
            }
            Event::TimerFired | Event::Woke => {}
            Event::PoliciesAnswered { generation, policies } => {
                self.policies_answered(generation, policies, &mut effects);
            }
            Event::TokenAnswered { generation, token } => {
                self.token_answered(generation, token, &mut effects);
            }
            Event::Answered { generation, answer } => {
                self.answered(generation, answer, &mut effects);
            }
            Event::TokenChanged(token) => self.token_changed(token, &mut effects),
            Event::TokenSeen(token) => self.token_seen(token, &mut effects),
            Event::TokenProviderChanged => {
                self.take_tokens();
                self.come_back();
                self.become_somebody(Identity::Untold);
                self.restart(Cause::Credentials, &mut effects);
            }
            Event::TenantChanged(tenant) => self.tenant_changed(tenant, &mut effects),
            Event::Observed(observation) => self.observed(&observation, &mut effects),
            Event::RenewalAnswered { renewal, outcome } => {
                self.renewal_answered(renewal, outcome, &mut effects);
            }
            Event::ChannelOpened { channel } => self.channel_opened(channel, &mut effects),
            Event::ChannelAlive { channel } => self.channel_alive(channel, &mut effects),
            Event::ChannelRetry { channel, after } => self.channel.retry_after(channel, after),
            Event::Pushed { channel, kind, data } => {
                self.pushed(channel, &kind, &data, &mut effects);
            }
            Event::ChannelEnded { channel, end, retry_after } => {
                self.channel_ended(channel, &end, retry_after, &mut effects);
            }
            Event::Life(life) => self.lives(life),
            Event::Led { contest, leads } => self.led(contest, leads, &mut effects),
            Event::Told(text) => self.told(&text, &mut effects),
            Event::Invalidated => {
                self.invalidate(self.clock.elapsed(), Cause::Invalidated);
                self.tell_tabs("invalidated", None, &[], &mut effects);
            }
            Event::RefreshRequested => {
                self.come_back();
                if core::mem::take(&mut self.is_probe) && self.held.is_none() {
                    // What looked around quietly is what somebody waits for now.
                    self.absence = Absence::Loading;
                }
                self.refresh(Cause::Refresh);
            }
            Event::SignedOut => {
                self.tell_tabs("signed-out", None, &[], &mut effects);
                self.forget_credentials(&mut effects);
                self.signed_out = true;
            }
            Event::Disposed => {
                self.forget_credentials(&mut effects);
                // The user is still there, and the page may be so again.
                self.forgets_stored = false;
                self.absence = Absence::Idle;
                self.disposed = true;
            }
        }
        self.settle(&mut effects);
        effects
    }

    /// Decides a requirement by what is held at `now`.
    #[must_use]
    pub fn decide<'a>(
        &'a self,
        now: Now,
        requirement: &'a Requirement,
        resource: Option<&Resource>,
    ) -> Decision<'a> {
        match self.believed(now) {
            Ok(set) => set.decide(requirement, resource),
            Err(reason) => Decision::unknown(reason),
        }
    }

    /// The set by which is decided at `now`, if there is one that may be believed. It is never
    /// changed: when another answer is given, it is another one.
    #[must_use]
    pub fn set(&self, now: Now) -> Option<&Arc<PermissionSet>> {
        self.believed(now).ok()
    }

    /// The set, or why there is none that may be believed.
    fn believed(&self, now: Now) -> Result<&Arc<PermissionSet>, Reason<'static>> {
        match &self.held {
            Some(held) if self.clock.peek(now) < held.times.believed_until => Ok(&held.set),
            Some(_) => Err(Reason::Expired),
            None => Err(match self.absence {
                Absence::Idle | Absence::Loading => Reason::NotLoaded,
                Absence::Failed => Reason::LoadFailed,
                Absence::Expired => Reason::Expired,
                Absence::Unauthenticated => Reason::Unauthenticated,
            }),
        }
    }

    /// Decides by what is held at `now` whether a permission is granted on any resource.
    #[must_use]
    pub fn somewhere<'a>(&'a self, now: Now, requirement: &'a Requirement) -> Decision<'a> {
        match self.believed(now) {
            Ok(set) => set.somewhere(requirement),
            Err(reason) => Decision::unknown(reason),
        }
    }

    /// How documents are read, and requirements written.
    #[must_use]
    pub fn reading(&self) -> &Reading {
        &self.config.reading
    }

    /// How the set stands, at the time of the last event.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.held {
            Some(held) if self.clock.elapsed() < held.times.fresh_until => Status::Fresh,
            Some(_) => Status::Stale,
            None => match self.absence {
                Absence::Idle => Status::Idle,
                Absence::Loading => Status::Loading,
                Absence::Failed => Status::Failed,
                Absence::Expired => Status::Expired,
                Absence::Unauthenticated => Status::Unauthenticated,
            },
        }
    }

    /// What is held, at the time of the last event.
    #[must_use]
    pub fn view(&self) -> Option<View<'_>> {
        self.held.as_ref().map(|held| View {
            subject: held.owner.subject.as_deref(),
            tenant: held.owner.tenant.as_deref(),
            version: held.version,
            set: &held.set,
            fresh_until: self.clock.wall_at(held.times.fresh_until),
            expires_at: self.clock.wall_at(held.times.believed_until),
            origin: held.origin,
            asked_at: self.clock.wall_at(held.asked),
        })
    }

    /// Counts the changes of user: what was sent in one epoch is not judged in another.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether a load is under way.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.flight.is_some()
    }

    /// Whether whoever waits for a refresh is to wait on.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is_loading() || (self.wants_refresh && self.due.is_some())
    }

    /// Lets go of what is no longer believed.
    fn expire(&mut self) {
        let now = self.clock.elapsed();
        if self.held.as_ref().is_some_and(|held| now >= held.times.believed_until) {
            self.drop_held(Absence::Expired);
        }
    }

    fn drop_held(&mut self, absence: Absence) {
        if self.held.take().is_some() {
            self.revision += 1;
        }
        self.absence = absence;
    }

    /// What every event ends with: time-outs, the next load, publication, the timer.
    fn settle(&mut self, effects: &mut Effects) {
        if core::mem::take(&mut self.forgets_stored) {
            effects.push(Effect::Store(None));
        }
        self.tend_tabs(effects);
        self.tend_channel(effects);
        self.begin_when_due(effects);
        let times = self.held.as_ref().map(|held| held.times);
        let now_published = (self.status(), self.revision, times);
        if now_published != self.published {
            let publication = Publication {
                content: now_published.1 != self.published.1,
                status: now_published.0 != self.published.0,
            };
            self.published = now_published;
            effects.push(Effect::Publish(publication));
        }
        self.ask(effects);
        if self.was_busy && !self.is_busy() {
            effects.push(Effect::Rest);
        }
        self.was_busy = self.is_busy();
        if self.was_waiting && self.cycle.is_none() {
            effects.push(Effect::Settled);
        }
        self.was_waiting = self.cycle.is_some();
        self.arm(effects);
    }

    /// Arms the timer for whatever comes first, unless it fires by then anyway.
    fn arm(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        let held = self.held.as_ref().map(|held| held.times);
        let moments = [
            held.map(|times| times.fresh_until).filter(|moment| *moment > now),
            held.map(|times| times.believed_until),
            self.flight.as_ref().map(|flight| flight.deadline),
            self.due.filter(|_| self.flight.is_none() && self.has_something_to_load()),
            self.next_of_channel(),
            self.next_of_tabs(),
            held.map(|_| now + LOOK).filter(|moment| *moment > now),
        ];
        let next = moments.into_iter().flatten().min();
        // A timer that fires too early is armed again then: cheaper than to set it each time.
        let serves = matches!((self.armed, next), (Some(armed), Some(next)) if armed <= next);
        if next != self.armed && !serves {
            self.armed = next;
            effects.push(match next {
                Some(moment) => Effect::Arm((moment - now).max(TICK)),
                None => Effect::Disarm,
            });
        }
    }
}

#[cfg(test)]
mod tests;
