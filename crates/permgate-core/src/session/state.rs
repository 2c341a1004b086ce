//! Everything that a session knows, in groups by what it dies with, and the steps that concern
//! several groups. What an event does to them stands in `users`, `renewal`, `evidence`, `life`,
//! `answers`, `told` and `pushed`, of which each calls only those before it.

use super::config::{Config, Source};
use super::credentials::Credentials;
use super::effect::{Effect, Effects};
use super::notice::Cause;
use super::status::Status;
use super::stream::Channel;
use super::supply::{At, Supply};
use super::tabs::Tabs;
use crate::time::{Clock, Moment, Now};
use crate::wire::TabMessage;

/// Whether the page is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// It runs.
    Running,
    /// It may be frozen at any moment, and must not hold connections.
    Suspended,
    /// The session has ended for good.
    Disposed,
}

/// The groups.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) config: Config,
    pub(super) clock: Clock,
    pub(super) credentials: Credentials,
    pub(super) supply: Supply,
    pub(super) channel: Channel,
    pub(super) tabs: Tabs,
    pub(super) page: Page,
}

impl State {
    pub(super) fn new(now: Now, config: Config) -> Self {
        Self {
            clock: Clock::new(now),
            credentials: Credentials::new(),
            supply: Supply::new(&config),
            channel: Channel::new(config.push.clone(), config.seed),
            tabs: Tabs::new(config.seed),
            page: Page::Running,
            config,
        }
    }

    /// The time of the event that is handled.
    pub(super) fn now(&self) -> Moment {
        self.clock.elapsed()
    }

    /// The groups that an answer concerns.
    pub(super) fn parts(&mut self) -> (&mut Supply, At<'_>, &Credentials) {
        let at = At { config: &self.config, clock: &self.clock };
        (&mut self.supply, at, &self.credentials)
    }

    /// Whether nobody is signed in: then nothing is asked, and nothing is out of date.
    pub(super) fn is_nobody(&self) -> bool {
        !self.supply.subject.is_held() && self.credentials.standing().is_nobody()
    }

    /// How the set stands.
    pub(super) fn status(&self) -> Status {
        if self.is_nobody() {
            return Status::Unauthenticated;
        }
        self.supply.subject.status(self.now())
    }

    // Loads.

    /// Gives up a load that is running, and begins anew at once.
    pub(super) fn restart(&mut self, cause: Cause, effects: &mut Effects) {
        let (supply, at, _) = self.parts();
        supply.restart(at, cause, effects);
    }

    /// What is held is out of date, and is loaded again at `moment`.
    pub(super) fn invalidate(&mut self, moment: Moment, cause: Cause) {
        if !self.is_nobody() {
            let (supply, at, _) = self.parts();
            supply.invalidate(at, moment, cause);
        }
    }

    /// When the token is going to end. One that has ended as far as is known, and is good to the
    /// endpoint all the same, says nothing: clocks differ.
    pub(super) fn end_ahead(&self) -> Option<Moment> {
        let end = self.credentials.token()?.end().filter(|end| *end > self.clock.issuers_time())?;
        Some(self.clock.moment_of(end))
    }

    // The stream, and other tabs.

    /// Whom this tab is about, where that is told.
    pub(super) fn whom(&self) -> Option<&str> {
        let owner = self.supply.subject.owner().subject.as_deref();
        self.credentials.identity().subject().or(owner)
    }

    pub(super) fn owner_tenant(&self) -> Option<&str> {
        self.supply.subject.owner().tenant.as_deref()
    }

    /// Whether it can be told whom messages are about: with a cookie, about the browser's one user.
    pub(super) fn has_tabs(&self) -> bool {
        self.config.tabs && (!self.supply.setup.has_token() || self.whom().is_some())
    }

    /// Tells the other tabs something about the subject of this one.
    pub(super) fn tell_tabs(
        &self,
        kind: &'static str,
        version: Option<u64>,
        permissions: &[&str],
        effects: &mut Effects,
    ) {
        if self.has_tabs() {
            let (subject, tenant) = (self.whom(), self.owner_tenant());
            let message = TabMessage { kind, subject, tenant, version, permissions };
            effects.push(Effect::Tell(message.to_json()));
        }
    }

    /// Whether a stream is kept, or is going to be: somebody is there.
    pub(super) fn keeps_channel(&self) -> bool {
        self.channel.is_configured()
            && self.supply.setup.source() == Source::Endpoint
            && self.page == Page::Running
            && !self.is_nobody()
    }

    /// Whether the stream is this tab's to open.
    pub(super) fn leads(&self) -> bool {
        !self.config.tabs || self.tabs.leads() || self.whom().is_none()
    }
}
