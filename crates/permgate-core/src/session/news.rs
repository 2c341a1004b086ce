//! What the server pushes, what other tabs say, and the stream by which both come. News lower
//! authority only: that something was revoked, or that what is held is out of date; what is
//! granted, the endpoint says.

use alloc::string::String;
use alloc::vec::Vec;

use super::Session;
use super::config::Source;
use super::credentials::Identity;
use super::effect::{Effect, Effects};
use super::event::ChannelEnd;
use super::notice::{Cause, ChannelState, Notice};
use super::problem::Problem;
use super::stream::Turn;
use super::subject::EVIDENCE_WINDOW;
use crate::pattern::Pattern;
use crate::time::{Millis, Moment};
use crate::wire::{PushMessage, TabMessage, TabNews, VersionHeader};

/// How far the clocks of server and device may differ in what is about to end anyway.
const CLOCK_DIFFERENCE: Millis = Millis::from_seconds(30);

impl Session {
    /// Whether a stream is kept, or is going to be: somebody is there.
    fn keeps_channel(&self) -> bool {
        self.channel.is_configured()
            && self.supply.setup.source() == Source::Endpoint
            && !self.is_suspended
            && !self.is_disposed
            && !self.is_nobody()
    }

    /// Whether a stream may be opened now.
    fn wants_channel(&self) -> bool {
        let has_credentials = self.credentials.token().is_some() || !self.supply.setup.has_token();
        let may_open = has_credentials && !self.channel.awaits_judge();
        self.keeps_channel() && self.supply.subject.is_held() && may_open && self.leads()
    }

    /// Opens, changes and closes the stream as it is time to.
    pub(super) fn tend_channel(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        let goes_on = self.keeps_channel() && self.leads();
        let left = self.channel.take_other();
        if let Some(stream) = left.or_else(|| if goes_on { None } else { self.channel.close() }) {
            close_channel(effects, Notice::Channel(stream.transport(), ChannelState::Closed));
        }
        if !goes_on {
            return;
        }
        match self.channel.turn(now) {
            Turn::Stay => {}
            Turn::Silent(transport) => {
                close_channel(effects, Notice::Channel(transport, ChannelState::Silent));
            }
            Turn::Leave(transport) => {
                close_channel(effects, Notice::Channel(transport, ChannelState::Closed));
            }
        }
        if self.channel.take_hopeless() && self.outbox.reports_no_push() {
            effects.push(Effect::Report(Problem::NoPush));
        }
        if self.channel.take_unsettled(now) {
            // The server does not say which version counts: a load fetches what was missed.
            self.supply.loader.load_at(now, Cause::Stream);
        }
        if !self.wants_channel() {
            return;
        }
        let version = self.supply.subject.version();
        if let Some(stream) = self.channel.open(now, self.credentials.ticket(), version.is_some()) {
            let (channel, transport) = (stream.number(), stream.transport());
            let bearer = self.credentials.bearer();
            let tenant = self.supply.setup.tenant().cloned();
            effects.push(Effect::OpenChannel { channel, transport, bearer, tenant, version });
            notice(effects, Notice::Channel(transport, ChannelState::Opening));
        }
    }

    /// When there is something to do about the stream.
    pub(super) fn next_of_channel(&self) -> Option<Moment> {
        if self.keeps_channel() && self.leads() {
            let has_version = self.supply.subject.version().is_some();
            self.channel.next(self.wants_channel(), has_version)
        } else {
            None
        }
    }

    pub(super) fn channel_alive(&mut self, channel: u64, effects: &mut Effects) {
        if self.channel.alive(channel, self.clock.elapsed()) {
            self.tell_alive(effects);
        }
    }

    pub(super) fn channel_ended(
        &mut self,
        channel: u64,
        end: &ChannelEnd,
        retry_after: Option<Millis>,
        effects: &mut Effects,
    ) {
        let now = self.clock.elapsed();
        let Some(stream) = self.channel.ended(channel, end, retry_after, now) else { return };
        let is_of_now = stream.ticket() == self.credentials.ticket();
        // The credentials may be gone: the source says.
        if matches!(end, ChannelEnd::Status(401 | 403)) && is_of_now {
            self.channel.await_judge();
            self.supply.loader.load_at(now, Cause::Push);
        }
        // Whether it is the way that fails, or the server, a load shows.
        if matches!(end, ChannelEnd::Network(_)) && self.channel.fails_again() {
            self.supply.loader.load_at(now, Cause::Stream);
        }
        notice(effects, Notice::Channel(stream.transport(), ChannelState::Closed));
    }

