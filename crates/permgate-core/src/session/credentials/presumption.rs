//! The presumption that credentials without a user belong to the same user, until the endpoint
//! answers to them. Requests that were sent with such credentials are replayed only if it did.

use alloc::string::String;

use super::identity::Identity;
use crate::session::counters::Ticket;

/// The presumption about the current user.
#[derive(Clone, Debug, Default)]
pub(super) struct Presumption {
    /// The user whom credentials of this epoch named last, although the current ones name none.
    last_named: Option<Identity>,
    /// Set while the current credentials name no user, and no answer of the endpoint to them has
    /// named one: the last ticket before them.
    after: Option<Ticket>,
    /// The tickets of such credentials that were replaced before the endpoint judged them: those
    /// above the first, up to the second.
    unjudged: Option<(Ticket, Ticket)>,
    /// A token without a user that was seen while nobody was signed in, and the last ticket before
    /// its requests.
    stranger: Option<(String, Ticket)>,
}

impl Presumption {
    /// Whether the user is presumed, not known, to be the same.
    pub(super) fn is_open(&self) -> bool {
        self.after.is_some()
    }

    /// Credentials without a user follow those of `before`; `ticket` is the last one before them.
    pub(super) fn open(&mut self, before: Identity, ticket: Ticket) {
        self.leave_unjudged(ticket);
        if before != Identity::Untold {
            self.last_named = Some(before);
        }
        self.after = Some(self.stranger.as_ref().map_or(ticket, |(_, before)| *before));
    }

    /// An answer to earlier credentials began another epoch: the current ones must still be judged.
    pub(super) fn reopen(&mut self, ticket: Ticket) {
        self.after.get_or_insert(ticket);
    }

    /// The current credentials name their user.
    pub(super) fn close(&mut self, ticket: Ticket) {
        self.leave_unjudged(ticket);
        self.after = None;
    }

    /// The endpoint named the user of the current credentials.
    pub(super) fn confirm(&mut self) {
        self.after = None;
    }

    fn leave_unjudged(&mut self, ticket: Ticket) {
        if let Some(after) = self.after {
            let first = self.unjudged.map_or(after, |(first, _)| first.min(after));
            self.unjudged = Some((first, ticket));
        }
    }

    /// Whether any credentials were left unjudged, or will be.
    pub(super) fn leaves_unjudged(&self) -> bool {
        self.after.is_some() || self.unjudged.is_some()
    }

    /// Whether requests with this ticket were sent with credentials that were never judged and are
    /// not the current ones.
    pub(super) fn is_unjudged(&self, ticket: u64) -> bool {
        self.unjudged.is_some_and(|(after, last)| after.0 < ticket && ticket <= last.0)
    }

    /// Whether credentials of this epoch named exactly this user.
    pub(super) fn has_named(&self, identity: &Identity) -> bool {
        self.last_named.as_ref() == Some(identity)
    }

    /// Whether credentials of this epoch named another user.
    pub(super) fn has_named_another(&self, identity: &Identity) -> bool {
        self.last_named.as_ref().is_some_and(|named| named != identity)
    }

    /// While nobody is signed in, the application sends a token that names no user.
    pub(super) fn meet(&mut self, stranger: String, before: Ticket) {
        self.stranger = Some((stranger, before));
    }

    /// A token is adopted. Returns whether another one was sent before it, whose user is unknown.
    pub(super) fn take_stranger(&mut self, token: &str) -> bool {
        self.stranger.take().is_some_and(|(stranger, _)| stranger != token)
    }
}
