//! The life cycle of one subject's permission set: a state machine without clock, IO or chance.
//!
//! [`Session::handle`] is the only way in: it takes the time and what happened, and gives back what
//! is to be done. [`Session::decide`] answers at any time, and judges by the time it is given, so
//! that a timer that is late (or never fires) grants nothing.
//!
//! State is grouped by what it dies with. The groups do not know each other; where one event
//! concerns two of them, `Session` moves between them.

mod answers;
mod config;
mod counters;
mod credentials;
mod effect;
mod event;
mod evidence;
mod loader;
mod news;
mod notice;
mod options;
mod outbox;
mod problem;
mod setup;
mod status;
mod stream;
mod subject;
mod supply;
mod tabs;
mod transport;
mod users;

use alloc::sync::Arc;

pub use config::{
    Config, STALE_DEFAULT, Source, TIMEOUT_DEFAULT, TIMEOUT_MIN, TTL_DEFAULT, TTL_MAX, TTL_MIN,
};
pub use credentials::Verdict;
pub use effect::{Effect, Effects, Publication};
pub use event::{
    Answer, ChannelEnd, ClaimProblem, Claimed, Event, Failure, Life, Observation, PolicyTexts,
    Renewal,
};
pub use notice::{Cause, ChannelState, Notice};
pub use problem::Problem;
pub use status::Status;
pub use subject::Origin;
pub use transport::Transport;

pub use crate::time::{Millis, Now};

use crate::decision::{Decision, Reason};
use crate::requirement::Requirement;
use crate::resource::Resource;
use crate::set::PermissionSet;
use crate::time::{Clock, Wall};
use crate::wire::Reading;
use credentials::{Credentials, Identity, Standing};
use outbox::{Outbox, Shown};
use stream::Channel;
use subject::Absence;
use supply::{At, Supply};
use tabs::Tabs;

/// While something is held, time is looked at this often: timers stand still while a device sleeps,
/// and nothing else need tell a page that it slept.
const LOOK: Millis = Millis::from_seconds(15);

/// The set that is held, with how long it is believed.
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
    credentials: Credentials,
    supply: Supply,
    channel: Channel,
    tabs: Tabs,
    outbox: Outbox,
    is_suspended: bool,
    is_disposed: bool,
}

impl Session {
    /// A session that has not started.
    #[must_use]
    pub fn new(now: Now, config: Config) -> Self {
        let config = config.bounded();
        Self {
            clock: Clock::new(now),
            credentials: Credentials::new(),
            supply: Supply::new(&config),
            channel: Channel::new(config.push.clone(), config.seed),
            tabs: Tabs::new(config.seed),
            outbox: Outbox::new(),
            is_suspended: false,
            is_disposed: false,
            config,
        }
    }

    /// Takes what happened, and says what is to be done about it.
    #[must_use = "the effects must be performed"]
    pub fn handle(&mut self, now: Now, event: Event) -> Effects {
        let mut effects = Effects::new();
        if self.is_disposed {
            return effects;
        }
        if self.clock.advance(now) || matches!(event, Event::TimerFired) {
            self.outbox.forget_timer();
        }
        self.supply.subject.expire(self.clock.elapsed());
        self.take(event, &mut effects);
        self.settle(&mut effects);
        effects
    }

    fn take(&mut self, event: Event, effects: &mut Effects) {
        let now = self.clock.elapsed();
        match event {
            Event::Started { bootstrap, stored } => {
                let (supply, at, _) = self.parts();
                supply.start(at, bootstrap, stored.as_deref(), effects);
            }
            Event::TimerFired | Event::Woke => {}
            Event::PoliciesAnswered { generation, policies } => {
                self.policies_answered(generation, policies, effects);
            }
            Event::TokenAnswered { generation, token } => {
                self.token_answered(generation, token, effects);
            }
            Event::ClaimsRead { generation, read } => self.claims_read(generation, read, effects),
            Event::Answered { generation, answer } => self.answered(generation, answer, effects),
            Event::TokenChanged(token) => self.token_changed(token, effects),
            Event::TokenSeen(token) => self.token_seen(token, effects),
            Event::TokenProviderChanged => {
                self.supply.setup.take_tokens();
                self.come_back();
                self.become_somebody(Identity::Untold);
                self.restart(Cause::Credentials, effects);
            }
            Event::TenantChanged(tenant) => self.tenant_changed(tenant, effects),
            Event::Observed(observation) => self.observed(&observation, effects),
            Event::RenewalAnswered { renewal, outcome } => {
                self.renewal_answered(renewal, outcome, effects);
            }
            Event::ChannelOpened { channel } => {
                if let Some(transport) = self.channel.opened(channel, now) {
                    effects.push(Effect::Notice(Notice::Channel(transport, ChannelState::Open)));
                }
            }
            Event::ChannelAlive { channel } => self.channel_alive(channel, effects),
            Event::ChannelRetry { channel, after } => self.channel.retry_after(channel, after),
            Event::Pushed { channel, kind, data } => self.pushed(channel, &kind, &data, effects),
            Event::ChannelEnded { channel, end, retry_after } => {
                self.channel_ended(channel, &end, retry_after, effects);
            }
            Event::Life(life) => self.lives(life),
            Event::Led { contest, leads } => {
                if self.tabs.led(now, contest, leads, effects) {
                    self.channel.hurry(now);
                }
            }
            Event::Told(text) => self.told(&text, effects),
            Event::Invalidated => {
                self.invalidate(now, Cause::Invalidated);
                self.tell_tabs("invalidated", None, &[], effects);
            }
            Event::RefreshRequested => {
                self.come_back();
                if self.credentials.standing().is_probing() {
                    // The application waits for what looked around quietly until now.
                    self.credentials.set_standing(Standing::Assumed);
                }
                self.supply.loader.refresh(now);
            }
            Event::SignedOut => {
                self.tell_tabs("signed-out", None, &[], effects);
                self.sign_out(effects);
            }
            Event::Disposed => {
                self.forget_credentials(effects);
                self.supply.keep_stored();
                self.credentials.set_standing(Standing::Assumed);
                self.supply.subject.set_absence(Absence::Idle);
                self.is_disposed = true;
            }
        }
    }

