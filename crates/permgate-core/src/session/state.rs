//! The whole state of a session, in groups by lifetime, and the steps that concern several groups.
//! The effects of events on them are in `users`, `renewal`, `evidence`, `life`, `answers`,
//! `tab_messages` and `pushed`, of which each calls only those before it.

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

/// Whether the page is running.
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

    /// The groups that an answer affects.
    pub(super) fn parts(&mut self) -> (&mut Supply, At<'_>, &Credentials) {
        let at = At { config: &self.config, clock: &self.clock };
        (&mut self.supply, at, &self.credentials)
    }

    /// Whether nobody is signed in: then no source is asked, and no set is out of date.
    pub(super) fn is_nobody(&self) -> bool {
        !self.supply.subject.is_held() && self.credentials.standing().is_nobody()
    }

    /// The status of the set.
    pub(super) fn status(&self) -> Status {
        if self.is_nobody() {
            return Status::Unauthenticated;
        }
        self.supply.subject.status(self.now())
    }

    // Loads.

    /// Gives up the running load, and begins another one at once.
    pub(super) fn restart(&mut self, cause: Cause, effects: &mut Effects) {
        let (supply, at, _) = self.parts();
        supply.restart(at, cause, effects);
    }

    /// The held set is out of date, and is loaded again at `moment`.
    pub(super) fn invalidate(&mut self, moment: Moment, cause: Cause) {
        if !self.is_nobody() {
            let (supply, at, _) = self.parts();
            supply.invalidate(at, moment, cause);
        }
    }

    /// When the token will expire. None if it has expired as far as is known, but the endpoint
    /// still accepts it: clocks differ.
    pub(super) fn end_ahead(&self) -> Option<Moment> {
        let end = self.credentials.token()?.end().filter(|end| *end > self.clock.issuers_time())?;
        Some(self.clock.moment_of(end))
    }

    // The stream, and other tabs.

    /// The subject of this tab, if it is known.
    pub(super) fn whom(&self) -> Option<&str> {
        let owner = self.supply.subject.owner().subject.as_deref();
        self.credentials.identity().subject().or(owner)
    }

    pub(super) fn owner_tenant(&self) -> Option<&str> {
        self.supply.subject.owner().tenant.as_deref()
    }

    /// Whether the user of messages can be known: with a cookie, it is the browser's one user.
    pub(super) fn has_tabs(&self) -> bool {
        self.config.tabs && (!self.supply.setup.has_token() || self.whom().is_some())
    }

    /// Sends a message about this tab's subject to the other tabs.
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

    /// Whether a stream is kept, or will be: a user is signed in.
    pub(super) fn keeps_channel(&self) -> bool {
        self.channel.is_configured()
            && self.supply.setup.source() == Source::Endpoint
            && self.page == Page::Running
            && !self.is_nobody()
    }

    /// Whether this tab should open the stream.
    pub(super) fn leads(&self) -> bool {
        !self.config.tabs || self.tabs.leads() || self.whom().is_none()
    }
}
