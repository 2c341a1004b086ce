//! The life cycle of one subject's permission set: a state machine without clock, IO or randomness.
//!
//! [`Session::handle`] is the only entry: it takes the time and an event, and returns the effects.
//! [`Session::decide`] answers at any time, and judges by the time it is given, so that a late
//! timer grants nothing.
//!
//! The state is grouped by lifetime (`state`). The groups do not know each other; steps that
//! concern several of them are functions of the modules that [`Session::handle`] calls.

mod answers;
mod config;
mod counters;
mod credentials;
mod effect;
mod event;
mod evidence;
mod life;
mod loader;
mod notice;
mod options;
mod outbox;
mod problem;
mod pushed;
mod renewal;
mod setup;
mod state;
mod status;
mod stream;
mod subject;
mod supply;
mod tab_messages;
mod tabs;
mod transport;
mod users;

use alloc::sync::Arc;

pub use config::{
    Config, Lifetimes, STALE_DEFAULT, Source, TIMEOUT_DEFAULT, TIMEOUT_MIN, TTL_DEFAULT, TTL_MAX,
    TTL_MIN,
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
use crate::parts::{CLAIMS, POLICIES};
use crate::requirement::Requirement;
use crate::resource::Resource;
use crate::set::PermissionSet;
use crate::time::{Moment, Wall};
use crate::wire::Reading;
use credentials::Standing;
use outbox::{Outbox, Shown};
use state::{Page, State};
use subject::Absence;

/// While a set is held, the clocks are checked this often: timers stand still while a device
/// sleeps, and there may be no other sign of it.
const LOOK: Millis = Millis::from_seconds(15);

/// The held set, with the times for which it is believed.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The subject.
    pub subject: Option<&'a str>,
    /// The tenant.
    pub tenant: Option<&'a str>,
    /// Its version.
    pub version: Option<u64>,
    /// The set.
    pub set: &'a PermissionSet,
    /// When it is no longer fresh, by the wall clock, in milliseconds since 1970.
    pub fresh_until: Millis,
    /// When it is no longer believed, by the wall clock, in milliseconds since 1970.
    pub expires_at: Millis,
    /// Where it came from.
    pub origin: Origin,
    /// When it was requested, by the wall clock, in milliseconds since 1970.
    pub asked_at: Millis,
}

/// The state machine.
#[derive(Clone, Debug)]
pub struct Session {
    state: State,
    outbox: Outbox,
}

impl Session {
    /// A session that has not started.
    #[must_use]
    pub fn new(now: Now, config: Config) -> Self {
        Self { state: State::new(now, config.bounded()), outbox: Outbox::new() }
    }

    /// Handles an event, and returns the effects.
    #[must_use = "the effects must be performed"]
    pub fn handle(&mut self, now: Now, event: Event) -> Effects {
        let mut effects = Effects::new();
        if self.state.page == Page::Disposed {
            return effects;
        }
        if self.state.clock.advance(now) || matches!(event, Event::TimerFired) {
            self.outbox.forget_timer();
        }
        let now = self.state.now();
        self.state.supply.subject.expire(now);
        self.take(now, event, &mut effects);
        self.settle(now, &mut effects);
        effects
    }

    fn take(&mut self, now: Moment, event: Event, effects: &mut Effects) {
        let state = &mut self.state;
        match event {
            Event::Started { bootstrap, stored } => {
                let (supply, at, _) = state.parts();
                supply.start(at, bootstrap, stored.as_deref(), effects);
            }
            Event::TimerFired | Event::Woke => {}
            Event::PoliciesAnswered { generation, policies } => {
                if POLICIES {
                    answers::policies_answered(state, generation, policies, effects);
                }
            }
            Event::TokenAnswered { generation, token } => {
                answers::token_answered(state, generation, token, effects);
            }
            Event::ClaimsRead { generation, read } => {
                if CLAIMS {
                    answers::claims_read(state, generation, read, effects);
                }
            }
            Event::Answered { generation, answer } => {
                answers::answered(state, generation, answer, effects);
            }
            Event::TokenChanged(token) => users::token_changed(state, token, effects),
            Event::TokenSeen(token) => users::token_seen(state, token, effects),
            Event::TokenProviderChanged => users::provider_changed(state, effects),
            Event::TenantChanged(tenant) => users::tenant_changed(state, tenant, effects),
            Event::Observed(observation) => evidence::observed(state, &observation, effects),
            Event::RenewalAnswered { renewal, outcome } => {
                renewal::renewal_answered(state, renewal, outcome, effects);
            }
            Event::ChannelOpened { channel } => {
                if let Some(transport) = state.channel.opened(channel, now) {
                    effects.push(Effect::Notice(Notice::Channel(transport, ChannelState::Open)));
                }
            }
            Event::ChannelAlive { channel } => pushed::channel_alive(state, channel, effects),
            Event::ChannelRetry { channel, after } => state.channel.retry_after(channel, after),
            Event::Pushed { channel, kind, data } => {
                pushed::pushed(state, channel, &kind, &data, effects);
            }
            Event::ChannelEnded { channel, end, retry_after } => {
                pushed::channel_ended(state, channel, &end, retry_after, effects);
            }
            Event::Life(life) => life::lives(state, life),
            Event::Led { contest, leads } => {
                if state.tabs.led(now, contest, leads, effects) {
                    state.channel.hurry(now);
                }
            }
            Event::Told(text) => tab_messages::receive(state, &text, effects),
            Event::Invalidated => {
                state.invalidate(now, Cause::Invalidated);
                state.tell_tabs("invalidated", None, &[], effects);
            }
            Event::RefreshRequested => {
                users::come_back(state);
                if state.credentials.standing().is_probing() {
                    // The application waits for a load that was only a probe until now.
                    state.credentials.set_standing(Standing::Assumed);
                }
                if state.supply.has_source() {
                    state.supply.loader.refresh(now);
                } else {
                    state.supply.loader.decline();
                    effects.push(Effect::Report(Problem::NoSource));
                }
            }
            Event::SignedOut => {
                state.tell_tabs("signed-out", None, &[], effects);
                users::sign_out(state, effects);
            }
            Event::Disposed => {
                users::forget_credentials(state, effects);
                state.supply.keep_stored();
                state.credentials.set_standing(Standing::Assumed);
                state.supply.subject.set_absence(Absence::Idle);
                state.page = Page::Disposed;
            }
        }
    }

