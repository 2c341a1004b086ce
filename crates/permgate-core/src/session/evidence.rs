//! What responses to the application's own requests, and what happens to the page, tell about the
//! set that is held; and the way from a 401 to new credentials.

use alloc::string::String;

use super::Session;
use super::config::Source;
use super::credentials::Standing;
use super::effect::{Effect, Effects};
use super::event::{Life, Observation, Renewal};
use super::notice::Cause;
use super::problem::Problem;
use super::subject::Heard;
use crate::wire::{Refusal, VersionHeader};

impl Session {
    pub(super) fn observed(&mut self, observation: &Observation, effects: &mut Effects) {
        if self.credentials.is_of_earlier_user(observation.ticket) {
            return;
        }
        if let Some(header) = &observation.version
            && self.hear_of(header, Cause::Version)
        {
            self.tell_tabs("version", Some(header.version), &[], effects);
        }
        match observation.status {
            401 => match Refusal::of(observation.challenge.as_deref()) {
                Refusal::Credentials => self.hear_unauthorized(observation, effects),
                Refusal::StepUp(step_up) => effects.push(Effect::StepUp(step_up)),
                // The application's client sends the request again, with the nonce.
                Refusal::DpopNonce => {}
            },
            403 => self.hear_forbidden(Cause::Forbidden),
            _ => {}
        }
    }

    /// Something carried a version. Whether it is news.
    pub(super) fn hear_of(&mut self, header: &VersionHeader, cause: Cause) -> bool {
        let now = self.clock.elapsed();
        if self.supply.subject.has_bootstrap() {
            // It cannot be compared before the document is read.
            self.invalidate(now, cause);
        }
        match self.supply.subject.hear(header) {
            Heard::Nothing => false,
            Heard::Again => {
                self.hear_forbidden(cause);
                false
            }
            Heard::News => {
                self.invalidate(now, cause);
                true
            }
        }
    }

    /// The credentials may be gone: nothing is believed until the endpoint has answered anew. If it
    /// did so just now, and they were not, the application is refused for reasons of its own.
    fn hear_unauthorized(&mut self, observation: &Observation, effects: &mut Effects) {
        if self.credentials.is_outdated(observation.ticket) {
            return;
        }
        let standing = self.credentials.standing();
        if observation.is_replay {
            // The new ones do not help: enough.
            if !self.is_nobody() || standing.is_waiting() {
                self.give_up(true, effects);
                effects.push(Effect::Report(Problem::Unauthorized));
            }
            return;
        }
        if standing.is_waiting() {
            return;
        }
        if self.is_nobody() {
            self.ask_renewal();
            return;
        }
        if self.supply.setup.source() == Source::Token {
            self.credentials.refuse_token();
        }
        if !self.supply.has_source() {
            // Nobody can judge.
            return self.lose_credentials(effects);
        }
        if self.doubt_credentials(Cause::Unauthorized, effects) && self.config.renews {
            self.credentials.set_standing(Standing::Judging);
        }
    }

    /// Believes nothing until the source has answered anew; but not again and again, if it was
    /// asked just now. Whether it is asked now.
    pub(super) fn doubt_credentials(&mut self, cause: Cause, effects: &mut Effects) -> bool {
        let now = self.clock.elapsed();
        self.supply.subject.distrust_claims();
        self.supply.subject.keep_bootstrap(None);
        if self.is_nobody() {
            return false;
        }
        // What the server itself says of the session, it says once.
        let is_pushed = cause == Cause::Push;
        let window = self.supply.subject.unauthorized_until(now).filter(|_| !is_pushed);
        if let Some(window_ends) = window {
            self.invalidate(window_ends, cause);
            return false;
        }
        self.supply.subject.empty(now);
        self.restart(cause, effects);
        // A source that wants to be left alone cannot judge.
        !self.supply.loader.wait(now)
    }

    /// What is held allowed what the server refused, or somebody says that it is out of date: it is
    /// loaded again, but not for each time that this is said.
    pub(super) fn hear_forbidden(&mut self, cause: Cause) {
        let moment = self.supply.subject.after_forbidden(self.clock.elapsed());
        self.invalidate(moment, cause);
    }

    /// Asks the application for new credentials, if it can be asked and the user is not gone for
    /// good. The identity is kept in mind: only the same user goes on.
    fn ask_renewal(&mut self) -> bool {
        let asks = self.config.asks_renewal && self.credentials.standing().may_ask();
        if asks {
            self.supply.subject.drop_held(super::Absence::Loading);
            self.supply.loader.rest();
            self.credentials.ask();
        }
        asks
    }

