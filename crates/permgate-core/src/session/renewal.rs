//! The renewal of refused credentials: the application is asked, once for all waiting requests, and
//! the source proves its answer.

use alloc::string::String;

use super::credentials::Standing;
use super::effect::{Effect, Effects};
use super::event::Renewal;
use super::notice::Cause;
use super::problem::Problem;
use super::state::State;
use super::subject::Absence;
use super::users;

pub(super) fn renewal_answered(
    state: &mut State,
    renewal: u64,
    outcome: Result<Renewal, String>,
    effects: &mut Effects,
) {
    if !state.credentials.awaits_renewal(renewal) {
        return;
    }
    // A refusal of the new credentials is news.
    state.supply.subject.forget_unauthorized();
    match outcome {
        Ok(Renewal::Token(token)) => {
            state.supply.setup.take_tokens();
            users::adopt(state, state.credentials.read(token, state.supply.setup.reading()));
            prove(state, effects);
        }
        // No source could name the user.
        Ok(Renewal::Renewed) if !state.supply.has_source() => give_up(state, true, effects),
        Ok(Renewal::Renewed) => {
            state.credentials.renew();
            prove(state, effects);
        }
        Ok(Renewal::Refused) => give_up(state, true, effects),
        Err(message) => {
            give_up(state, true, effects);
            effects.push(Effect::Report(Problem::RenewalFailed(message)));
        }
    }
}

/// Asks the application for new credentials, if it can be asked and the user has not signed out.
/// The identity is kept: only the same user's requests are replayed.
pub(super) fn ask_renewal(state: &mut State) -> bool {
    let asks = state.config.asks_renewal && state.credentials.standing().may_ask();
    if asks {
        state.supply.subject.drop_held(Absence::Loading);
        state.supply.loader.rest();
        state.credentials.ask();
    }
    asks
}

/// The credentials are refused: the application is asked, or nobody is signed in any more.
pub(super) fn lose_credentials(state: &mut State, effects: &mut Effects) {
    let standing = state.credentials.standing();
    // The bootstrap was made for the user who is now refused.
    state.supply.subject.keep_bootstrap(None);
    if standing.is_probing() {
        // No user signed in elsewhere, so nothing changes.
        return users::forget_credentials(state, effects);
    }
    if ask_renewal(state) {
        return;
    }
    give_up(state, standing == Standing::Proving, effects);
    effects.push(Effect::Report(Problem::Unauthorized));
}

/// Nobody is signed in; and the application is not asked again, if it was just asked.
pub(super) fn give_up(state: &mut State, was_asked: bool, effects: &mut Effects) {
    users::forget_credentials(state, effects);
    if was_asked {
        state.credentials.set_standing(state.credentials.standing().declined());
    }
}

/// Lets the source judge the new credentials.
fn prove(state: &mut State, effects: &mut Effects) {
    state.credentials.set_standing(Standing::Proving);
    state.restart(Cause::Credentials, effects);
}