    pub(super) fn pushed(&mut self, channel: u64, kind: &str, data: &str, effects: &mut Effects) {
        let now = self.clock.elapsed();
        let Some(ticket) = self.channel.ticket_of(channel) else { return };
        self.channel_alive(channel, effects);
        let message = match kind {
            "header" => {
                Ok(VersionHeader::parse(data).map_or(PushMessage::Other, PushMessage::Version))
            }
            _ => PushMessage::parse(kind, data, self.supply.setup.reading().language),
        };
        match message {
            Ok(PushMessage::Other) => {}
            Ok(PushMessage::Version(header)) => {
                notice(effects, Notice::Message("version"));
                self.channel.settle();
                self.relay("version", Some(&header), &[], effects);
                self.hear_pushed_version(&header, effects);
            }
            Ok(PushMessage::Revoked { version, permissions }) => {
                notice(effects, Notice::Message("revoked"));
                self.channel.settle();
                self.relay("revoked", version.as_ref(), &permissions, effects);
                self.revoke(version.as_ref(), permissions, Cause::Push, effects);
            }
            Ok(PushMessage::SessionRevoked) => {
                notice(effects, Notice::Message("session-revoked"));
                self.relay("session-revoked", None, &[], effects);
                // If they are others by now, the stream is only over. A token that ran out was not
                // taken back: the next one is asked for, and the set stays.
                let is_of_now = ticket == self.credentials.ticket();
                if is_of_now && self.token_has_ended() {
                    self.supply.loader.load_at(now, Cause::Push);
                } else if is_of_now {
                    self.doubt_credentials(Cause::Push, effects);
                }
            }
            Err(error) => {
                effects.push(Effect::Report(Problem::MalformedMessage(error)));
                if kind == "version" {
                    self.supply.loader.load_at(now, Cause::Push);
                } else {
                    // Something may have been revoked, and it cannot be told which names.
                    self.doubt_credentials(Cause::Push, effects);
                }
            }
        }
    }

    fn token_has_ended(&self) -> bool {
        let end = self.credentials.token().and_then(|token| token.end());
        end.is_some_and(|end| end <= self.clock.wall() + CLOCK_DIFFERENCE)
    }

    fn hear_pushed_version(&mut self, header: &VersionHeader, effects: &mut Effects) {
        let now = self.clock.elapsed();
        let held = self.supply.subject.held();
        let ours = held.and_then(|held| held.owner.subject.as_ref());
        let is_of_another = header.subject.as_ref().zip(ours).is_some_and(|(a, b)| a != b);
        if is_of_another {
            // The stream was opened with our credentials, and is about somebody else.
            self.channel.disown(now);
            self.doubt_credentials(Cause::Push, effects);
        } else if held.is_some_and(|held| held.version.is_none()) {
            self.invalidate(now, Cause::Push);
        } else {
            self.hear_of(header, Cause::Push);
        }
    }

    /// Something was revoked: it is unknown from here on, until an answer was made after that.
    fn revoke(
        &mut self,
        header: Option<&VersionHeader>,
        permissions: Vec<Pattern>,
        cause: Cause,
        effects: &mut Effects,
    ) {
        let held = self.supply.subject.held();
        let ours = held.and_then(|held| held.owner.subject.as_ref());
        let theirs = header.and_then(|header| header.subject.as_ref());
        if theirs.zip(ours).is_some_and(|(theirs, ours)| theirs != ours) {
            return;
        }
        let version = header.map(|header| header.version);
        // The set that is held was made after it.
        if self.supply.subject.version().zip(version).is_some_and(|(held, it)| held >= it) {
            return;
        }
        if !self.supply.revoke(version, permissions, cause) {
            return self.restart(cause, effects);
        }
        let is_announced = header.is_some_and(|header| self.hear_of(header, cause));
        if !is_announced && cause == Cause::Tab {
            self.hear_forbidden(cause);
        } else if !is_announced {
            self.invalidate(self.clock.elapsed(), cause);
        }
    }

    // Other tabs.

    /// Whether the stream is this tab's to open.
    fn leads(&self) -> bool {
        !self.config.tabs || self.tabs.leads() || self.whom().is_none()
    }

    /// Whom this tab is about, where that is told.
    fn whom(&self) -> Option<&str> {
        let owner = self.supply.subject.owner().subject.as_deref();
        self.credentials.identity().subject().or(owner)
    }

    fn owner_tenant(&self) -> Option<&str> {
        self.supply.subject.owner().tenant.as_deref()
    }

    /// Whether it can be told whom messages are about: with a cookie, about the browser's one user.
    fn has_tabs(&self) -> bool {
        self.config.tabs && (!self.supply.setup.has_token() || self.whom().is_some())
    }