    /// The credentials are refused: the application is asked, or nobody is signed in any more.
    pub(super) fn lose_credentials(&mut self, effects: &mut Effects) {
        let standing = self.credentials.standing();
        if standing.is_probing() {
            // Nobody signed in elsewhere: as before.
            return self.forget_credentials(effects);
        }
        if self.ask_renewal() {
            return;
        }
        self.give_up(standing == Standing::Proving, effects);
        effects.push(Effect::Report(Problem::Unauthorized));
    }

    /// Nobody is signed in; and nobody is asked again, if that was just done.
    fn give_up(&mut self, was_asked: bool, effects: &mut Effects) {
        self.forget_credentials(effects);
        if was_asked {
            self.credentials.set_standing(self.credentials.standing().asked());
        }
    }

    /// The user left, here or in another tab: nobody is looked for, or asked to come back.
    pub(super) fn sign_out(&mut self, effects: &mut Effects) {
        self.forget_credentials(effects);
        self.credentials.set_standing(self.credentials.standing().left());
    }

    /// There is something new: somebody may be there, and may be asked.
    pub(super) fn come_back(&mut self) {
        self.credentials.set_standing(self.credentials.standing().come_back());
    }

    pub(super) fn renewal_answered(
        &mut self,
        renewal: u64,
        outcome: Result<Renewal, String>,
        effects: &mut Effects,
    ) {
        if !self.credentials.awaits_renewal(renewal) {
            return;
        }
        // What refuses the new ones is news.
        self.supply.subject.forget_unauthorized();
        match outcome {
            Ok(Renewal::Token(token)) => {
                self.supply.setup.take_tokens();
                self.adopt(self.credentials.read(token, self.supply.setup.tenant()));
                self.prove(effects);
            }
            // There is nothing that could tell who it is.
            Ok(Renewal::Renewed) if !self.supply.has_source() => self.give_up(true, effects),
            Ok(Renewal::Renewed) => {
                self.credentials.renew();
                self.prove(effects);
            }
            Ok(Renewal::Refused) => self.give_up(true, effects),
            Err(message) => {
                self.give_up(true, effects);
                effects.push(Effect::Report(Problem::RenewalFailed(message)));
            }
        }
    }

    /// The source judges the new credentials.
    fn prove(&mut self, effects: &mut Effects) {
        self.credentials.set_standing(Standing::Proving);
        self.restart(Cause::Credentials, effects);
    }

    /// What happens to the page. Events of the host are hints, and often wrong: they hurry
    /// something along, and nothing waits for them.
    pub(super) fn lives(&mut self, life: Life) {
        let now = self.clock.elapsed();
        match life {
            Life::Hidden | Life::Offline => {}
            Life::Suspended => self.is_suspended = true,
            Life::Resumed => self.go_on(),
            // Some hosts do not say that a page goes on.
            Life::Shown if self.is_suspended => self.go_on(),
            Life::Shown => self.freshen(Cause::Shown),
            Life::Navigated => self.freshen(Cause::Navigated),
            Life::Online => {
                self.channel.hurry(now);
                let has_failed = self.supply.subject.absence() == Some(super::Absence::Failed);
                if has_failed || self.supply.loader.is_failing() {
                    self.supply.loader.forget_failures();
                    self.freshen(Cause::Online);
                }
            }
        }
    }

    /// The page was frozen: it did not hear what was said meanwhile.
    fn go_on(&mut self) {
        self.is_suspended = false;
        self.supply.loader.forget_recent();
        self.channel.hurry(self.clock.elapsed());
        self.freshen(Cause::Resumed);
    }

    /// Asks the source, unless it was asked just now, or speaks by itself.
    fn freshen(&mut self, cause: Cause) {
        let now = self.clock.elapsed();
        let subject = &self.supply.subject;
        let is_live = subject.is_held() && self.channel.is_live(now);
        let is_nobody = self.is_nobody();
        let is_idle = !is_nobody && subject.absence() == Some(super::Absence::Idle);
        if self.supply.loader.is_recent(now) || is_live || is_idle {
            return;
        }
        if is_nobody {
            // Somebody may have signed in elsewhere; not the user who left here, or is being asked.
            match self.credentials.standing() {
                Standing::Nobody { has_left: false, was_asked } if !self.is_loading() => {
                    self.credentials.set_standing(Standing::Probing { was_asked });
                }
                Standing::Probing { .. } if !self.is_loading() => {}
                _ => return,
            }
        }
        self.supply.loader.load_at(now, cause);
    }
}
