//! A load that is running: the answers that it awaits, and the requests that it still has to make.

use alloc::sync::Arc;

use crate::session::counters::{Generation, Ticket};
use crate::session::credentials::Known;
use crate::session::event::Answer;
use crate::session::notice::Cause;
use crate::time::Moment;

/// A load that is running.
#[derive(Clone, Debug)]
pub(in crate::session) struct Flight {
    pub(in crate::session) generation: Generation,
    /// When the set was requested.
    pub(in crate::session) started: Moment,
    /// When it is given up.
    pub(super) deadline: Moment,
    /// The credentials that it is sent with.
    pub(in crate::session) ticket: Ticket,
    /// Invalidated while in flight: its answer is stale on arrival; reload no earlier than this.
    pub(in crate::session) doubted: Option<(Moment, Cause)>,
    /// Whether it awaits the policies, without which no document can be read.
    pub(super) awaits_policies: bool,
    /// An answer that waits for the policies, or for its claims to be read.
    pub(super) parked: Option<Parked>,
    /// The application was asked for the token, and has not answered.
    pub(super) awaits_token: bool,
    /// Whether an entity tag was sent: only then does a 304 confirm the set.
    pub(in crate::session) is_conditional: bool,
    pub(super) unasked: Unasked,
}

impl Flight {
    /// Whether the policies are still awaited.
    pub(in crate::session) fn awaits_policies(&self) -> bool {
        self.awaits_policies
    }

    /// The policies have come. Returns the answer that waited for them.
    pub(in crate::session) fn take_policies(&mut self) -> Option<Parked> {
        self.awaits_policies = false;
        self.parked.take()
    }

    /// Keeps an answer until it can be read.
    pub(in crate::session) fn park(&mut self, parked: Parked) {
        self.parked = Some(parked);
    }

    /// The token whose claims were read.
    pub(in crate::session) fn take_token(&mut self) -> Option<Arc<Known>> {
        match self.parked.take()? {
            Parked::Token(token) => Some(token),
            Parked::Answer(_) => None,
        }
    }
}

/// An answer that waits until it can be read.
#[derive(Clone, Debug)]
pub(in crate::session) enum Parked {
    /// A token whose claims must be read.
    Token(Arc<Known>),
    /// The answer of the endpoint.
    Answer(Answer),
}

/// The requests that a load still has to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Unasked {
    /// Why the load begins, if it begins with these requests.
    pub(in crate::session) cause: Option<Cause>,
    pub(in crate::session) policies: bool,
    pub(in crate::session) token: bool,
    pub(in crate::session) claims: bool,
    pub(in crate::session) endpoint: bool,
}
