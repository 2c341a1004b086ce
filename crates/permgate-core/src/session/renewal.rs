//! What happens between a 401 and the new credentials: who is asked, and which requests wait.
//!
//! A refused request is judged by the source first, which also brings a token that renews itself.
//! If the source refuses, too, the application is asked for new credentials, once for all requests
//! that wait; then the source proves them. Only credentials of the same user send a request again.

use alloc::string::String;

use super::effect::{Effect, Effects, Problem};
use super::event::Renewal;
use super::notice::Cause;
use super::{Absence, Session};

/// Where the way to new credentials stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cycle {
    /// The source judges whether the credentials are gone.
    Judging,
    /// The application is asked for new ones.
    Asking,
    /// The source judges the new ones.
    Proving,
}

/// What becomes of a request that was refused for its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The application gets the refusal.
    Pass,
    /// It is to be sent again, with the credentials of now.
    Replay,
    /// That is not known yet: ask again after [`Effect::Settled`].
    Wait,
}

impl Session {
    /// What becomes of a request that was sent with this ticket, and met 401. For one that was sent
    /// again already, nobody asks.
    #[must_use]
    pub fn verdict(&self, ticket: u64) -> Verdict {
        if ticket < self.epoch_ticket || self.disposed {
            Verdict::Pass
        } else if self.cycle.is_some() {
            Verdict::Wait
        } else if ticket < self.ticket {
            Verdict::Replay
        } else {
            Verdict::Pass
        }
    }

    /// Numbers the credentials: what is sent from now on is sent with these.
    #[must_use]
    pub fn ticket(&self) -> u64 {
        self.ticket
    }

    /// Asks the application for new credentials, if it can be asked and the user is not gone for
    /// good. Whoever it was is kept in mind: only the same user goes on.
    pub(super) fn ask_renewal(&mut self, effects: &mut Effects) -> bool {
        let is_over = self.signed_out || self.was_asked || self.cycle == Some(Cycle::Proving);
        if !self.config.asks_renewal || is_over {
            return false;
        }
        if let Some(token) = self.token.take() {
            self.refused = Some(token);
        }
        self.drop_held(Absence::Unauthenticated);
        self.due = None;
        if self.cycle == Some(Cycle::Asking) {
            return true;
        }
        self.renewals += 1;
        self.cycle = Some(Cycle::Asking);
        effects.push(Effect::AskRenewal { renewal: self.renewals });
        true
    }

    /// The credentials are refused: the application is asked, or nobody is signed in any more.
    pub(super) fn lose_credentials(&mut self, effects: &mut Effects) {
        if self.is_probe {
            // Nobody signed in elsewhere: as before.
            return self.forget_credentials(effects);
        }
        let is_proven_bad = self.cycle == Some(Cycle::Proving);
        if self.ask_renewal(effects) {
            return;
        }
        self.give_up(is_proven_bad, effects);
        effects.push(Effect::Report(Problem::Unauthorized));
    }

    /// Nobody is signed in; and nobody is asked again, if that was just done.
    pub(super) fn give_up(&mut self, was_asked: bool, effects: &mut Effects) {
        self.forget_credentials(effects);
        self.was_asked |= was_asked;
    }

    /// There is something new: somebody may be there, and may be asked.
    pub(super) fn come_back(&mut self) {
        self.signed_out = false;
        self.was_asked = false;
    }

    /// Whether the answer of this renewal counts.
    #[must_use]
    pub fn awaits_renewal(&self, renewal: u64) -> bool {
        renewal == self.renewals && self.cycle == Some(Cycle::Asking)
    }

    pub(super) fn renewal_answered(
        &mut self,
        renewal: u64,
        outcome: Result<Renewal, String>,
        effects: &mut Effects,
    ) {
        if !self.awaits_renewal(renewal) {
            return;
        }
        // What refuses the new ones is news.
        self.unauthorized = None;
        match outcome {
            Ok(Renewal::Token(token)) => {
                self.take_tokens();
                self.adopt(token);
                self.cycle = Some(Cycle::Proving);
                self.restart(Cause::Credentials, effects);
            }
            // There is nothing that could tell who it is.
            Ok(Renewal::Renewed) if !self.has_something_to_load() => self.give_up(true, effects),
            Ok(Renewal::Renewed) => {
                self.ticket += 1;
                self.cycle = Some(Cycle::Proving);
                self.restart(Cause::Credentials, effects);
            }
            Ok(Renewal::Refused) => self.give_up(true, effects),
            Err(message) => {
                self.give_up(true, effects);
                effects.push(Effect::Report(Problem::RenewalFailed(message)));
            }
        }
        if matches!(self.absence, Absence::Unauthenticated) && self.due.is_some() {
            self.absence = Absence::Loading;
        }
    }
}
