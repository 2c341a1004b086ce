//! Handles pushed messages, and the stream that carries them.

use alloc::vec::Vec;

use super::effect::{Effect, Effects};
use super::event::ChannelEnd;
use super::notice::{Cause, ChannelState, Notice};
use super::problem::Problem;
use super::state::State;
use super::stream::Turn;
use super::{evidence, tab_messages};
use crate::pattern::Pattern;
use crate::time::{Millis, Moment};
use crate::wire::{PushMessage, VersionHeader};

/// How far the clocks of server and device may differ about a token that is about to expire.
const CLOCK_DIFFERENCE: Millis = Millis::from_seconds(30);

/// Whether a stream may be opened now.
fn wants_channel(state: &State) -> bool {
    let has_credentials = state.credentials.token().is_some() || !state.supply.setup.has_token();
    let may_open = has_credentials && !state.channel.awaits_judge();
    state.keeps_channel() && state.supply.subject.is_held() && may_open && state.leads()
}

/// Opens, changes and closes the stream when it is time.
pub(super) fn tend_channel(state: &mut State, effects: &mut Effects) {
    let now = state.now();
    let goes_on = state.keeps_channel() && state.leads();
    let other = state.channel.take_other();
    if let Some(stream) = other.or_else(|| if goes_on { None } else { state.channel.close() }) {
        close_channel(effects, Notice::Channel(stream.transport(), ChannelState::Closed));
    }
    if !goes_on {
        return;
    }
    match state.channel.turn(now) {
        Turn::Stay => {}
        Turn::Silent(transport) => {
            close_channel(effects, Notice::Channel(transport, ChannelState::Silent));
        }
        Turn::Leave(transport) => {
            close_channel(effects, Notice::Channel(transport, ChannelState::Closed));
        }
    }
    if state.channel.take_hopeless() {
        effects.push(Effect::Report(Problem::NoPush));
    }
    if state.channel.take_unsettled(now) {
        // The server did not send the version: a load fetches changes that were missed.
        state.supply.loader.load_at(now, Cause::Stream);
    }
    if !wants_channel(state) {
        return;
    }
    let version = state.supply.subject.version();
    if let Some(stream) = state.channel.open(now, state.credentials.ticket(), version.is_some()) {
        let (channel, transport) = (stream.number(), stream.transport());
        let bearer = state.credentials.bearer();
        let tenant = state.supply.setup.tenant().cloned();
        effects.push(Effect::OpenChannel { channel, transport, bearer, tenant, version });
        notice(effects, Notice::Channel(transport, ChannelState::Opening));
    }
}

/// The next moment at which the stream needs attention.
pub(super) fn next_of_channel(state: &State) -> Option<Moment> {
    if state.keeps_channel() && state.leads() {
        let has_version = state.supply.subject.version().is_some();
        state.channel.next(wants_channel(state), has_version)
    } else {
        None
    }
}

pub(super) fn channel_alive(state: &mut State, channel: u64, effects: &mut Effects) {
    if state.channel.alive(channel, state.now()) {
        tab_messages::tell_alive(state, effects);
    }
}

pub(super) fn channel_ended(
    state: &mut State,
    channel: u64,
    end: &ChannelEnd,
    retry_after: Option<Millis>,
    effects: &mut Effects,
) {
    let now = state.now();
    let Some(stream) = state.channel.ended(channel, end, retry_after, now) else { return };
    let is_of_now = stream.ticket() == state.credentials.ticket();
    // The credentials may be invalid: the source decides.
    if matches!(end, ChannelEnd::Status(401 | 403)) && is_of_now {
        state.channel.await_judge();
        state.supply.loader.load_at(now, Cause::Push);
    }
    // A load shows whether this transport fails, or the server.
    if matches!(end, ChannelEnd::Network(_)) && state.channel.fails_again() {
        state.supply.loader.load_at(now, Cause::Stream);
    }
    notice(effects, Notice::Channel(stream.transport(), ChannelState::Closed));
}

