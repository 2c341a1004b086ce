//! After the faults have stopped, every tab must soon give the right answers again, with few requests.

use permgate_core::session::{Event, Status};

use crate::call::Trouble;
use crate::questions::Answers;
use crate::setting::Credentials;
use crate::stream::Way;
use crate::world::World;

/// The time within which a change is seen through a stream.
const PUSHED_WITHIN: u64 = 5_000;

/// The time within which transports are tried again after all of them failed repeatedly.
const PROBED_WITHIN: u64 = 2 * 3_600_000 + 60_000;

impl World {
    /// Stops all faults.
    pub(crate) fn calm(&mut self) {
        let rest = self.device.asleep_until.saturating_sub(self.time);
        self.pass(rest);
        self.is_calm = true;
        self.note(usize::MAX, || "from here on nothing goes wrong".into());
        self.network.loss = 0;
        self.network.delay = 100;
        self.network.doubles = 0;
        self.browser.loss = 0;
        self.browser.ways = [Way::Works; 3];
        self.server.lags = [0; 3];
        self.server.down_until = 0;
        self.server.overload = 0;
        self.server.bad_documents = 0;
        self.server.ttl = None;
        for id in 0..self.tabs.len() {
            self.wake_tab(id);
            if self.tabs[id].is_running() {
                self.answer_dialog(id);
            }
            if self.tabs[id].is_hidden && self.tabs[id].is_running() {
                self.tabs[id].is_hidden = false;
                self.tell(id, Event::Life(permgate_core::session::Life::Shown), None);
            }
        }
    }

    /// Fails for tabs that are signed out without a reason, and signs all users in.
    pub(crate) fn everybody_signs_in(&mut self) {
        for id in self.running() {
            if self.tabs[id].session.status() != Status::Unauthenticated {
                continue;
            }
            if !self.tabs[id].oracle.may_be_nobody() {
                return self.fail(id, "nobody is signed in, without a reason");
            }
            if self.setting.has_token() {
                let user = self.random.index(crate::server::USERS);
                self.sign_in(id, user);
            } else {
                if self.server.authenticate(self.browser.jar, self.time).is_none() {
                    self.browser.jar = Some(self.new_credential(0));
                }
                self.tell(id, Event::RefreshRequested, None);
            }
        }
    }

    /// The answers that a tab should give.
    pub(crate) fn should(&self, id: usize) -> Option<Answers> {
        let user = self.server.authenticate(self.credential(id), self.time)?;
        if self.setting.is_alone && !self.setting.issues_each_time {
            // A change is visible only with the next token.
            let token = &self.server.credentials[self.credential(id)?];
            return Some(Answers::of(token.grants, token.roles));
        }
        let (_, truth) = self.server.truth(user);
        let tenant = self.tabs[id].tenant;
        Some(Answers::of(truth.grants[tenant], truth.roles[tenant]))
    }

    fn is_right(&self, id: usize) -> bool {
        let answers = self.answers(id);
        let may_be_empty = self.may_seem_ended() && answers == Answers::default();
        self.should(id).is_none_or(|should| answers == should) || may_be_empty
    }

    /// Whether a valid token may seem to have expired: on a clock that is or was wrong, a single token
    /// does not prove that it is new (F67).
    fn may_seem_ended(&self) -> bool {
        let is_single = self.setting.is_alone && !self.setting.issues_each_time;
        is_single && self.device.is_untrue
    }

    /// Waits until all running tabs give the right answers, for at most this time.
    fn become_right(&mut self, within: u64, when: &str) {
        let all_right = |world: &Self| world.running().iter().all(|id| world.is_right(*id));
        if self.wait(within, all_right) || self.failure.is_some() {
            return;
        }
        let wrong = self.running().into_iter().find(|id| !self.is_right(*id));
        if let Some(id) = wrong {
            let (answers, should) = (self.answers(id), self.should(id));
            let status = self.tabs[id].session.status();
            self.fail(
                id,
                format!(
                    "{when} the status is {status:?} and the answers are {answers:?}, not {should:?}"
                ),
            );
        }
    }

