//! Changes of the user, the token or the tenant.

use alloc::string::String;
use alloc::sync::Arc;

use super::config::Source;
use super::credentials::{Identity, Known, Standing};
use super::effect::Effects;
use super::notice::Cause;
use super::state::State;
use super::subject::Absence;

/// What is kept at a change of subject.
#[derive(Clone, Copy, Debug, Default)]
struct Survives {
    /// That the endpoint has answered to the same credentials: claims are not believed again.
    endpoint: bool,
    /// The requests from before any user was known: they belong to the first user.
    requests: bool,
}

pub(super) fn token_changed(state: &mut State, token: Option<String>, effects: &mut Effects) {
    let Some(token) = token else { return forget_credentials(state, effects) };
    state.supply.setup.take_tokens();
    come_back(state);
    adopt(state, state.credentials.read(token, state.supply.setup.reading()));
    state.restart(Cause::Credentials, effects);
}

/// The application has another function for tokens: their user is unknown before it is called.
pub(super) fn provider_changed(state: &mut State, effects: &mut Effects) {
    let was_nobody = state.is_nobody() || state.credentials.was_nobody();
    state.supply.setup.take_tokens();
    come_back(state);
    if was_nobody {
        become_somebody(state, Identity::Untold);
    } else {
        presume(state);
        state.credentials.renew();
    }
    state.restart(Cause::Credentials, effects);
}

/// The current credentials name no user. The user is presumed to be the same until the endpoint
/// answers; the held set is out of date.
fn presume(state: &mut State) {
    state.credentials.presume();
    state.supply.subject.doubt(state.clock.elapsed(), state.config.lifetimes.stale);
}

/// The application's function returned a token for one of its own requests. If it has another user,
/// nothing of the first one is kept. It signs nobody in.
pub(super) fn token_seen(state: &mut State, token: String, effects: &mut Effects) {
    if state.credentials.token().is_some_and(|known| known.text() == token) {
        return;
    }
    let token = state.credentials.read(token, state.supply.setup.reading());
    if state.is_nobody() {
        let identity = token.identity();
        let is_untold = identity == Identity::Untold;
        let is_same = if is_untold {
            state.credentials.is_refused(token.text())
        } else {
            *state.credentials.identity() == identity
        };
        if !is_same {
            // The requests are not those of the user who may be asked to come back.
            state.credentials.identify(identity);
            state.credentials.begin_epoch(false);
            state.supply.subject.forget_owner();
            if is_untold {
                state.credentials.meet(&token);
            }
        }
        return;
    }
    let before = state.credentials.epoch();
    let was_untold = *state.credentials.identity() == Identity::Untold;
    adopt(state, token);
    if state.credentials.epoch() != before {
        // A load that awaits its own token continues.
        if !(was_untold && state.supply.loader.awaits_token()) {
            state.restart(Cause::Credentials, effects);
        }
    } else if state.credentials.is_presumed() {
        // The function may return another token each time: the endpoint is asked once a second.
        let moment = state.supply.loader.after_interval(state.now());
        state.supply.loader.load_at(moment, Cause::Credentials);
    }
}

/// Takes a token; nothing of another user is kept.
pub(super) fn adopt(state: &mut State, token: Arc<Known>) {
    // It cannot have been issued in the future.
    if let Some(issued) = token.issued() {
        if issued > state.clock.issuers_time() {
            state.clock.correct(issued);
        } else {
            state.clock.is_no_earlier_than(issued);
        }
    }
    let identity = token.identity();
    let is_same_text = state.credentials.token().is_some_and(|known| known.text() == token.text());
    if identity == Identity::Untold {
        let is_another =
            state.credentials.was_nobody() && *state.credentials.identity() != identity;
        if is_another {
            become_somebody(state, identity);
        }
        if !is_same_text && token.is_plausible() {
            // Also after another user: requests with this token are replayed only if it is judged.
            presume(state);
        } else if !is_same_text && !is_another {
            // No endpoint will ever name the user of such a token.
            forget_subject(state, Survives::default());
        }
    } else if identity != *state.credentials.identity() {
        become_somebody(state, identity);
    }
    if !state.credentials.adopt(token) {
        state.supply.subject.distrust_claims();
    }
}

/// A change of tenant is a change of subject: nothing of the first one is kept.
pub(super) fn tenant_changed(state: &mut State, tenant: Option<String>, effects: &mut Effects) {
    if !state.supply.setup.change_tenant(tenant) {
        return;
    }
    let is_signed_out = state.is_nobody() && !state.supply.loader.is_flying();
    let (standing, is_presumed) = (state.credentials.standing(), state.credentials.is_presumed());
    forget_subject(state, Survives { endpoint: true, ..Survives::default() });
    if is_presumed {
        state.credentials.presume_still();
    }
    if is_signed_out {
        // The user who is being asked may still answer; earlier requests are not replayed.
        let is_asking = standing == Standing::Asking;
        state.credentials.set_standing(if is_asking { standing } else { standing.nobody() });
        return;
    }
    state.restart(Cause::Tenant, effects);
    if state.supply.setup.source() == Source::Bootstrap {
        state.supply.subject.set_absence(Absence::Idle);
    }
}

pub(super) fn become_somebody(state: &mut State, identity: Identity) {
    if state.credentials.has_named(&identity) {
        state.credentials.identify(identity);
        return;
    }
    let is_another = state.credentials.has_named_another(&identity);
    let subject = &state.supply.subject;
    let is_told_now = !is_another
        && *state.credentials.identity() == Identity::Untold
        && identity.subject().is_some();
    let is_owner = subject.owner().subject.as_deref() == identity.subject();
    let is_stored_of = !subject.is_held()
        && subject.stored().is_some_and(|one| Some(&*one.subject) == identity.subject());
    // Requests from before any user was known belong to the user whom the first token names.
    let is_first = is_told_now && !subject.was_held() && !state.credentials.standing().is_nobody();
    state.credentials.identify(identity);
    // A bootstrap or stored document about the subject of the token belongs to this user.
    if is_told_now && (is_owner || is_stored_of) {
        return;
    }
    forget_subject(state, Survives { requests: is_first, ..Survives::default() });
}

/// A token that is the source of the set cannot be read, and there is no endpoint that could name
/// its user: the presumption ends.
pub(super) fn presume_no_more(state: &mut State) {
    if state.credentials.is_presumed() {
        forget_subject(state, Survives::default());
    }
}

/// Later requests belong to another user. INVARIANT: nothing of a subject is kept except what is
/// moved over by name.
fn forget_subject(state: &mut State, survives: Survives) {
    state.credentials.begin_epoch(survives.requests);
    state.credentials.set_standing(Standing::Assumed);
    state.channel.begin_afresh();
    let (supply, at, _) = state.parts();
    let before = supply.change_subject(at);
    if survives.endpoint {
        supply.subject.keep_endpoint_of(&before);
    }
}

pub(super) fn forget_credentials(state: &mut State, effects: &mut Effects) {
    let before = state.credentials.standing();
    state.credentials.drop_token();
    become_somebody(state, Identity::Untold);
    state.restart(Cause::Credentials, effects);
    state.supply.loader.rest();
    state.credentials.forget_everybody(before);
}

/// The user signed out, here or in another tab: no user is looked for, or asked to come back.
pub(super) fn sign_out(state: &mut State, effects: &mut Effects) {
    forget_credentials(state, effects);
    state.credentials.set_standing(state.credentials.standing().signed_out());
}

/// There is news: a user may be signed in, and may be asked.
pub(super) fn come_back(state: &mut State) {
    state.credentials.set_standing(state.credentials.standing().come_back());
}
