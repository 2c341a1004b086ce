//! The credentials of a session: the token, its user, and its state. A cookie is credentials
//! without a token.

mod card;
mod identity;
mod issuing;
mod presumption;
mod standing;

use alloc::string::String;
use alloc::sync::Arc;

pub(super) use card::{Known, is_sendable};
pub(super) use identity::Identity;
use issuing::Issuing;
use presumption::Presumption;
pub(super) use standing::Standing;

use super::counters::{Epoch, RenewalNumber, Ticket};
use crate::time::{Clock, Millis, Moment, Wall};
use crate::wire::Reading;

/// A token takes less time than this to come: a clock that is further ahead is wrong.
const CLOCK_WRONG: Millis = Millis::from_seconds(60);

/// The verdict on a request that was refused for its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The application gets the refusal.
    Pass,
    /// It should be sent again, with the current credentials.
    Replay,
    /// That is not known yet: ask again after [`super::Effect::Settled`].
    Wait,
}

/// The credentials, and the numbers by which requests remember them.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    /// The token that came last.
    newest: Option<Arc<Known>>,
    /// Whether that is the current token.
    is_current: bool,
    identity: Identity,
    presumption: Presumption,
    issuing: Issuing,
    epoch: Epoch,
    ticket: Ticket,
    /// The first ticket of this user.
    epoch_ticket: Ticket,
    standing: Standing,
    renewal: Renewal,
    /// The token that the endpoint refused: its claims are no longer believed.
    refused: Option<String>,
    /// Nobody was signed in before this user.
    was_nobody: bool,
}

/// A request to the application for new credentials.
#[derive(Clone, Copy, Debug, Default)]
struct Renewal {
    number: RenewalNumber,
    /// The application has not been asked yet.
    is_unasked: bool,
}

impl Credentials {
    pub(super) fn new() -> Self {
        Self {
            newest: None,
            is_current: false,
            identity: Identity::Untold,
            presumption: Presumption::default(),
            issuing: Issuing::default(),
            epoch: Epoch::default(),
            ticket: Ticket::default(),
            epoch_ticket: Ticket::default(),
            standing: Standing::Assumed,
            renewal: Renewal::default(),
            refused: None,
            was_nobody: false,
        }
    }

    pub(super) fn token(&self) -> Option<&Arc<Known>> {
        self.newest.as_ref().filter(|_| self.is_current)
    }

