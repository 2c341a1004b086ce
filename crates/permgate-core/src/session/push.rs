//! What the server pushes, and the stream it comes by. It lowers authority only: it says that
//! something was revoked, or that what is held is out of date; what is granted, the endpoint says.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::channel::Turn;
use super::config::Source;
use super::effect::{Effect, Effects, Problem};
use super::event::ChannelEnd;
use super::load::LAGGING_MAX;
use super::notice::{Cause, ChannelState, Notice};
use super::time::Millis;
use super::{Absence, Session};
use crate::pattern::Pattern;
use crate::wire::{PushMessage, Token, VersionHeader};

/// How many revoked names are kept in mind; a server that revokes more is not believed to be able
/// to say what is left, and the whole set is fetched first.
const REVOKED_MAX: usize = 1024;

/// How far the clocks of server and device may differ in what is about to end anyway.
const CLOCK_DIFFERENCE: Millis = Millis::from_seconds(30);

/// What was revoked, while no answer is known to have been made after it.
#[derive(Clone, Debug)]
pub(super) struct Revocation {
    version: Option<u64>,
    /// The newest load that may have been answered before.
    generation: u64,
    /// How many older answers are taken for a replica that lags; then another tab made it up. What
    /// the server says itself is believed for good.
    patience: Option<u32>,
    permissions: Vec<Pattern>,
}

impl Session {
    /// Whether a stream may be opened: somebody is there, and no other tab does it.
    fn wants_channel(&self) -> bool {
        let has_credentials = self.token.is_some() || !self.config.has_token;
        let may_open = has_credentials && !self.awaits_judge;
        self.keeps_channel() && self.held.is_some() && may_open && self.leads()
    }

    pub(super) fn keeps_channel(&self) -> bool {
        self.channel.is_configured()
            && self.config.source == Source::Endpoint
            && !self.is_suspended
            && !self.disposed
            && (self.held.is_some() || self.absence != Absence::Unauthenticated)
    }

    /// Opens, changes and closes the stream as it is time to.
    pub(super) fn tend_channel(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        let goes_on = self.keeps_channel() && self.leads();
        let left = self.channel.take_other();
        if let Some(stream) = left.or_else(|| if goes_on { None } else { self.channel.close() }) {
            effects.push(Effect::CloseChannel);
            notice(effects, Notice::Channel(stream.transport, ChannelState::Closed));
        }
        if !goes_on {
            return;
        }
        match self.channel.turn(now) {
            Turn::Stay => {}
            Turn::Silent(transport) => {
                effects.push(Effect::CloseChannel);
                notice(effects, Notice::Channel(transport, ChannelState::Silent));
            }
            Turn::Leave(transport) => {
                effects.push(Effect::CloseChannel);
                notice(effects, Notice::Channel(transport, ChannelState::Closed));
            }
        }
        self.report_no_push(effects);
        let missed =
            self.channel.stream().and_then(|stream| stream.unsettled.take_if(|m| *m <= now));
        if missed.is_some() {
            // The server does not say which version counts: whatever was missed is fetched.
            self.load_at(now, Cause::Stream);
        }
        if !self.wants_channel() {
            return;
        }
        let version = self.held.as_ref().and_then(|held| held.version);
        if let Some(stream) = self.channel.open(now, self.ticket, version.is_some()) {
            let (channel, transport) = (stream.number, stream.transport);
            let (bearer, tenant) = (self.token.clone(), self.config.reading.tenant.clone());
            effects.push(Effect::OpenChannel { channel, transport, bearer, tenant, version });
            notice(effects, Notice::Channel(transport, ChannelState::Opening));
        }
    }

    /// When there is something to do about the stream.
    pub(super) fn next_of_channel(&self) -> Option<Millis> {
        if self.keeps_channel() && self.leads() {
            let has_version = self.held.as_ref().is_some_and(|held| held.version.is_some());
            self.channel.next(self.wants_channel(), has_version)
        } else {
            None
        }
    }

