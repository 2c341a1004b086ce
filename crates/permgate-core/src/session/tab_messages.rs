//! Handles messages of other tabs, and decides which tab holds the stream for all.

use alloc::string::String;

use super::credentials::Identity;
use super::effect::{Effect, Effects};
use super::notice::{Cause, Notice};
use super::state::State;
use super::subject::EVIDENCE_WINDOW;
use super::{evidence, users};
use crate::wire::{PushMessage, TabNews};

/// The name of the stream for which tabs of this subject contend; none if there is nothing to
/// share.
fn contended(state: &State) -> Option<String> {
    if !state.config.tabs || !state.keeps_channel() {
        return None;
    }
    let subject = state.whom()?;
    if !state.supply.subject.is_held() {
        // Keep leadership while the set is being reloaded.
        return state.tabs.name().cloned();
    }
    Some([subject, "\n", state.owner_tenant().unwrap_or_default()].concat())
}

/// Contends for the stream, and takes it from a silent tab.
pub(super) fn tend_tabs(state: &mut State, effects: &mut Effects) {
    if state.tabs.turn(state.now(), contended(state), effects) {
        state.tell_tabs("hello", None, &[], effects);
    }
}

/// Tells the other tabs that this tab's stream is alive, so that they need none.
pub(super) fn tell_alive(state: &mut State, effects: &mut Effects) {
    if state.tabs.tells_alive(state.now()) {
        state.tell_tabs("alive", None, &[], effects);
    }
}

/// Handles a message of another tab, or of a page that can write to the same channel.
pub(super) fn receive(state: &mut State, text: &str, effects: &mut Effects) {
    let Some(news) = TabNews::parse(text).filter(|_| state.has_tabs()) else { return };
    let Some(kind) = news.kind() else { return };
    let now = state.now();
    let is_held = state.supply.subject.is_held();
    let is_ours = news.subject() == state.whom();
    let is_same = is_ours && news.tenant() == state.owner_tenant();
    // With a cookie, the browser has one user.
    let shares_credentials = !state.supply.setup.has_token();
    let message = || PushMessage::parse("", text, state.supply.setup.reading().language);
    let kind = match kind {
        "hello" if is_same => {
            if state.tabs.leads() && state.channel.is_live(now) {
                state.tabs.hear_hello();
                tell_alive(state, effects);
            }
            return;
        }
        "alive" if is_same => return state.tabs.hear_alive(now),
        "version" | "revoked" | "invalidated"
            if !is_held && (is_ours || state.whom().is_none()) =>
        {
            let message = message();
            // An answer that is in flight may be older than the message.
            evidence::hear_forbidden(state, Cause::Tab);
            if let (true, Ok(PushMessage::Revoked { version, permissions })) = (is_ours, message) {
                evidence::revoke(state, version.as_ref(), permissions, Cause::Tab, effects);
            }
            "invalidated"
        }
        "invalidated" if is_same => {
            evidence::hear_forbidden(state, Cause::Tab);
            "invalidated"
        }
        "session-revoked" if is_ours || shares_credentials => {
            evidence::doubt_credentials(state, Cause::Tab, effects);
            "session-revoked"
        }
        "signed-out" if is_ours || (shares_credentials && news.subject().is_none()) => {
            users::sign_out(state, effects);
            "signed-out"
        }
        "signed-in" | "present" if shares_credentials && !(is_ours && is_held) => {
            let is_present = kind == "present";
            hear_user(state, &news, is_present, effects);
            if is_present { "present" } else { "signed-in" }
        }
        "version" | "revoked" if is_same => match message() {
            Ok(PushMessage::Version(header)) => {
                // Without a version of our own, there is nothing to compare it with.
                if is_held && state.supply.subject.version().is_none() {
                    evidence::hear_forbidden(state, Cause::Tab);
                } else {
                    evidence::hear_of(state, &header, Cause::Tab);
                }
                "version"
            }
            Ok(PushMessage::Revoked { version, permissions }) => {
                evidence::revoke(state, version.as_ref(), permissions, Cause::Tab, effects);
                "revoked"
            }
            _ => return,
        },
        _ => return,
    };
    effects.push(Effect::Notice(Notice::Tab(kind)));
}

/// Another tab announced its user, who has the cookie that this tab sends, too: a user who has just
/// signed in, or the user of a page that was loaded (`is_present`).
fn hear_user(state: &mut State, news: &TabNews, is_present: bool, effects: &mut Effects) {
    if *state.credentials.identity() != Identity::Untold {
        return;
    }
    let now = state.now();
    let is_nobody = state.is_nobody();
    if is_nobody && !is_present {
        users::come_back(state);
    } else if is_nobody && !state.credentials.probe() {
        // The page may have been loaded before the sign-out reached the server.
        return;
    }
    if is_present
        && !is_nobody
        && !state.supply.subject.is_held()
        && state.supply.loader.is_flying()
    {
        // Several pages are loaded at the same time, mostly by the same user. The subjects of
        // different tenants cannot be compared.
        if state.supply.setup.tenant().is_none() {
            state.tabs.hear_while_loading(news.subject());
        }
        return;
    }
    let moment = state.tabs.hear_user(now, EVIDENCE_WINDOW, news.subject());
    // The users of two tenants may have different names for the same person.
    let is_same_tenant = news.tenant() == state.owner_tenant();
    if is_nobody {
        state.supply.loader.load_at(moment, Cause::Tab);
    } else if moment > now || (is_present && !is_same_tenant) {
        state.invalidate(moment, Cause::Tab);
    } else {
        evidence::doubt_credentials(state, Cause::Tab, effects);
    }
}