    /// The text of the token to send.
    pub(super) fn bearer(&self) -> Option<String> {
        self.token().map(|token| token.text().into())
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub(super) fn ticket(&self) -> Ticket {
        self.ticket
    }

    pub(super) fn standing(&self) -> Standing {
        self.standing
    }

    pub(super) fn set_standing(&mut self, standing: Standing) {
        self.standing = standing;
    }

    /// Nobody is signed in, and the next load looks for a sign-in in another tab. Returns false if
    /// none is looked for: after a sign-out here, or while the application is asked.
    pub(super) fn probe(&mut self) -> bool {
        if let Standing::Nobody { has_left: false, was_asked } = self.standing {
            self.standing = Standing::Probing { was_asked };
        }
        self.standing.is_probing()
    }

    /// Whether a request with this ticket was sent for an earlier user.
    pub(super) fn is_of_earlier_user(&self, ticket: u64) -> bool {
        ticket < self.epoch_ticket.0 || self.presumption.is_unjudged(ticket)
    }

    /// Whether a request with this ticket was sent with earlier credentials.
    pub(super) fn is_outdated(&self, ticket: u64) -> bool {
        ticket < self.ticket.0
    }

    /// Whether nobody was signed in before the current user was proven.
    pub(super) fn was_nobody(&self) -> bool {
        self.was_nobody
    }

    /// The verdict on a request with this ticket that met a 401.
    pub(super) fn verdict(&self, ticket: u64) -> Verdict {
        if self.is_of_earlier_user(ticket) {
            Verdict::Pass
        } else if self.is_waiting() {
            Verdict::Wait
        } else if self.is_outdated(ticket) {
            Verdict::Replay
        } else {
            Verdict::Pass
        }
    }

    /// Whether requests that met 401 wait until the endpoint has judged the credentials.
    pub(super) fn is_waiting(&self) -> bool {
        self.standing.is_waiting() || (self.is_presumed() && self.epoch_ticket < self.ticket)
    }

    /// Whether the user is presumed, not known, to be the same.
    pub(super) fn is_presumed(&self) -> bool {
        self.presumption.is_open()
    }

    /// Takes new credentials that name no user: the user is presumed to be the same.
    pub(super) fn presume(&mut self) {
        let before = core::mem::replace(&mut self.identity, Identity::Untold);
        self.presumption.open(before, self.ticket);
    }

    /// Another epoch began, whose credentials name no user: later requests must be judged as
    /// before.
    pub(super) fn presume_still(&mut self) {
        self.presumption.reopen(self.ticket.before());
    }

    /// Whether credentials of this epoch named exactly this user.
    pub(super) fn has_named(&self, identity: &Identity) -> bool {
        self.presumption.has_named(identity)
    }

    /// Whether credentials of this epoch named another user.
    pub(super) fn has_named_another(&self, identity: &Identity) -> bool {
        self.presumption.has_named_another(identity)
    }

    /// While nobody is signed in, the application sends this token, which names no user. Requests
    /// with it are not replayed with another one.
    pub(super) fn meet(&mut self, stranger: &Known) {
        self.presumption.meet(stranger.text().into(), self.ticket.before());
    }

    /// A token, read once, when it first came.
    pub(super) fn read(&self, text: String, reading: &Reading) -> Arc<Known> {
        match &self.newest {
            Some(known) if known.text() == text => Arc::clone(known),
            _ => Arc::new(Known::read(text, reading)),
        }
    }

    /// The issuer's time according to this token, which the application's function returned at the
    /// time of this clock, if it shows that the clock is wrong.
    pub(super) fn time_of_issuer(&mut self, token: &Known, clock: &Clock) -> Option<Wall> {
        let issued = token.issued()?;
        let (is_new, now) = (self.issuing.is_new(issued, clock.elapsed()), clock.issuers_time());
        let is_wrong = now > issued + CLOCK_WRONG || token.end().is_some_and(|end| end <= now);
        (is_new && is_wrong).then_some(issued)
    }

    /// From when on the next token may show that the clock is wrong.
    pub(super) fn issuing_is_comparable(&self) -> Option<Moment> {
        self.issuing.comparable()
    }

    /// Sends this token from here on. Returns false if the endpoint has refused it before.
    pub(super) fn adopt(&mut self, token: Arc<Known>) -> bool {
        let is_refused = self.is_refused(token.text());
        if self.token().is_none_or(|known| known.text() != token.text()) {
            self.ticket.advance();
        }
        if self.presumption.take_stranger(token.text()) {
            self.epoch_ticket = self.ticket;
        }
        self.newest = Some(token);
        self.is_current = true;
        !is_refused
    }

    /// Drops the token.
    pub(super) fn drop_token(&mut self) {
        self.is_current = false;
    }

    pub(super) fn is_refused(&self, token: &str) -> bool {
        self.refused.as_deref() == Some(token)
    }

    /// The source refused the current token.
    pub(super) fn refuse_token(&mut self) {
        self.refused = self.bearer();
    }

    /// Takes new credentials without a token of their own: their requests get a new ticket.
    pub(super) fn renew(&mut self) {
        self.ticket.advance();
    }

    /// Begins the requests of another user; earlier requests belong to that user only if no user
    /// was known before (`keeps_requests`), and no token without a user was sent.
    pub(super) fn begin_epoch(&mut self, keeps_requests: bool) {
        let before = core::mem::take(&mut self.presumption);
        self.epoch.advance();
        let ticket = self.ticket.advance();
        if !keeps_requests || before.leaves_unjudged() {
            self.epoch_ticket = ticket;
        }
    }

    pub(super) fn identify(&mut self, identity: Identity) {
        if identity != Identity::Untold {
            self.presumption.close(self.ticket);
        }
        self.identity = identity;
    }

    /// Nobody is signed in.
    pub(super) fn forget_everybody(&mut self, before: Standing) {
        self.standing = before.nobody();
        self.was_nobody = true;
    }

    /// The source named the user of the newest credentials, or of earlier ones (`is_of_now`).
    /// Returns whether nobody was signed in before.
    pub(super) fn prove(&mut self, is_of_now: bool) -> bool {
        if is_of_now {
            self.presumption.confirm();
        } else if self.identity == Identity::Untold {
            self.presumption.reopen(self.ticket);
        }
        if self.standing == Standing::Asking {
            // A user signed in without waiting for the application's answer.
            self.ticket.advance();
        }
        self.standing = Standing::Assumed;
        let was_nobody = core::mem::take(&mut self.was_nobody);
        if was_nobody && self.token().is_none() {
            // By a cookie: earlier requests may have been sent with another one.
            self.epoch_ticket = self.ticket.advance();
        }
        was_nobody
    }

    /// Whether an answer of a source that knows the user by cookie may be about another user than
    /// before, because of a sign-in.
    pub(super) fn may_be_another(&self) -> bool {
        (self.standing.is_waiting() || self.is_presumed()) && self.identity == Identity::Untold
    }

    /// A load failed. Returns whether another one follows: not while the application is being
    /// asked, or after a load that only looked for a sign-in elsewhere.
    pub(super) fn fail(&mut self) -> bool {
        if self.is_presumed() {
            // The user of the new credentials is not known: waiting requests are not replayed.
            self.epoch_ticket = self.ticket;
        }
        match self.standing {
            // Unless a user signed in meanwhile, whose token must still be judged.
            Standing::Asking => return self.token().is_some(),
            Standing::Probing { .. } => {
                self.standing = self.standing.nobody();
                return false;
            }
            // With a cookie the user of the new credentials is not known: waiting requests are not
            // replayed.
            Standing::Proving if self.identity == Identity::Untold => {
                self.epoch_ticket = self.ticket;
                self.standing = Standing::Assumed;
            }
            Standing::Judging | Standing::Proving => self.standing = Standing::Assumed,
            Standing::Assumed | Standing::Nobody { .. } => {}
        }
        true
    }

    /// Asks the application for new credentials, unless it is already being asked.
    pub(super) fn ask(&mut self) {
        if self.standing != Standing::Asking {
            if self.token().is_some() {
                self.refuse_token();
            }
            self.renewal.number.advance();
            self.renewal.is_unasked = true;
            self.standing = Standing::Asking;
        }
        self.drop_token();
    }

    /// The number of the renewal for which the application must be asked now.
    pub(super) fn take_unasked(&mut self) -> Option<u64> {
        core::mem::take(&mut self.renewal.is_unasked).then_some(self.renewal.number.0)
    }

    /// Whether the answer to this renewal is still awaited.
    pub(super) fn awaits_renewal(&self, renewal: u64) -> bool {
        renewal == self.renewal.number.0 && self.standing == Standing::Asking
    }
}