    /// Continues without faults, and checks that every tab soon gives the right answers.
    pub(crate) fn settle(&mut self) {
        if self.failure.is_some() {
            return;
        }
        self.calm();
        self.pass(20_000);
        self.everybody_signs_in();
        let life = self.setting.ttl + self.setting.stale;
        // A server may have asked for a pause of five minutes, and the replay of a poll takes time.
        self.pass(life.max(600_000) + 360_000);
        self.everybody_signs_in();
        self.pass(30_000);
        self.become_right(10_000, "long after the last fault");
        for id in self.running() {
            if !self.tabs[id].waiting.is_empty() {
                return self.fail(id, "requests wait for new credentials forever");
            }
            let loads = self.tabs[id].ledger.loads_within(self.time, 300_000);
            let bearable = 300_000 / self.setting.ttl + 8;
            // While every token that comes has expired, the application is asked for another one repeatedly.
            let has_ended = self.setting.is_alone && self.answers(id) == Answers::default();
            if loads > bearable && !has_ended {
                return self.fail(id, format!("{loads} loads in five quiet minutes"));
            }
        }
        self.count_streams();
        for user in 0..crate::server::USERS {
            let tenant = if self.setting.tenants { self.random.index(3) } else { 0 };
            let (grants, roles) = (self.random.mask(5), self.random.mask(2));
            self.change(user, tenant, grants, roles);
        }
        // A version that is announced twice may stand for two changes and cause a second load
        // later; with no stale time, that leaves a gap.
        let is_plain = self.setting.tells_version && self.setting.stale > 0;
        let within = match (self.setting.is_pushed(), is_plain) {
            (false, _) => self.setting.ttl + 10_000,
            (true, true) => PUSHED_WITHIN,
            (true, false) => 3 * PUSHED_WITHIN,
        };
        self.become_right(within, "after a change without faults");
        self.redirect_everybody();
    }

    /// Ends the sessions, so that an API that redirects to its sign-in page is the first to show it:
    /// the page must then load from the endpoint (F66).
    fn redirect_everybody(&mut self) {
        if !self.setting.redirects || self.failure.is_some() {
            return;
        }
        for id in self.running() {
            if let Some(credential) = self.credential(id) {
                self.server.revoke(credential);
            }
        }
        for id in self.running() {
            self.call(id, Trouble::None, false);
        }
        let knows = |world: &Self, id| world.answers(id) == world.should(id).unwrap_or_default();
        let all_know = |world: &Self| world.running().iter().all(|id| knows(world, *id));
        if self.wait(10_000, all_know) || self.failure.is_some() {
            return;
        }
        let unaware = self.running().into_iter().find(|id| !knows(self, *id));
        if let Some(id) = unaware {
            self.fail(id, "the API redirects to its sign-in page, and the page goes on granting");
        }
    }

    /// Expects one stream for all tabs of a subject (F34), and one for each tab that shares
    /// nothing.
    fn count_streams(&mut self) {
        let end = self.time + PROBED_WITHIN;
        while self.setting.is_pushed() && self.failure.is_none() {
            let Some((id, count)) = self.wrong_count() else { return };
            if count > 1 || self.time >= end {
                return self.fail(id, format!("{count} streams are open for this tab"));
            }
            // There is no stream between two polls, and a transport that failed for long is tried
            // rarely.
            self.pass(20_011);
        }
    }

    /// A tab that does not have exactly one stream, and the number of its streams.
    fn wrong_count(&self) -> Option<(usize, usize)> {
        let open = self.open_streams();
        // Without a subject, it is unknown whether two tabs have the same user.
        let is_told = self.setting.tells_subject || self.setting.credentials != Credentials::Opaque;
        let shares = self.setting.tabs && is_told;
        self.running().into_iter().find_map(|id| {
            let user = self.server.authenticate(self.credential(id), self.time)?;
            let tenant = self.tabs[id].tenant;
            let is_its_own = |stream: &&(usize, usize, usize)| match **stream {
                (_, of, at) if shares => of == user && at == tenant,
                (tab, ..) => tab == id,
            };
            let count = open.iter().filter(is_its_own).count();
            (count != 1).then_some((id, count))
        })
    }
}
