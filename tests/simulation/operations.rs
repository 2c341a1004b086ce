//! The operations of a run: on users, tabs, clocks, the network and the server. Each names the
//! faults that it causes.

use permgate_core::session::{Event, Life};

use crate::call::Trouble;
use crate::server::{self, TENANTS, USERS};
use crate::servers::{change_server, change_ways, restart, restart_counters};
use crate::setting::Credentials;
use crate::world::World;

/// An operation, and its weight among all operations.
type Operation = (u64, fn(&mut World));

const OPERATIONS: &[Operation] = &[
    (14, administer),
    (12, call),
    (5, many_calls),
    (5, sign_in),
    (3, sign_out),
    (3, renew),
    (3, switch_tenant),
    (4, hurry),
    (2, open_or_close),
    (3, reload),
    (4, hide_or_show),
    (4, freeze),
    (3, sleep),
    (3, set_wall_clock),
    (3, hint),
    (5, change_network),
    (3, restart),
    (3, change_server),
    (1, restart_counters),
    (3, change_ways),
    (3, end_credentials),
    (4, break_streams),
    (4, forge),
    (2, speak_badly),
    (1, dispose),
    (2, another_page_signs_in),
    (3, another_token),
];

impl World {
    /// Performs this many operations, one after the other, with random pauses.
    pub(crate) fn live(&mut self, operations: usize) {
        let all: u64 = OPERATIONS.iter().map(|(weight, _)| weight).sum();
        for _ in 0..operations {
            let wait = match self.random.below(10) {
                0 => 0,
                1..=3 => self.random.below(100),
                4..=6 => self.random.below(5_000),
                7 | 8 => self.random.below(60_000),
                _ => self.random.below(400_000),
            };
            self.pass(wait);
            if self.failure.is_some() {
                return;
            }
            let mut chosen = self.random.below(all);
            let operation = OPERATIONS.iter().find(|(weight, _)| {
                let is_it = chosen < *weight;
                chosen = chosen.saturating_sub(*weight);
                is_it
            });
            if self.time >= self.device.asleep_until
                && let Some((_, operation)) = operation
            {
                operation(self);
            }
        }
    }

    /// A running tab, if there is one.
    fn some_tab(&mut self) -> Option<usize> {
        let running = self.running();
        (!running.is_empty()).then(|| *self.random.pick(&running))
    }

    /// An administrator changes a user's permissions.
    pub(crate) fn change(&mut self, user: usize, tenant: usize, grants: u8, roles: u8) {
        let revoked = self.server.change(user, tenant, grants, roles, self.time);
        self.note(usize::MAX, || {
            format!("user {user} in tenant {tenant} may {grants:05b}, roles {roles:02b}")
        });
        self.push(user, revoked);
    }

    /// A user signs in, in one tab.
    pub(crate) fn sign_in(&mut self, id: usize, user: usize) {
        let credential = self.new_credential(user);
        if self.setting.has_token() {
            self.tabs[id].token = Some(credential);
            let text = self.server.credentials[credential].text.clone();
            self.tell(id, Event::TokenChanged(Some(text)), None);
        } else {
            self.browser.jar = Some(credential);
            self.tell(id, Event::RefreshRequested, None);
        }
    }

    pub(crate) fn sign_out(&mut self, id: usize) {
        if let Some(credential) = self.credential(id)
            && self.random.percent(80)
        {
            self.revoke_credential(credential);
        }
        self.tabs[id].token = None;
        if !self.setting.has_token() {
            self.browser.jar = None;
        }
        let has_no_token = self.setting.has_token() && self.random.percent(30);
        let event = if has_no_token { Event::TokenChanged(None) } else { Event::SignedOut };
        self.tell(id, event, None);
    }

    /// The device sleeps.
    pub(crate) fn sleep(&mut self, time: u64) {
        self.note(usize::MAX, || format!("the device sleeps for {time} ms"));
        self.device.asleep_until = self.time + time;
        self.device.slept += time;
        self.disturb();
    }

    pub(crate) fn disturb(&mut self) {
        for tab in &mut self.tabs {
            tab.ledger.disturbed(self.time.max(self.device.asleep_until));
        }
    }
}

/// F9, F47: grants and revocations.
fn administer(world: &mut World) {
    let user = world.random.index(USERS);
    let tenant = if world.setting.tenants { world.random.index(3) } else { 0 };
    let (grants, roles) = (world.random.mask(5), world.random.mask(2));
    world.change(user, tenant, grants, roles);
}

/// F14, F15, F17, F19.
fn call(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let trouble = match world.random.below(12) {
        0 => Trouble::Refused,
        1 | 2 => Trouble::Forbidden,
        3 => Trouble::StepUp,
        4 => Trouble::DpopNonce,
        5 => Trouble::Redirected,
        _ => Trouble::None,
    };
    let is_once = world.random.percent(15);
    world.call(id, trouble, is_once);
}