pub(super) fn pushed(
    state: &mut State,
    channel: u64,
    kind: &str,
    data: &str,
    effects: &mut Effects,
) {
    let now = state.now();
    let Some(ticket) = state.channel.ticket_of(channel) else { return };
    channel_alive(state, channel, effects);
    let message = match kind {
        "header" => Ok(VersionHeader::parse(data).map_or(PushMessage::Other, PushMessage::Version)),
        _ => PushMessage::parse(kind, data, state.supply.setup.reading().language),
    };
    match message {
        Ok(PushMessage::Other) => {}
        Ok(PushMessage::Version(header)) => {
            notice(effects, Notice::Message("version"));
            state.channel.settle();
            relay(state, "version", Some(&header), &[], effects);
            hear_pushed_version(state, &header, effects);
        }
        Ok(PushMessage::Revoked { version, permissions }) => {
            notice(effects, Notice::Message("revoked"));
            state.channel.settle();
            relay(state, "revoked", version.as_ref(), &permissions, effects);
            evidence::revoke(state, version.as_ref(), permissions, Cause::Push, effects);
        }
        Ok(PushMessage::SessionRevoked) => {
            notice(effects, Notice::Message("session-revoked"));
            relay(state, "session-revoked", None, &[], effects);
            // If the credentials have changed, only the stream has ended. A token that has expired
            // was not revoked: the next one is asked for, and the set is kept.
            let is_of_now = ticket == state.credentials.ticket();
            if is_of_now && token_has_ended(state) {
                state.supply.loader.load_at(now, Cause::Push);
            } else if is_of_now {
                evidence::doubt_credentials(state, Cause::Push, effects);
            }
        }
        Err(error) => {
            effects.push(Effect::Report(Problem::MalformedMessage(error)));
            if kind == "version" {
                state.supply.loader.load_at(now, Cause::Push);
            } else {
                // Permissions may have been revoked, and it is unknown which.
                evidence::doubt_credentials(state, Cause::Push, effects);
            }
        }
    }
}

fn token_has_ended(state: &State) -> bool {
    let end = state.credentials.token().and_then(|token| token.end());
    end.is_some_and(|end| end <= state.clock.issuers_time() + CLOCK_DIFFERENCE)
}

fn hear_pushed_version(state: &mut State, header: &VersionHeader, effects: &mut Effects) {
    let now = state.now();
    let held = state.supply.subject.held();
    // Also if a 401 has emptied the set: a stream about another user must not stay open.
    let ours = state.supply.subject.owner().subject.as_ref();
    let is_of_another = header.subject.as_ref().zip(ours).is_some_and(|(a, b)| a != b);
    if is_of_another {
        // The stream was opened with our credentials, but is about another user.
        state.channel.disown(now);
        evidence::doubt_credentials(state, Cause::Push, effects);
    } else if held.is_some_and(|held| held.version.is_none()) {
        state.invalidate(now, Cause::Push);
    } else {
        evidence::hear_of(state, header, Cause::Push);
    }
}

/// Passes a message of the stream on to the other tabs, which have no stream.
fn relay(
    state: &State,
    kind: &'static str,
    header: Option<&VersionHeader>,
    permissions: &[Pattern],
    effects: &mut Effects,
) {
    let theirs = header.and_then(|header| header.subject.as_deref());
    if theirs.is_some() && theirs != state.whom() {
        return;
    }
    let version = header.map(|header| header.version);
    let names: Vec<&str> = permissions.iter().map(Pattern::as_str).collect();
    state.tell_tabs(kind, version, &names, effects);
}

fn notice(effects: &mut Effects, notice: Notice) {
    effects.push(Effect::Notice(notice));
}

fn close_channel(effects: &mut Effects, reason: Notice) {
    effects.push(Effect::CloseChannel);
    notice(effects, reason);
}
