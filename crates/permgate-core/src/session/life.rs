//! What happens to the page: it is frozen, looked at again, has a network again.

use super::credentials::Standing;
use super::event::Life;
use super::notice::Cause;
use super::state::{Page, State};
use super::subject::Absence;

/// What happens to the page. Events of the host are hints, and often wrong: they hurry
/// something along, and nothing waits for them.
pub(super) fn lives(state: &mut State, life: Life) {
    let now = state.now();
    match life {
        Life::Hidden | Life::Offline => {}
        Life::Suspended => state.page = Page::Suspended,
        Life::Resumed => go_on(state),
        // Some hosts do not say that a page goes on.
        Life::Shown if state.page == Page::Suspended => go_on(state),
        Life::Shown => freshen(state, Cause::Shown),
        Life::Navigated => freshen(state, Cause::Navigated),
        Life::Online => {
            state.channel.hurry(now);
            let has_failed = state.supply.subject.absence() == Some(Absence::Failed);
            if has_failed || state.supply.loader.is_failing() {
                state.supply.loader.forget_failures();
                freshen(state, Cause::Online);
            }
        }
    }
}

/// The page was frozen: it did not hear what was said meanwhile.
fn go_on(state: &mut State) {
    state.page = Page::Running;
    state.supply.loader.forget_recent();
    state.channel.hurry(state.now());
    freshen(state, Cause::Resumed);
}

/// Asks the source, unless it was asked just now, or speaks by itself.
fn freshen(state: &mut State, cause: Cause) {
    let now = state.now();
    let subject = &state.supply.subject;
    let is_live = subject.is_held() && state.channel.is_live(now);
    let is_nobody = state.is_nobody();
    let is_idle = !is_nobody && subject.absence() == Some(Absence::Idle);
    if state.supply.loader.is_recent(now) || is_live || is_idle {
        return;
    }
    if is_nobody {
        // Somebody may have signed in elsewhere; not the user who left here, or is being asked.
        match state.credentials.standing() {
            Standing::Nobody { has_left: false, was_asked } if !state.supply.loader.is_flying() => {
                state.credentials.set_standing(Standing::Probing { was_asked });
            }
            Standing::Probing { .. } if !state.supply.loader.is_flying() => {}
            _ => return,
        }
    }
    state.supply.loader.load_at(now, cause);
}
