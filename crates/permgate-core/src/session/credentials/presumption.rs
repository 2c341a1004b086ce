//! What is presumed of credentials that name nobody: the same user, until the endpoint answers to
//! them. Requests that were sent with such credentials are sent again only if it did.

use alloc::string::String;

use super::identity::Identity;
use crate::session::counters::Ticket;

/// What is presumed of the user of now.
#[derive(Clone, Debug, Default)]
pub(super) struct Presumption {
    /// The user whom credentials of this epoch named last, though those of now name nobody.
    told: Option<Identity>,
    /// The credentials of now name nobody, and no answer of the endpoint to them has named a user:
    /// the last ticket before them.
    after: Option<Ticket>,
    /// The tickets of such credentials that were replaced before the endpoint judged them: those
    /// above the first, up to the second.
    unjudged: Option<(Ticket, Ticket)>,
    /// A token that named nobody and was seen while nobody was signed in, and the last ticket before
    /// what was sent with it.
    stranger: Option<(String, Ticket)>,
}

impl Presumption {
    /// Whether it is presumed, and not known, that the user is still the same.
    pub(super) fn is_open(&self) -> bool {
        self.after.is_some()
    }

    /// Credentials that name nobody follow those that `before` told; `ticket` is the last one before
    /// them.
    pub(super) fn open(&mut self, before: Identity, ticket: Ticket) {
        self.leave_unjudged(ticket);
        if before != Identity::Untold {
            self.told = Some(before);
        }
        self.after = Some(self.stranger.as_ref().map_or(ticket, |(_, before)| *before));
    }

    /// An answer to earlier credentials began another epoch: those of now are still to be judged.
    pub(super) fn reopen(&mut self, ticket: Ticket) {
        self.after.get_or_insert(ticket);
    }

    /// The credentials of now name their user.
    pub(super) fn close(&mut self, ticket: Ticket) {
        self.leave_unjudged(ticket);
        self.after = None;
    }

    /// The endpoint named the user of the credentials of now.
    pub(super) fn confirm(&mut self) {
        self.after = None;
    }

    fn leave_unjudged(&mut self, ticket: Ticket) {
        if let Some(after) = self.after {
            let first = self.unjudged.map_or(after, |(first, _)| first.min(after));
            self.unjudged = Some((first, ticket));
        }
    }

    /// Whether any credentials were left unjudged, or are going to be.
    pub(super) fn leaves_unjudged(&self) -> bool {
        self.after.is_some() || self.unjudged.is_some()
    }

    /// Whether requests with this ticket were sent with credentials that nobody has judged, and that
    /// are not those of now.
    pub(super) fn is_unjudged(&self, ticket: u64) -> bool {
        self.unjudged.is_some_and(|(after, last)| after.0 < ticket && ticket <= last.0)
    }

    /// Whether credentials of this epoch named exactly this user.
    pub(super) fn has_told(&self, identity: &Identity) -> bool {
        self.told.as_ref() == Some(identity)
    }

    /// Whether credentials of this epoch named another user.
    pub(super) fn has_told_another(&self, identity: &Identity) -> bool {
        self.told.as_ref().is_some_and(|told| told != identity)
    }

    /// While nobody is signed in, the application sends a token that names nobody.
    pub(super) fn meet(&mut self, stranger: String, before: Ticket) {
        self.stranger = Some((stranger, before));
    }

    /// A token is adopted. Whether another one was sent before it, by nobody knows whom.
    pub(super) fn take_stranger(&mut self, token: &str) -> bool {
        self.stranger.take().is_some_and(|(stranger, _)| stranger != token)
    }
}