    /// The end of every event: the next load, the stream, publication, the timer.
    fn settle(&mut self, now: Moment, effects: &mut Effects) {
        let state = &mut self.state;
        state.supply.forget_stored(effects);
        tab_messages::tend_tabs(state, effects);
        pushed::tend_channel(state, effects);
        answers::begin_when_due(state, effects);
        let subject = &state.supply.subject;
        let (status, revision, times) = (state.status(), subject.revision(), subject.times());
        self.outbox.publish(Shown { status, revision, times }, effects);
        let is_presumed = state.credentials.is_presumed();
        state.supply.ask(is_presumed, || state.credentials.bearer(), effects);
        if let Some(renewal) = state.credentials.take_unasked() {
            effects.push(Effect::AskRenewal { renewal });
        }
        let is_waiting = state.credentials.is_waiting();
        self.outbox.tell_progress(state.supply.loader.is_busy(), is_waiting, effects);
        let moments = [
            times.map(|times| times.fresh_until).filter(|moment| *moment > now),
            times.map(|times| times.believed_until),
            state.supply.loader.next(state.supply.has_source()),
            pushed::next_of_channel(state),
            state.tabs.next(),
            times.map(|_| now + LOOK),
        ];
        self.outbox.arm(now, moments.into_iter().flatten().min(), effects);
    }

    // The held set, for all kinds of questions.

    /// Decides a requirement by the set that is held at `now`.
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

    /// Decides, by the set that is held at `now`, whether a permission is granted on any resource.
    #[must_use]
    pub fn somewhere<'a>(&'a self, now: Now, requirement: &'a Requirement) -> Decision<'a> {
        match self.believed(now) {
            Ok(set) => set.somewhere(requirement),
            Err(reason) => Decision::unknown(reason),
        }
    }

    /// The set that decides at `now`, if one may be believed. It is never modified: a change is
    /// another set.
    #[must_use]
    pub fn set(&self, now: Now) -> Option<&Arc<PermissionSet>> {
        self.believed(now).ok()
    }

    /// The set, or why there is none that may be believed.
    fn believed(&self, now: Now) -> Result<&Arc<PermissionSet>, Reason<'static>> {
        if self.state.is_nobody() {
            return Err(Reason::Unauthenticated);
        }
        self.state.supply.subject.believed(self.state.clock.peek(now))
    }

    /// How documents are read, and requirements written.
    #[must_use]
    pub fn reading(&self) -> &Reading {
        self.state.supply.setup.reading()
    }

    /// The status of the set, at the time of the last event.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.state.is_nobody() {
            return Status::Unauthenticated;
        }
        self.state.supply.subject.status(self.state.clock.elapsed())
    }

    /// The held set, at the time of the last event.
    #[must_use]
    pub fn view(&self) -> Option<View<'_>> {
        let wall_at = |moment| {
            let Wall(time) = self.state.clock.wall_at(moment);
            time
        };
        self.state.supply.subject.held().map(|held| View {
            subject: held.owner.subject.as_deref(),
            tenant: held.owner.tenant.as_deref(),
            version: held.version,
            set: &held.set,
            fresh_until: wall_at(held.times.fresh_until),
            expires_at: wall_at(held.times.believed_until),
            origin: held.origin,
            asked_at: wall_at(held.requested_at),
        })
    }

    /// Counts the changes of user: a request of one epoch is not judged in another.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.state.credentials.epoch().0
    }

    /// The number of the current credentials, for the next requests.
    #[must_use]
    pub fn ticket(&self) -> u64 {
        self.state.credentials.ticket().0
    }

    /// The verdict on a request that was sent with this ticket and met a 401. It is not called for
    /// a replay.
    #[must_use]
    pub fn verdict(&self, ticket: u64) -> Verdict {
        if self.state.page == Page::Disposed {
            Verdict::Pass
        } else {
            self.state.credentials.verdict(ticket)
        }
    }

    /// Whether the answer to this renewal is still awaited.
    #[must_use]
    pub fn awaits_renewal(&self, renewal: u64) -> bool {
        self.state.credentials.awaits_renewal(renewal)
    }

    /// Whether a load is running.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.state.supply.loader.is_flying()
    }

    /// Whether the last load failed, although the held set may be fresh.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.state.supply.loader.has_failed()
    }

    /// Whether a load is running, or was requested and comes soon.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.state.supply.loader.is_busy()
    }
}

#[cfg(test)]
mod tests;
