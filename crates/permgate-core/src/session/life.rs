//! Events of the page's life: it is frozen, is visible again, or its network is back.

use super::event::Life;
use super::notice::Cause;
use super::state::{Page, State};
use super::subject::Absence;
use crate::time::Millis;

/// After this time, a page that returns asks whose cookie it has, although a stream is alive.
const ABSENCE: Millis = Millis::from_seconds(30);

/// Handles an event of the page's life. These events are hints, and often wrong: they only hurry
/// a load, and nothing waits for them.
pub(super) fn lives(state: &mut State, life: Life) {
    let now = state.now();
    match life {
        Life::Hidden | Life::Offline => {}
        Life::Suspended => state.page = Page::Suspended,
        Life::Resumed => go_on(state),
        // Some hosts do not report that a page continues.
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

/// The page was frozen, and has missed messages meanwhile.
fn go_on(state: &mut State) {
    state.page = Page::Running;
    state.supply.loader.forget_recent();
    state.channel.hurry(state.now());
    freshen(state, Cause::Resumed);
}

/// Begins a load, unless one was just made, or a stream announces changes.
fn freshen(state: &mut State, cause: Cause) {
    let now = state.now();
    let subject = &state.supply.subject;
    // A stream announces changes of its own user; the cookie may be another user's by now.
    let may_be_another = cause == Cause::Shown
        && !state.supply.setup.has_token()
        && !state.supply.loader.asked_within(now, ABSENCE);
    let is_live = subject.is_held() && state.channel.is_live(now) && !may_be_another;
    let is_nobody = state.is_nobody();
    let is_idle = !is_nobody && subject.absence() == Some(Absence::Idle);
    if state.supply.loader.is_recent(now) || is_live || is_idle {
        return;
    }
    if is_nobody {
        // A user may have signed in elsewhere.
        if state.supply.loader.is_flying() || !state.credentials.probe() {
            return;
        }
    }
    state.supply.loader.load_at(now, cause);
}
