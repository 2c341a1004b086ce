//! Performs the effects of a tab's session, as the shell in a browser does.

use std::cell::RefCell;

use permgate_core::session::{Answer, Claimed, Effect, Event, Failure, Millis, Renewal, Session};
use permgate_testbed::Performer;

use crate::ledger::Ledger;
use crate::oracle::Oracle;
use crate::server::{self, FOREVER, Paper, Reply, TENANTS};
use crate::tab::Tab;
use crate::vouchers::StoredPaper;
use crate::world::{PAGE_START, World};

/// The lifetime of a token that is the source of a set.
const HOUR: u64 = 3_600_000;

impl World {
    /// Opens a tab, optionally with data that an earlier page stored.
    pub(crate) fn open_tab(
        &mut self,
        token: Option<usize>,
        tenant: usize,
        storage: Option<(String, StoredPaper)>,
    ) -> usize {
        let id = self.tabs.len();
        let mut config = self.setting.config(self.random.next());
        config.reading.tenant = TENANTS[tenant].map(String::from);
        let tab = Tab {
            session: Session::new(self.clocks(PAGE_START), config),
            performer: Performer::default(),
            oracle: Oracle::new(&self.setting, tenant),
            ledger: Ledger::new(&self.setting),
            memo: RefCell::new(None),
            is_alive: true,
            is_hidden: false,
            is_disposed: false,
            frozen: None,
            knows_it_froze: false,
            opened_at: self.time,
            slept_before: if self.setting.monotonic_sleeps { self.device.slept } else { 0 },
            timer: None,
            timer_number: 0,
            token,
            tenant,
            flight: None,
            stream: None,
            dialog: None,
            waiting: Vec::new(),
            storage: storage.clone(),
            step_ups: 0,
            dialogs: 0,
            waiting_for_module: None,
        };
        self.tabs.push(tab);
        let user = self.server.authenticate(self.credential(id), self.time);
        let carried = user
            .filter(|_| self.setting.bootstraps)
            .map(|user| self.server.bootstrap(user, tenant, self.time, &mut self.random));
        let (text, paper) = carried.unzip();
        let (stored, stored_paper) = storage.unzip();
        self.tabs[id].oracle.stored = stored_paper;
        self.wait_for_module(id);
        self.tell(id, Event::Started { bootstrap: text, stored }, paper);
        id
    }

    /// The credentials with which a tab sends its requests.
    pub(crate) fn credential(&self, id: usize) -> Option<usize> {
        if self.setting.has_token() { self.tabs[id].token } else { self.browser.jar }
    }

    /// Ends a tab, whether or not its session was disposed.
    pub(crate) fn kill_tab(&mut self, id: usize) {
        self.tabs[id].is_alive = false;
        self.tabs[id].timer = None;
        self.close_stream(id);
        self.leave_locks(id);
    }

    pub(crate) fn perform(&mut self, id: usize, effect: Effect) {
        let Some(effect) = self.hold_back(id, effect) else { return };
        if !matches!(effect, Effect::Notice(_)) || self.trace.is_some() {
            self.note(id, || format!("  < {effect:?}"));
        }
        if self.tabs[id].is_disposed {
            self.fail(id, format!("a disposed session returns {effect:?}"));
            return;
        }
        match effect {
            Effect::Abort => self.tabs[id].flight = None,
            Effect::AskToken { generation } => self.ask_token(id, generation),
            Effect::Fetch { generation, bearer, tenant, etag } => {
                self.fetch(id, generation, bearer.as_deref(), tenant.as_deref(), etag);
            }
            Effect::AskRenewal { renewal } => self.open_dialog(id, renewal),
            Effect::Settled => self.settle_calls(id),
            Effect::StepUp(_) => self.tabs[id].step_ups += 1,
            Effect::OpenChannel { channel, transport, bearer, tenant, version } => {
                self.open_stream(
                    id,
                    channel,
                    transport,
                    bearer.as_deref(),
                    tenant.as_deref(),
                    version,
                );
            }
            Effect::CloseChannel => self.close_stream(id),
            Effect::Contend { contest, name, steal } => self.contend(id, contest, &name, steal),
            Effect::Yield => self.leave_locks(id),
            Effect::Tell(text) => self.broadcast(id, &text),
            Effect::Store(text) => self.store(id, text),
            Effect::Arm(delay) => {
                let deadline = self.monotonic(id) + delay.0.clamp(4, 0x7FFF_FFFF);
                self.tabs[id].timer = Some(deadline);
                self.arm_again(id);
            }
            Effect::Disarm => self.tabs[id].timer = None,
            Effect::ReadClaims { generation, token } => self.read_claims(id, generation, &token),
            Effect::AskPolicies { .. }
            | Effect::Notice(_)
            | Effect::Rest
            | Effect::Publish(_)
            | Effect::Report(_) => {}
        }
    }