/// F12, F13, F16.
fn many_calls(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let trouble = *world.random.pick(&[
        Trouble::Refused,
        Trouble::Forbidden,
        Trouble::Redirected,
        Trouble::None,
    ]);
    for _ in 0..10 {
        world.call(id, trouble, false);
    }
}

/// F1 to F4.
fn sign_in(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let user = world.random.index(USERS);
    if world.random.percent(40) {
        world.sign_out(id);
    }
    world.sign_in(id, user);
    // Users change back and forth, all at the same moment.
    while world.random.percent(25) {
        let user = world.random.index(USERS);
        world.sign_in(id, user);
    }
}

/// F5.
fn sign_out(world: &mut World) {
    if let Some(id) = world.some_tab() {
        world.sign_out(id);
    }
}

/// A new token of the same user; the old one is revoked at some time (F13).
fn renew(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let Some(old) = world.credential(id) else { return };
    let user = world.server.credentials[old].user;
    let before = world.answers(id);
    let is_theirs = world.tabs[id].session.view().is_some_and(|view| {
        let is_named = view.subject == Some(server::subject(user));
        is_named || world.setting.credentials == Credentials::Opaque
    });
    world.sign_in(id, user);
    let is_hidden = before != world.answers(id);
    if is_theirs && is_hidden && world.setting.stale > 0 {
        return world.fail(id, format!("new credentials of the same user hide {before:?}"));
    }
    if world.random.percent(50) {
        world.revoke_credential(old);
    }
}

fn switch_tenant(world: &mut World) {
    if !world.setting.tenants {
        return;
    }
    let Some(id) = world.some_tab() else { return };
    let tenant = world.random.index(3);
    world.tabs[id].tenant = tenant;
    world.tell(id, Event::TenantChanged(TENANTS[tenant].map(String::from)), None);
}

/// The application asks for a load (F8), or opens another view.
fn hurry(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let event = match world.random.below(5) {
        0 => Event::RefreshRequested,
        1 => Event::Invalidated,
        2 => Event::Life(Life::Navigated),
        3 => Event::Woke,
        _ => Event::TimerFired,
    };
    world.tell(id, event, None);
}

/// F35.
fn open_or_close(world: &mut World) {
    let running = world.running();
    if running.len() < 5 && world.random.percent(60) {
        let token = running.first().and_then(|id| world.tabs[*id].token);
        let tenant = running.first().map_or(0, |id| world.tabs[*id].tenant);
        world.open_tab(token, tenant, None);
    } else if let Some(id) = world.some_tab() {
        world.kill_tab(id);
    }
}

/// The page is reloaded, by the same user or another one (F11).
fn reload(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let (mut token, mut tenant) = (world.tabs[id].token, world.tabs[id].tenant);
    let storage = world.tabs[id].storage.clone();
    world.kill_tab(id);
    if world.random.percent(25) {
        let user = world.random.index(USERS);
        let credential = world.new_credential(user);
        if world.setting.has_token() {
            token = Some(credential);
        } else {
            world.browser.jar = Some(credential);
        }
    }
    if world.setting.tenants && world.random.percent(20) {
        tenant = world.random.index(3);
    }
    world.open_tab(token, tenant, storage);
}

/// F24.
fn hide_or_show(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let is_hidden = !world.tabs[id].is_hidden;
    world.tabs[id].is_hidden = is_hidden;
    let life = if is_hidden { Life::Hidden } else { Life::Shown };
    world.tell(id, Event::Life(life), None);
}

/// A page is frozen, or kept in the back/forward cache, with or without an event (F22, F35).
fn freeze(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let is_told = world.random.percent(60);
    if is_told {
        world.tell(id, Event::Life(Life::Suspended), None);
    }
    if world.random.percent(40) {
        world.break_streams(30, Some(id));
    }
    world.tabs[id].frozen = Some(world.monotonic(id));
    let time = world.random.below(900_000);
    world.tabs[id].knows_it_froze = is_told;
    world.after(time, None, move |world| world.wake_tab(id));
}

impl World {
    /// A frozen tab continues; the events that it gets depend on the host.
    pub(crate) fn wake_tab(&mut self, id: usize) {
        self.module_comes(id);
        if !self.tabs[id].is_alive || self.tabs[id].frozen.is_none() {
            return;
        }
        if self.time < self.device.asleep_until {
            let delay = self.device.asleep_until - self.time;
            return self.after(delay, None, move |world| world.wake_tab(id));
        }
        self.tabs[id].ledger.disturbed(self.time);
        self.judge_one(id);
        self.thaw(id);
        let lives: &[Life] = match self.random.below(4) {
            0 => &[Life::Resumed, Life::Shown],
            1 => &[Life::Shown],
            2 => &[Life::Resumed],
            // A page that got an event when it was frozen gets the event of its continuation, too.
            _ if self.is_calm || self.tabs[id].knows_it_froze => &[Life::Shown],
            _ => &[],
        };
        for life in lives {
            self.tell(id, Event::Life(*life), None);
        }
    }
}

