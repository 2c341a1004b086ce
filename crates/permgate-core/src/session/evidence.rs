//! Evidence against the held set: responses to the application's own requests, versions and
//! revocations, in a response, by the stream or from another tab. Evidence never grants; only the
//! source does.

use alloc::vec::Vec;

use super::config::Source;
use super::credentials::{Identity, Standing};
use super::effect::{Effect, Effects};
use super::event::Observation;
use super::notice::Cause;
use super::problem::Problem;
use super::renewal;
use super::state::State;
use super::subject::Heard;
use crate::pattern::Pattern;
use crate::wire::{Refusal, VersionHeader};

pub(super) fn observed(state: &mut State, observation: &Observation, effects: &mut Effects) {
    if state.credentials.is_of_earlier_user(observation.ticket) {
        return;
    }
    if let Some(header) = &observation.version {
        if hear_of(state, header, Cause::Version) {
            state.tell_tabs("version", Some(header.version), &[], effects);
        }
        hear_stranger(state, header, observation.ticket, effects);
    }
    match observation.status {
        401 => match Refusal::of(observation.challenge.as_deref()) {
            Refusal::Credentials => hear_unauthorized(state, observation, effects),
            Refusal::StepUp(step_up) => effects.push(Effect::StepUp(step_up)),
            // The application's client sends the request again with the nonce.
            Refusal::DpopNonce => {}
        },
        // The guard reports this for a response that was redirected to a page. It may be a sign-in
        // page, or the page after a form: the endpoint knows.
        302 => hear_redirect(state),
        403 => hear_forbidden(state, Cause::Forbidden),
        _ => {}
    }
}

/// A version was announced. Returns whether it is news.
pub(super) fn hear_of(state: &mut State, header: &VersionHeader, cause: Cause) -> bool {
    let now = state.now();
    if state.supply.subject.has_bootstrap() {
        // It cannot be compared before the document is read.
        state.invalidate(now, cause);
    }
    match state.supply.subject.hear(header) {
        Heard::Nothing => false,
        Heard::Again => {
            hear_forbidden(state, cause);
            false
        }
        Heard::News => {
            state.invalidate(now, cause);
            true
        }
    }
}

/// The API took the user of a request for another one than that of the held set. Where only the
/// server knows the user, the cookie may be another user's by now. A service account, a cache or
/// an API with other names for its users look the same, so the endpoint is asked once for each
/// name, and has to name the user.
fn hear_stranger(state: &mut State, header: &VersionHeader, ticket: u64, effects: &mut Effects) {
    let asks = *state.credentials.identity() == Identity::Untold
        && !state.credentials.is_outdated(ticket)
        && state.supply.setup.source() == Source::Endpoint;
    if asks && state.supply.subject.hears_stranger(header) {
        let now = state.now();
        state.supply.subject.doubt(now, state.config.lifetimes.stale);
        state.supply.subject.forget_etag();
        state.restart(Cause::Version, effects);
        state.supply.loader.wait(now);
    }
}

/// The credentials may be invalid: nothing is believed until the endpoint has answered again. If it
/// has just answered with a document, the API refuses for reasons of its own.
fn hear_unauthorized(state: &mut State, observation: &Observation, effects: &mut Effects) {
    if state.credentials.is_outdated(observation.ticket) {
        return;
    }
    let standing = state.credentials.standing();
    if observation.is_replay {
        // The new credentials do not help, so this ends here.
        if !state.is_nobody() || standing.is_waiting() {
            renewal::give_up(state, true, effects);
            effects.push(Effect::Report(Problem::Unauthorized));
        }
        return;
    }
    if standing.is_waiting() {
        return;
    }
    if state.is_nobody() {
        renewal::ask_renewal(state);
        return;
    }
    if state.supply.setup.source() == Source::Token {
        state.credentials.refuse_token();
    }
    if !state.supply.has_source() {
        // There is no source to judge.
        return renewal::lose_credentials(state, effects);
    }
    if doubt_credentials(state, Cause::Unauthorized, effects) && state.config.renews {
        state.credentials.set_standing(Standing::Judging);
    }
}

/// Believes nothing until the source has answered again, unless it has just answered. Returns
/// whether it is asked now.
pub(super) fn doubt_credentials(state: &mut State, cause: Cause, effects: &mut Effects) -> bool {
    let now = state.now();
    state.supply.subject.distrust_claims();
    state.supply.subject.keep_bootstrap(None);
    if state.is_nobody() {
        return false;
    }
    // A message of the server about the session itself is not limited.
    let is_pushed = cause == Cause::Push;
    let window = state.supply.subject.unauthorized_until(now).filter(|_| !is_pushed);
    if let Some(window_ends) = window {
        state.invalidate(window_ends, cause);
        return false;
    }
    state.supply.subject.empty(now);
    state.restart(cause, effects);
    // A source that asked for a pause cannot judge.
    !state.supply.loader.wait(now)
}

/// Asks the endpoint, and keeps the held set as it is.
fn hear_redirect(state: &mut State) {
    if !state.is_nobody() {
        let moment = state.supply.subject.after_forbidden(state.now());
        state.supply.loader.load_at(moment, Cause::Redirect);
    }
}

/// The server refused what the held set grants, or a message says that the set is out of date: it
/// is loaded again, but not for each such sign.
pub(super) fn hear_forbidden(state: &mut State, cause: Cause) {
    let moment = state.supply.subject.after_forbidden(state.now());
    state.invalidate(moment, cause);
}

/// Permissions were revoked: they are unknown from here on, until an answer that is newer.
pub(super) fn revoke(
    state: &mut State,
    header: Option<&VersionHeader>,
    permissions: Vec<Pattern>,
    cause: Cause,
    effects: &mut Effects,
) {
    let held = state.supply.subject.held();
    let ours = held.and_then(|held| held.owner.subject.as_ref());
    let theirs = header.and_then(|header| header.subject.as_ref());
    if theirs.zip(ours).is_some_and(|(theirs, ours)| theirs != ours) {
        return;
    }
    let version = header.map(|header| header.version);
    // The held set is newer.
    if state.supply.subject.version().zip(version).is_some_and(|(held, it)| held >= it) {
        return;
    }
    if !state.supply.revoke(version, permissions, cause) {
        return state.restart(cause, effects);
    }
    let is_announced = header.is_some_and(|header| hear_of(state, header, cause));
    if !is_announced && cause == Cause::Tab {
        hear_forbidden(state, cause);
    } else if !is_announced {
        state.invalidate(state.now(), cause);
    }
}