    pub(super) fn channel_opened(&mut self, channel: u64, effects: &mut Effects) {
        if let Some(transport) = self.channel.opened(channel, self.clock.elapsed()) {
            notice(effects, Notice::Channel(transport, ChannelState::Open));
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
        // The credentials may be gone: the source says.
        if matches!(end, ChannelEnd::Status(401 | 403)) && stream.ticket == self.ticket {
            // And until it has, no other stream would be let in.
            self.awaits_judge = true;
            self.load_at(now, Cause::Push);
        }
        // Whether it is the way that fails, or the server, a load shows.
        if matches!(end, ChannelEnd::Network(_)) && self.channel.fails_again() {
            self.load_at(now, Cause::Stream);
        }
        notice(effects, Notice::Channel(stream.transport, ChannelState::Closed));
    }

    /// Says once that no way works.
    fn report_no_push(&mut self, effects: &mut Effects) {
        if self.channel.take_hopeless() && !core::mem::replace(&mut self.told_no_push, true) {
            effects.push(Effect::Report(Problem::NoPush));
        }
    }

    pub(super) fn pushed(&mut self, channel: u64, kind: &str, data: &str, effects: &mut Effects) {
        let now = self.clock.elapsed();
        let Some(stream) = self.channel.current(channel) else { return };
        let ticket = stream.ticket;
        self.channel_alive(channel, effects);
        let message = match kind {
            "header" => {
                Ok(VersionHeader::parse(data).map_or(PushMessage::Other, PushMessage::Version))
            }
            _ => PushMessage::parse(kind, data, self.config.reading.language),
        };
        match message {
            Ok(PushMessage::Other) => {}
            Ok(PushMessage::Version(header)) => {
                notice(effects, Notice::Message("version"));
                self.settle_stream();
                self.relay("version", Some(&header), &[], effects);
                self.hear_pushed_version(&header, effects);
            }
            Ok(PushMessage::Revoked { version, permissions }) => {
                notice(effects, Notice::Message("revoked"));
                self.settle_stream();
                self.relay("revoked", version.as_ref(), &permissions, effects);
                self.revoke(version, permissions, Cause::Push, effects);
            }
            Ok(PushMessage::SessionRevoked) => {
                notice(effects, Notice::Message("session-revoked"));
                self.relay("session-revoked", None, &[], effects);
                // If they are others by now, the stream is only over. A token that ran out was not
                // taken back: the next one is asked for, and the set stays what it is.
                if ticket == self.ticket && self.token_has_ended() {
                    self.load_at(now, Cause::Push);
                } else if ticket == self.ticket {
                    self.doubt_credentials(Cause::Push, effects);
                }
            }
            Err(error) => {
                effects.push(Effect::Report(Problem::MalformedMessage(error)));
                if kind == "version" {
                    self.load_at(now, Cause::Push);
                } else {
                    // Something may have been revoked, and it cannot be told what.
                    self.doubt_credentials(Cause::Push, effects);
                }
            }
        }
    }

    fn token_has_ended(&self) -> bool {
        self.token_end().is_some_and(|end| end <= self.clock.wall() + CLOCK_DIFFERENCE)
    }

    /// When the token is going to end, on the session's own time line. One that has ended by this
    /// device's clock, and is good to the endpoint all the same, says nothing: clocks differ.
    pub(super) fn end_ahead(&self) -> Option<Millis> {
        let end = self.token_end().filter(|end| *end > self.clock.wall())?;
        Some(self.clock.moment_of(end))
    }

    /// When the token ends, by the wall clock, where it says so.
    fn token_end(&self) -> Option<Millis> {
        let token = Token::decode_unverified(self.token.as_deref()?).ok()?;
        token.expires_seconds().map(Millis::from_seconds)
    }

    fn settle_stream(&mut self) {
        if let Some(stream) = self.channel.stream() {
            stream.unsettled = None;
        }
    }

    fn hear_pushed_version(&mut self, header: &VersionHeader, effects: &mut Effects) {
        let held = self.held.as_ref();
        let ours = held.and_then(|held| held.owner.subject.as_ref());
        if let (Some(theirs), Some(ours)) = (&header.subject, ours)
            && theirs != ours
        {
            // The stream was opened with our credentials, and is about somebody else.
            self.channel.disown(self.clock.elapsed());
            self.doubt_credentials(Cause::Push, effects);
        } else if held.is_some_and(|held| held.version.is_none()) {
            self.invalidate(self.clock.elapsed(), Cause::Push);
        } else {
            self.hear_of(header, Cause::Push);
        }
    }

    /// Something was revoked: it is unknown from here on, until an answer was made after that.
    pub(super) fn revoke(
        &mut self,
        header: Option<VersionHeader>,
        permissions: Vec<Pattern>,
        cause: Cause,
        effects: &mut Effects,
    ) {
        let held = self.held.as_ref();
        let ours = held.and_then(|held| held.owner.subject.as_ref());
        if let Some(theirs) = header.as_ref().and_then(|header| header.subject.as_ref())
            && ours.is_some_and(|ours| ours != theirs)
        {
            return;
        }
        let version = header.as_ref().map(|header| header.version);
        let held_version = held.and_then(|held| held.version);
        // The set that is held was made after it.
        if held_version.zip(version).is_some_and(|(held, revoked)| held >= revoked) {
            return;
        }
        let generation = self.generation;
        let patience = (cause == Cause::Tab).then_some(LAGGING_MAX);
        self.revocations.push(Revocation { version, generation, patience, permissions });
        let kept: usize = self.revocations.iter().map(|one| one.permissions.len().max(1)).sum();
        if kept > REVOKED_MAX {
            // Nothing is believed that was made before all of this.
            let versions = self.revocations.drain(..).filter_map(|one| one.version);
            self.floor = versions.max().max(self.floor);
            self.drop_held(Absence::Loading);
            return self.restart(cause, effects);
        }
        self.apply_revocations();
        let announced = header.is_some_and(|header| self.hear_of(&header, cause));
        if !announced && cause == Cause::Tab {
            self.hear_forbidden(cause);
        } else if !announced {
            self.invalidate(self.clock.elapsed(), cause);
        }
    }

    /// Keeps in mind what an answer may have been made before.
    pub(super) fn outlive_revocations(&mut self, version: Option<u64>, generation: u64) {
        self.revocations.retain_mut(|one| match (one.version, version) {
            (Some(revoked), Some(answered)) if answered < revoked => {
                let is_later = generation > one.generation;
                if let Some(patience) = one.patience.as_mut().filter(|_| is_later) {
                    *patience = patience.saturating_sub(1);
                }
                one.patience != Some(0)
            }
            (Some(_), Some(_)) => false,
            _ => generation <= one.generation,
        });
    }

    /// Writes what was revoked into the set that is held.
    pub(super) fn apply_revocations(&mut self) {
        let Some(held) = &mut self.held else { return };
        let revoked = self.revocations.iter().flat_map(|one| &one.permissions);
        if !held.set.revoked().iter().eq(revoked.clone()) {
            Arc::make_mut(&mut held.set).revoke(revoked.cloned().collect());
            self.revision += 1;
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
}

pub(super) fn notice(effects: &mut Effects, notice: Notice) {
    effects.push(Effect::Notice(notice));
}