/// F20.
fn sleep(world: &mut World) {
    let time = *world.random.pick(&[20_000, 120_000, 600_000, 8 * 3_600_000]);
    world.sleep(time);
    if world.random.percent(70) {
        world.break_streams(50, None);
    }
}

/// F21.
fn set_wall_clock(world: &mut World) {
    let hour = 3_600_000;
    match world.random.below(6) {
        0 => world.device.wall -= hour,
        1 => world.device.wall += 365 * 24 * hour,
        2 => world.lose_wall_clock(),
        3 => world.device.wall = 0,
        4 => world.device.wall += 90_000,
        _ => world.device.wall -= 90_000,
    }
    world.device.is_untrue = true;
    let wrong = world.device.wall;
    world.note(usize::MAX, || format!("the wall clock is set, and wrong by {wrong} ms"));
    world.tabs.iter_mut().for_each(|tab| tab.ledger.clock_was_set());
    world.disturb();
}

/// F33: hints of the host about the network, right or wrong.
fn hint(world: &mut World) {
    for id in world.running() {
        for _ in 0..world.random.below(4) {
            let life = *world.random.pick(&[Life::Online, Life::Offline]);
            world.tell(id, Event::Life(life), None);
        }
    }
}

fn change_network(world: &mut World) {
    let (loss, delay) =
        *world.random.pick(&[(0, 50), (0, 2_000), (5, 300), (30, 3_000), (2, 25_000), (100, 100)]);
    world.network.loss = loss;
    world.network.delay = delay;
    world.network.doubles = *world.random.pick(&[0, 0, 20]);
    world.browser.loss = *world.random.pick(&[0, 0, 10]);
    if world.random.percent(30) {
        world.break_streams(50, None);
    }
    let (doubles, tabs) = (world.network.doubles, world.browser.loss);
    world.note(usize::MAX, || {
        format!("network: loss {loss} %, delay {delay} ms, doubles {doubles} %, tabs {tabs} %")
    });
}

/// An administrator ends a user's session, or it expires.
fn end_credentials(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    if let Some(credential) = world.credential(id) {
        world.note(usize::MAX, || format!("credential {credential} is revoked"));
        world.revoke_credential(credential);
    }
}

/// F10, F27.
fn break_streams(world: &mut World) {
    let half_open = *world.random.pick(&[0, 50, 100]);
    world.break_streams(half_open, None);
}

/// F36: code that can write to the channel between tabs invents a message.
fn forge(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let kinds = [
        "hello",
        "alive",
        "invalidated",
        "session-revoked",
        "signed-out",
        "signed-in",
        "present",
        "version",
        "revoked",
        "granted",
        "heartbeat",
    ];
    let (kind, user) = (*world.random.pick(&kinds), world.random.index(USERS));
    let current = world.server.truth(user).0;
    let version = *world.random.pick(&[0, current, current + 1, 1_000_000]);
    let names = server::names(world.random.mask(5));
    let subject = server::subject(user);
    let text = match world.random.below(6) {
        0 => "{".into(),
        1 => format!(r#"{{"type":"{kind}"}}"#),
        2 => format!(r#"{{"type":"{kind}","subject":"{subject}","permissions":7,"version":-1}}"#),
        _ => format!(
            r#"{{"type":"{kind}","subject":"{subject}","version":{version},"permissions":{names:?}}}"#
        ),
    };
    world.tell(id, Event::Told(text), None);
}

/// F26, F29: a stream sends a message that it should not.
fn speak_badly(world: &mut World) {
    let data =
        *world.random.pick(&["{", "[]", r#"{"version":"x"}"#, r#"{"permissions":["a",7]}"#, "{}"]);
    let kind = *world.random.pick(&["version", "revoked", "granted", "message"]);
    let open = world.served_streams();
    if !open.is_empty() {
        let number = *world.random.pick(&open);
        world.message(number, kind, data);
    }
}

fn dispose(world: &mut World) {
    if world.running().len() < 2 {
        return;
    }
    let Some(id) = world.some_tab() else { return };
    world.tell(id, Event::Disposed, None);
    world.tabs[id].is_disposed = true;
}

/// Another application of the same origin changes the cookie without an event.
fn another_page_signs_in(world: &mut World) {
    if world.setting.credentials == Credentials::Cookie {
        let user = world.random.index(USERS);
        world.browser.jar = Some(world.new_credential(user));
        world.note(usize::MAX, || format!("another page signs in user {user}"));
    }
}

/// From now on, the application's function returns another token, without an event; the token may
/// belong to another user.
fn another_token(world: &mut World) {
    let Some(id) = world.some_tab() else { return };
    let Some(old) = world.tabs[id].token else { return };
    let user = world.server.credentials[old].user;
    let user = if world.random.percent(50) { user } else { world.random.index(USERS) };
    let credential = world.new_credential(user);
    world.tabs[id].token = Some(credential);
    world.note(id, || format!("the application has the token {credential} now"));
}