    /// The stream that tabs of this subject contend for; none where there is nothing to share.
    fn contended(&self) -> Option<String> {
        if !self.config.tabs || !self.keeps_channel() {
            return None;
        }
        let subject = self.whom()?;
        if !self.supply.subject.is_held() {
            // Keep leadership while the set is being reloaded.
            return self.tabs.name().cloned();
        }
        Some([subject, "\n", self.owner_tenant().unwrap_or_default()].concat())
    }

    /// Contends for the stream, and takes it from a tab that is silent.
    pub(super) fn tend_tabs(&mut self, effects: &mut Effects) {
        if self.tabs.turn(self.clock.elapsed(), self.contended(), effects) {
            self.tell_tabs("hello", None, &[], effects);
        }
    }

    /// The stream of this tab is alive: the others need none.
    fn tell_alive(&mut self, effects: &mut Effects) {
        if self.tabs.tells_alive(self.clock.elapsed()) {
            self.tell_tabs("alive", None, &[], effects);
        }
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

    /// Tells the other tabs what came by the stream, which they do not have.
    fn relay(
        &self,
        kind: &'static str,
        header: Option<&VersionHeader>,
        permissions: &[Pattern],
        effects: &mut Effects,
    ) {
        let theirs = header.and_then(|header| header.subject.as_deref());
        if theirs.is_some() && theirs != self.whom() {
            return;
        }
        let version = header.map(|header| header.version);
        let names: Vec<&str> = permissions.iter().map(Pattern::as_str).collect();
        self.tell_tabs(kind, version, &names, effects);
    }

    /// Another tab says something, or a page that can write to the same channel.
    pub(super) fn told(&mut self, text: &str, effects: &mut Effects) {
        let Some(news) = TabNews::parse(text).filter(|_| self.has_tabs()) else { return };
        let Some(kind) = news.kind() else { return };
        let now = self.clock.elapsed();
        let is_held = self.supply.subject.is_held();
        let is_ours = news.subject() == self.whom();
        let is_same = is_ours && news.tenant() == self.owner_tenant();
        // With a cookie, the browser has one user.
        let shares_credentials = !self.supply.setup.has_token();
        let message = || PushMessage::parse("", text, self.supply.setup.reading().language);
        let kind = match kind {
            "hello" if is_same => {
                if self.tabs.leads() && self.channel.is_live(now) {
                    self.tabs.hear_hello();
                    self.tell_alive(effects);
                }
                return;
            }
            "alive" if is_same => return self.tabs.hear_alive(now),
            "version" | "revoked" | "invalidated"
                if !is_held && (is_ours || self.whom().is_none()) =>
            {
                let message = message();
                // The answer that is awaited may have been made before.
                self.hear_forbidden(Cause::Tab);
                if let (true, Ok(PushMessage::Revoked { version, permissions })) =
                    (is_ours, message)
                {
                    self.revoke(version.as_ref(), permissions, Cause::Tab, effects);
                }
                "invalidated"
            }
            "invalidated" if is_same => {
                self.hear_forbidden(Cause::Tab);
                "invalidated"
            }
            "session-revoked" if is_ours || shares_credentials => {
                self.doubt_credentials(Cause::Tab, effects);
                "session-revoked"
            }
            "signed-out" if is_ours || (shares_credentials && news.subject().is_none()) => {
                self.sign_out(effects);
                "signed-out"
            }
            "signed-in" if shares_credentials && !(is_ours && is_held) => {
                self.hear_sign_in(effects);
                "signed-in"
            }
            "version" | "revoked" if is_same => match message() {
                Ok(PushMessage::Version(header)) => {
                    // Without a version of ours, there is nothing to compare it with.
                    if is_held && self.supply.subject.version().is_none() {
                        self.hear_forbidden(Cause::Tab);
                    } else {
                        self.hear_of(&header, Cause::Tab);
                    }
                    "version"
                }
                Ok(PushMessage::Revoked { version, permissions }) => {
                    self.revoke(version.as_ref(), permissions, Cause::Tab, effects);
                    "revoked"
                }
                _ => return,
            },
            _ => return,
        };
        notice(effects, Notice::Tab(kind));
    }

    /// Somebody signed in, in another tab, with the cookie that this tab has, too.
    fn hear_sign_in(&mut self, effects: &mut Effects) {
        if *self.credentials.identity() != Identity::Untold {
            return;
        }
        if self.is_nobody() {
            self.come_back();
            let moment = self.tabs.hear_sign_in(self.clock.elapsed(), EVIDENCE_WINDOW);
            self.supply.loader.load_at(moment, Cause::Tab);
        } else {
            self.doubt_credentials(Cause::Tab, effects);
        }
    }
}

fn notice(effects: &mut Effects, notice: Notice) {
    effects.push(Effect::Notice(notice));
}

fn close_channel(effects: &mut Effects, told: Notice) {
    effects.push(Effect::CloseChannel);
    notice(effects, told);
}