    /// What every event ends with: the next load, the stream, publication, the timer.
    fn settle(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        self.supply.forget_stored(effects);
        self.tend_tabs(effects);
        self.tend_channel(effects);
        self.begin_when_due(effects);
        let subject = &self.supply.subject;
        let (status, revision, times) = (self.status(), subject.revision(), subject.times());
        self.outbox.publish(Shown { status, revision, times }, effects);
        self.supply.ask(|| self.credentials.bearer(), effects);
        if let Some(renewal) = self.credentials.take_unasked() {
            effects.push(Effect::AskRenewal { renewal });
        }
        let is_waiting = self.credentials.standing().is_waiting();
        self.outbox.tell_progress(self.is_busy(), is_waiting, effects);
        let moments = [
            times.map(|times| times.fresh_until).filter(|moment| *moment > now),
            times.map(|times| times.believed_until),
            self.supply.loader.next(self.supply.has_source()),
            self.next_of_channel(),
            self.tabs.next(),
            times.map(|_| now + LOOK),
        ];
        self.outbox.arm(now, moments.into_iter().flatten().min(), effects);
    }

    fn begin_when_due(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        if self.supply.loader.time_out(now) {
            effects.push(Effect::Abort);
            self.fail(Problem::Timeout, None, effects);
        }
        let (supply, at, credentials) = self.parts();
        if !supply.begin(at, credentials.ticket()) {
            return;
        }
        self.credentials.set_standing(self.credentials.standing().begin_load());
        if self.supply.subject.absence() == Some(Absence::Idle) {
            self.supply.subject.set_absence(Absence::Loading);
        }
    }

    /// The groups that an answer concerns.
    fn parts(&mut self) -> (&mut Supply, At<'_>, &Credentials) {
        let at = At { config: &self.config, clock: &self.clock };
        (&mut self.supply, at, &self.credentials)
    }

    // What is held, for all who ask.

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

    /// Decides by what is held at `now` whether a permission is granted on any resource.
    #[must_use]
    pub fn somewhere<'a>(&'a self, now: Now, requirement: &'a Requirement) -> Decision<'a> {
        match self.believed(now) {
            Ok(set) => set.somewhere(requirement),
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
        if self.is_nobody() {
            return Err(Reason::Unauthenticated);
        }
        self.supply.subject.believed(self.clock.peek(now))
    }

    /// How documents are read, and requirements written.
    #[must_use]
    pub fn reading(&self) -> &Reading {
        self.supply.setup.reading()
    }

    /// How the set stands, at the time of the last event.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.is_nobody() {
            return Status::Unauthenticated;
        }
        self.supply.subject.status(self.clock.elapsed())
    }

    /// What is held, at the time of the last event.
    #[must_use]
    pub fn view(&self) -> Option<View<'_>> {
        let wall_at = |moment| {
            let Wall(time) = self.clock.wall_at(moment);
            time
        };
        self.supply.subject.held().map(|held| View {
            subject: held.owner.subject.as_deref(),
            tenant: held.owner.tenant.as_deref(),
            version: held.version,
            set: &held.set,
            fresh_until: wall_at(held.times.fresh_until),
            expires_at: wall_at(held.times.believed_until),
            origin: held.origin,
            asked_at: wall_at(held.asked),
        })
    }

    /// Counts the changes of user: what was sent in one epoch is not judged in another.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.credentials.epoch().0
    }

    /// Numbers the credentials: what is sent from now on is sent with these.
    #[must_use]
    pub fn ticket(&self) -> u64 {
        self.credentials.ticket().0
    }

    /// What becomes of a request that was sent with this ticket, and met 401. For one that was sent
    /// again already, nobody asks.
    #[must_use]
    pub fn verdict(&self, ticket: u64) -> Verdict {
        if self.is_disposed { Verdict::Pass } else { self.credentials.verdict(ticket) }
    }

    /// Whether the answer of this renewal counts.
    #[must_use]
    pub fn awaits_renewal(&self, renewal: u64) -> bool {
        self.credentials.awaits_renewal(renewal)
    }

    /// Whether a load is running.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.supply.loader.is_flying()
    }

    /// Whether a load is running, or was requested and comes soon.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.supply.loader.is_busy()
    }

    /// Whether nobody is signed in: then nothing is asked, and nothing is out of date.
    fn is_nobody(&self) -> bool {
        !self.supply.subject.is_held() && self.credentials.standing().is_nobody()
    }
}

#[cfg(test)]
mod tests;
