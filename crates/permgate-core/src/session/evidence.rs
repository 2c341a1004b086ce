//! What responses to the application's own requests tell about the set that is held.

use super::config::Source;
use super::effect::Effects;
use super::event::Observation;
use super::notice::Cause;
use super::time::Millis;
use super::{Absence, Effect, Problem, Session};
use crate::wire::{Refusal, VersionHeader};

/// A 401 or 403 leads to a load at most this often: an API that refuses a user rightly, again and
/// again, must not turn every refusal into a request.
pub(super) const EVIDENCE_WINDOW: Millis = Millis::from_seconds(5);

impl Session {
    pub(super) fn observed(&mut self, observation: &Observation, effects: &mut Effects) {
        if observation.ticket < self.epoch_ticket {
            return;
        }
        if let Some(header) = &observation.version
            && self.hear_of(header, Cause::Version)
        {
            self.tell_version(header, effects);
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
        let Some(held) = &self.held else {
            // It cannot be compared before there is something to compare it with.
            if self.bootstrap.is_some() {
                self.invalidate(self.clock.elapsed(), cause);
            }
            if self.overheard.as_ref().is_none_or(|before| before.version < header.version) {
                self.overheard = Some(header.clone());
            }
            return false;
        };
        let about_us = match (&header.subject, &held.owner.subject) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let newer = held.version.is_some_and(|version| header.version > version);
        let is_news =
            about_us && newer && self.announced.is_none_or(|version| header.version > version);
        if is_news && self.given_up == Some(header.version) {
            // It was waited for in vain; by now it may be true.
            self.hear_forbidden(cause);
            return false;
        }
        if is_news {
            self.announced = Some(header.version);
            self.lagging = 0;
            self.invalidate(self.clock.elapsed(), cause);
        }
        is_news
    }

    /// The credentials may be gone: nothing is believed until the endpoint has answered anew. If it
    /// did so just now, and they were not, the application is refused for reasons of its own.
    fn hear_unauthorized(&mut self, observation: &Observation, effects: &mut Effects) {
        // They were other credentials than those of now.
        if observation.ticket < self.ticket {
            return;
        }
        let is_signed_out = self.absence == Absence::Unauthenticated && self.held.is_none();
        if observation.is_replay {
            // The new ones do not help: enough.
            if !is_signed_out || self.cycle.is_some() {
                self.give_up(true, effects);
                effects.push(Effect::Report(Problem::Unauthorized));
            }
            return;
        }
        if self.cycle.is_some() {
            return;
        }
        if is_signed_out {
            self.ask_renewal(effects);
            return;
        }
        if self.config.source == Source::Token {
            self.refused.clone_from(&self.token);
        }
        if !self.has_something_to_load() {
            // Nobody can judge.
            return self.lose_credentials(effects);
        }
        if self.doubt_credentials(Cause::Unauthorized, effects) && self.config.renews {
            self.cycle = Some(super::renewal::Cycle::Judging);
        }
    }

    /// Believes nothing until the source has answered anew; but not again and again, if it was
    /// asked just now. Whether it is asked now.
    pub(super) fn doubt_credentials(&mut self, cause: Cause, effects: &mut Effects) -> bool {
        let now = self.clock.elapsed();
        self.awaits_first_answer = false;
        self.bootstrap = None;
        if self.held.is_none() && self.absence == Absence::Unauthenticated {
            return false;
        }
        // What the server itself says of the session, it says once.
        let window = match cause {
            Cause::Push => None,
            _ => self.unauthorized.map(|last| last + EVIDENCE_WINDOW).filter(|end| now < *end),
        };
        match window {
            Some(window_ends) => {
                self.invalidate(window_ends, cause);
                false
            }
            None => {
                self.unauthorized = Some(now);
                self.drop_held(Absence::Loading);
                self.restart(cause, effects);
                if self.not_before > now {
                    // The source wants to be left alone, and cannot judge.
                    self.due = Some(self.not_before);
                    return false;
                }
                true
            }
        }
    }

    /// What is held allowed what the server refused, or somebody says that it is out of date: it is
    /// loaded again, but not for each time that this is said.
    pub(super) fn hear_forbidden(&mut self, cause: Cause) {
        let moment = self.evidence_moment();
        self.invalidate(moment, cause);
    }

    /// When what somebody says may lead to a load.
    pub(super) fn evidence_moment(&mut self) -> Millis {
        let now = self.clock.elapsed();
        let moment = match self.forbidden {
            Some(load) if load > now => load,
            Some(load) => now.max(load + EVIDENCE_WINDOW),
            None => now,
        };
        self.forbidden = Some(moment);
        moment
    }
}