    fn store(&mut self, id: usize, text: Option<String>) {
        let stored = self.tabs[id].oracle.to_store();
        match (text, stored) {
            (Some(text), Some(stored)) => self.tabs[id].storage = Some((text, stored)),
            (Some(_), None) => {
                self.fail(id, "the page stores a set that the oracle does not vouch for");
            }
            (None, _) => self.tabs[id].storage = None,
        }
    }

    /// Sets the host's timer for the tab's deadline.
    pub(crate) fn arm_again(&mut self, id: usize) {
        let Some(deadline) = self.tabs[id].timer else { return };
        self.tabs[id].timer_number += 1;
        let number = self.tabs[id].timer_number;
        let mut delay = deadline.saturating_sub(self.monotonic(id)).max(1);
        if self.tabs[id].is_hidden && !self.is_calm {
            // Timers in the background fire once a second, or once a minute (F24).
            let step = if self.random.percent(50) { 1000 } else { 60_000 };
            delay += step - (self.time + delay) % step;
        }
        self.after(delay, Some(id), move |world| world.fire(id, number));
    }

    fn fire(&mut self, id: usize, number: u64) {
        let tab = &self.tabs[id];
        let Some(deadline) = tab.timer.filter(|_| tab.timer_number == number) else { return };
        if self.monotonic(id) < deadline {
            return self.arm_again(id);
        }
        self.tabs[id].timer = None;
        if let Some(wrong) = self.tabs[id].ledger.fires(self.time) {
            return self.fail(id, wrong);
        }
        self.tell(id, Event::TimerFired, None);
    }

    /// Reads the claims of a token.
    fn read_claims(&mut self, id: usize, generation: u64, token: &str) {
        let Some(credential) = self.server.credential_of(token) else {
            return self.fail(id, "the session reads the claims of a token that nobody issued");
        };
        let paper = self.server.claims(credential);
        let document = self.tabs[id].session.reading().document(&server::body(&paper)).unwrap();
        let read = Ok(Claimed { document, reads_tenant: false, warnings: Vec::new() });
        self.after(0, Some(id), move |world| {
            world.tell(id, Event::ClaimsRead { generation, read }, Some(paper));
        });
    }

    fn ask_token(&mut self, id: usize, generation: u64) {
        if self.setting.is_alone {
            let now = self.now(id);
            if let Some(wrong) = self.tabs[id].ledger.loads(self.time, now, None) {
                return self.fail(id, wrong);
            }
        }
        let mut delay = self.random.below(200);
        if !self.is_calm && self.random.percent(2) {
            delay = 30_000;
        }
        let fails = !self.is_calm && self.random.percent(2);
        self.after(delay, Some(id), move |world| {
            let good = world.server.authenticate(world.tabs[id].token, world.time);
            let is_new = world.setting.is_alone && world.setting.issues_each_time;
            if let Some(old) = world.tabs[id].token
                && (is_new || (good.is_none() && world.setting.renews_tokens))
            {
                let user = world.server.credentials[old].user;
                world.tabs[id].token = Some(world.new_credential(user));
            }
            let token = world.tabs[id].token;
            let text = token.map(|token| world.server.credentials[token].text.clone());
            let token = if fails { Err("no network".into()) } else { Ok(text) };
            world.tell(id, Event::TokenAnswered { generation, token }, None);
        });
    }

