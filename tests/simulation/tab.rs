//! One tab: a session, and the state of the page around it.

use std::cell::RefCell;

use permgate_core::session::{Effect, Session};
use permgate_testbed::Performer;

use crate::call::Call;
use crate::ledger::Ledger;
use crate::memo::Memo;
use crate::oracle::Oracle;
use crate::vouchers::StoredPaper;

/// The events and effects that wait for the module.
#[derive(Default)]
pub(crate) struct Waiting {
    /// Effects that only a module can perform.
    pub(crate) effects: Vec<Effect>,
    /// Messages of other tabs.
    pub(crate) messages: Vec<String>,
    /// Whether the request was answered: a promise is resolved once.
    pub(crate) is_answered: bool,
}

pub(crate) struct Tab {
    pub(crate) session: Session,
    /// Finds effects that no session may return; the world performs the others.
    pub(crate) performer: Performer,
    pub(crate) oracle: Oracle,
    pub(crate) ledger: Ledger,
    /// The answers of its set.
    pub(crate) memo: RefCell<Option<Memo>>,
    pub(crate) is_alive: bool,
    pub(crate) is_hidden: bool,
    pub(crate) is_disposed: bool,
    /// Since when the page is frozen, by its monotonic clock.
    pub(crate) frozen: Option<u64>,
    /// Whether the page got an event before it was frozen.
    pub(crate) knows_it_froze: bool,
    pub(crate) opened_at: u64,
    pub(crate) slept_before: u64,
    /// When the timer fires, by the monotonic clock.
    pub(crate) timer: Option<u64>,
    pub(crate) timer_number: u64,
    /// The application's token.
    pub(crate) token: Option<usize>,
    pub(crate) tenant: usize,
    /// The load in flight.
    pub(crate) flight: Option<u64>,
    /// The stream that is open.
    pub(crate) stream: Option<usize>,
    /// The open login dialog: the renewal, and the user who was signed in before.
    pub(crate) dialog: Option<(u64, Option<usize>)>,
    /// Guarded requests that wait for new credentials.
    pub(crate) waiting: Vec<Call>,
    /// `sessionStorage`.
    pub(crate) storage: Option<(String, StoredPaper)>,
    pub(crate) step_ups: usize,
    /// How many login dialogs were opened.
    pub(crate) dialogs: usize,
    /// Set until its module is loaded.
    pub(crate) waiting_for_module: Option<Waiting>,
}

impl Tab {
    pub(crate) fn is_running(&self) -> bool {
        let is_there = self.is_alive && self.waiting_for_module.is_none();
        is_there && self.frozen.is_none() && !self.is_disposed
    }
}
