//! One tab: a session, and the state of the page around it.

use std::cell::RefCell;

use permgate_core::session::{Effect, Session};
use permgate_testbed::Performer;

use crate::call::Call;
use crate::ledger::Ledger;
use crate::memo::Memo;
use crate::oracle::Oracle;
use crate::vouchers::Kept;

/// What waits for a module that has not come yet.
#[derive(Default)]
pub(crate) struct Waiting {
    /// What the session asked for, and only a module that is there does.
    pub(crate) effects: Vec<Effect>,
    /// What other tabs said.
    pub(crate) heard: Vec<String>,
    /// The request was answered: a promise is kept once.
    pub(crate) is_answered: bool,
}

pub(crate) struct Tab {
    pub(crate) session: Session,
    /// Finds effects that no session may ask for; the world does what the others need.
    pub(crate) performer: Performer,
    pub(crate) oracle: Oracle,
    pub(crate) ledger: Ledger,
    /// What its set answered.
    pub(crate) memo: RefCell<Option<Memo>>,
    pub(crate) is_alive: bool,
    pub(crate) is_hidden: bool,
    pub(crate) is_disposed: bool,
    /// Since when, by its monotonic clock.
    pub(crate) frozen: Option<u64>,
    /// It was told before.
    pub(crate) knows_it_froze: bool,
    pub(crate) opened_at: u64,
    pub(crate) slept_before: u64,
    /// When the timer fires, by the monotonic clock.
    pub(crate) timer: Option<u64>,
    pub(crate) timer_number: u64,
    /// The application's token.
    pub(crate) token: Option<usize>,
    pub(crate) tenant: usize,
    /// The request under way.
    pub(crate) flight: Option<u64>,
    /// The stream that is open.
    pub(crate) stream: Option<usize>,
    /// The login dialog that is open, whose it was, and how it ends when it is answered.
    pub(crate) dialog: Option<(u64, Option<usize>)>,
    /// Guarded requests that wait for new credentials.
    pub(crate) waiting: Vec<Call>,
    /// `sessionStorage`.
    pub(crate) storage: Option<(String, Kept)>,
    pub(crate) step_ups: usize,
    /// How many login dialogs were opened.
    pub(crate) dialogs: usize,
    /// Its module has not come yet.
    pub(crate) waiting_for_module: Option<Waiting>,
}

impl Tab {
    pub(crate) fn is_running(&self) -> bool {
        let is_there = self.is_alive && self.waiting_for_module.is_none();
        is_there && self.frozen.is_none() && !self.is_disposed
    }
}