    fn fetch(
        &mut self,
        id: usize,
        generation: u64,
        bearer: Option<&str>,
        tenant: Option<&str>,
        etag: Option<String>,
    ) {
        if self.tabs[id].flight.replace(generation).is_some() {
            return self.fail(id, "two requests are in flight");
        }
        let now = self.now(id);
        if let Some(wrong) = self.tabs[id].ledger.loads(self.time, now, bearer) {
            return self.fail(id, wrong);
        }
        let credential = match bearer {
            Some(text) => self.server.credential_of(text),
            None => self.browser.jar,
        };
        let tenant = TENANTS.iter().position(|one| *one == tenant).unwrap();
        let Some(there) = self.trip() else {
            if self.random.percent(50) {
                let delay = self.random.below(30_000);
                self.answer_after(id, generation, delay, Reply::Broken);
            }
            return;
        };
        self.after(there, None, move |world| {
            let etag = etag.as_deref();
            let reply = world.server.serve(credential, tenant, etag, world.time, &mut world.random);
            let Some(back) = world.trip() else { return };
            if world.random.percent(world.network.doubles) {
                let later = back + world.random.below(5000);
                world.answer_after(id, generation, later, reply.clone());
            }
            world.answer_after(id, generation, back, reply);
        });
    }

    fn answer_after(&mut self, id: usize, generation: u64, delay: u64, reply: Reply) {
        self.after(delay, Some(id), move |world| {
            let is_awaited = world.tabs[id].flight == Some(generation);
            if !is_awaited && world.setting.honours_abort {
                return;
            }
            let (answer, paper): (Answer, Option<Paper>) = match reply {
                Reply::Document { body, paper } => {
                    let etag = paper.as_ref().and_then(|paper| paper.etag.clone());
                    (Answer::Document { body, etag }, paper)
                }
                Reply::NotModified => (Answer::NotModified, None),
                Reply::Unauthorized => (Answer::Unauthorized, None),
                Reply::Status(status, retry_after) => {
                    let failure = Failure::Status(status);
                    (Answer::Failed { failure, retry_after: retry_after.map(Millis) }, None)
                }
                Reply::Broken => {
                    let failure = Failure::Network("broken".into());
                    (Answer::Failed { failure, retry_after: None }, None)
                }
                Reply::Silence => return,
            };
            if is_awaited {
                world.tabs[id].flight = None;
                let now = world.now(id);
                world.tabs[id].ledger.answered(world.time, now, &answer);
            }
            world.tell(id, Event::Answered { generation, answer }, paper);
        });
    }

    fn open_dialog(&mut self, id: usize, renewal: u64) {
        // While a dialog is open, no second one opens: its outcome answers the latest renewal.
        if let Some((open, _)) = &mut self.tabs[id].dialog {
            *open = renewal;
            return;
        }
        self.tabs[id].dialogs += 1;
        self.tabs[id].dialog = Some((renewal, self.tabs[id].oracle.last_user));
        // Some applications clear their token when they let the user sign in.
        if renewal.is_multiple_of(2) {
            self.tabs[id].token = None;
        }
        if self.is_calm || self.random.percent(80) {
            let delay = 500 + self.random.below(if self.is_calm { 2000 } else { 90_000 });
            self.after(delay, Some(id), move |world| world.answer_dialog(id));
        }
    }

    /// The user closes the login dialog; another user may be signed in now.
    pub(crate) fn answer_dialog(&mut self, id: usize) {
        let chance = if self.is_calm { 0 } else { self.random.below(100) };
        let Some((renewal, user)) = self.tabs[id].dialog.take() else { return };
        let user = match user.filter(|_| chance < 60) {
            Some(user) => user,
            None => self.random.index(server::USERS),
        };
        let outcome = if chance >= 90 {
            Err("the dialog broke".into())
        } else if chance >= 75 {
            Ok(Renewal::Refused)
        } else {
            let credential = self.new_credential(user);
            if self.setting.has_token() {
                self.tabs[id].token = Some(credential);
                Ok(Renewal::Token(self.server.credentials[credential].text.clone()))
            } else {
                self.browser.jar = Some(credential);
                Ok(Renewal::Renewed)
            }
        };
        if !matches!(outcome, Ok(Renewal::Token(_) | Renewal::Renewed)) {
            self.tabs[id].token = None;
        }
        self.tell(id, Event::RenewalAnswered { renewal, outcome }, None);
    }

    /// Signs a user in at the server.
    pub(crate) fn new_credential(&mut self, user: usize) -> usize {
        let short = !self.is_calm && self.random.percent(30);
        let long = if self.setting.is_alone { HOUR } else { FOREVER };
        let lives = if short { 20_000 + self.random.below(600_000) } else { long };
        self.server.sign_in(user, self.time, lives)
    }
}
