//! What the answers of a load do.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use super::Session;
use super::config::Source;
use super::credentials::{Known, Standing};
use super::effect::{Effect, Effects};
use super::event::{Answer, ClaimProblem, Claimed, Failure, PolicyTexts};
use super::loader::{Flight, Parked};
use super::notice::Cause;
use super::problem::Problem;
use super::subject::Held;
use crate::time::{Millis, Moment};
use crate::wire::{Document, TokenError};

impl Session {
    pub(super) fn restart(&mut self, cause: Cause, effects: &mut Effects) {
        let (supply, at, _) = self.parts();
        supply.restart(at, cause, effects);
    }

    /// What is held is out of date, and is loaded again at `moment`.
    pub(super) fn invalidate(&mut self, moment: Moment, cause: Cause) {
        if !self.is_nobody() {
            let (supply, at, _) = self.parts();
            supply.invalidate(at, moment, cause);
        }
    }

    pub(super) fn policies_answered(
        &mut self,
        generation: u64,
        policies: Result<PolicyTexts, String>,
        effects: &mut Effects,
    ) {
        if self.supply.loader.flight(generation).is_none() {
            return;
        }
        if let Err(problem) = self.supply.take_policies(policies) {
            self.supply.loader.land(generation);
            effects.push(Effect::Abort);
            return self.fail(problem, None, effects);
        }
        if let Some((text, started)) = self.supply.subject.take_bootstrap() {
            let doubted = self.land(generation).and_then(|flight| flight.doubted);
            let (supply, at, _) = self.parts();
            return supply.read_bootstrap(at, &text, started, doubted, effects);
        }
        let Some(flight) = self.supply.loader.flight(generation) else { return };
        flight.awaits_policies = false;
        match flight.parked.take() {
            None => {}
            Some(Parked::Answer(answer)) => self.answered(generation, answer, effects),
            Some(Parked::Token(token)) => self.read_token(generation, token, effects),
        }
    }

    /// Ends the load of that generation; none when it is not the one that is running.
    pub(super) fn land(&mut self, generation: u64) -> Option<Flight> {
        let flight = self.supply.loader.land(generation)?;
        self.channel.judged();
        Some(flight)
    }

    pub(super) fn token_answered(
        &mut self,
        generation: u64,
        token: Result<Option<String>, String>,
        effects: &mut Effects,
    ) {
        if self.supply.loader.flight(generation).is_none() {
            return;
        }
        let token = match token {
            Ok(Some(token)) => token,
            Ok(None) if self.credentials.standing() == Standing::Judging => {
                self.supply.loader.land(generation);
                return self.lose_credentials(effects);
            }
            Ok(None) => return self.forget_credentials(effects),
            Err(message) => {
                self.supply.loader.land(generation);
                return self.fail(Problem::TokenProvider(message), None, effects);
            }
        };
        // What a header can hold (RFC 9110 §5.5); the same token will be as malformed in a second.
        let is_sendable = token.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let source = self.supply.setup.source();
        if source == Source::Endpoint && !is_sendable {
            self.supply.loader.land(generation);
            let problem = Problem::MalformedToken(TokenError::NotSendable);
            return self.fail(problem, Some(self.config.ttl), effects);
        }
        let token = self.credentials.read(token, self.supply.setup.tenant());
        self.adopt(Arc::clone(&token));
        let (now, ticket) = (self.clock.elapsed(), self.credentials.ticket());
        self.supply.loader.sends(now, self.config.timeout, ticket);
        let Some(flight) = self.supply.loader.flight(generation) else { return };
        let awaits_policies = flight.awaits_policies;
        if source == Source::Token {
            if awaits_policies {
                flight.parked = Some(Parked::Token(token));
            } else {
                self.read_token(generation, token, effects);
            }
            return;
        }
        let wants_claims = self.config.reads_claims && self.supply.subject.trusts_claims();
        if wants_claims && !self.supply.subject.is_held() && !awaits_policies {
            match token.valid_until(self.clock.wall()) {
                // The endpoint is asked when they are read.
                Ok(_) => return self.supply.loader.ask_claims(token),
                Err(problem) => effects.push(Effect::Report(problem)),
            }
        }
        self.go_to_endpoint();
    }

    /// The endpoint is asked, with the token that the load has; a document that was kept of the
    /// same subject is believed until it answers.
    fn go_to_endpoint(&mut self) {
        let (supply, at, credentials) = self.parts();
        supply.believe_stored(at, credentials.identity());
        supply.subject.distrust_claims();
        supply.loader.ask_endpoint();
    }

    /// The claims of this token are the set: has them read.
    fn read_token(&mut self, generation: u64, token: Arc<Known>, effects: &mut Effects) {
        if self.credentials.is_refused(token.text()) {
            // There is nobody else to judge: what refused it is right.
            self.land(generation);
            return self.lose_credentials(effects);
        }
        match token.valid_until(self.clock.wall()) {
            Ok(_) => self.supply.loader.ask_claims(token),
            Err(problem) => {
                self.land(generation);
                self.fail_claims(problem, effects);
            }
        }
    }

    /// The claims are read that a load waits for.
    pub(super) fn claims_read(
        &mut self,
        generation: u64,
        read: Result<Claimed, ClaimProblem>,
        effects: &mut Effects,
    ) {
        let Some(flight) = self.supply.loader.flight(generation) else { return };
        let started = flight.started;
        if flight.awaits_policies {
            return;
        }
        let Some(Parked::Token(token)) = flight.parked.take() else { return };
        let is_source = self.supply.setup.source() == Source::Token;
        let (supply, at, _) = self.parts();
        let held = read.map_err(Problem::from).and_then(|mut claimed| {
            let warnings = core::mem::take(&mut claimed.warnings);
            let held = supply.set_of_claims(at, &token, claimed, started)?;
            if is_source {
                // Beside an endpoint they are believed for a moment, and nothing to complain of.
                let told = warnings.into_iter().map(Problem::ClaimLeftOut);
                effects.extend(told.map(Effect::Report));
            }
            Ok(held)
        });
        if is_source {
            let Some(flight) = self.land(generation) else { return };
            return match held {
                Ok(held) => self.accept(held, &flight, effects),
                Err(problem) => self.fail_claims(problem, effects),
            };
        }
        match held {
            Ok(held) => supply.believe_for_now(at, held),
            Err(problem) => effects.push(Effect::Report(problem)),
        }
        self.go_to_endpoint();
    }

    fn fail_claims(&mut self, problem: Problem, effects: &mut Effects) {
        let is_soon_over = matches!(
            problem,
            Problem::TokenExpired | Problem::TokenNotYetValid | Problem::TokenOfAnotherTenant
        );
        // The same token will be as malformed in a second: no hurry.
        let pause = (!is_soon_over).then_some(self.config.ttl);
        self.fail(problem, pause, effects);
    }

    pub(super) fn answered(&mut self, generation: u64, answer: Answer, effects: &mut Effects) {
        // Nothing that comes late, of an earlier load or another user, is looked at.
        let Some(flight) = self.supply.loader.flight(generation) else { return };
        // A refusal can be read without policies, and does not wait for them.
        if flight.awaits_policies && !matches!(answer, Answer::Unauthorized) {
            flight.parked = Some(Parked::Answer(answer));
            return;
        }
        let Some(flight) = self.land(generation) else { return };
        let now = self.clock.elapsed();
        match answer {
            Answer::Document { body, etag } => match self.supply.setup.reading().document(&body) {
                Ok(document) => {
                    let text = self.config.persists.then(|| body.into_boxed_str());
                    self.accept_document((document, etag, text), &flight, effects);
                }
                Err(error) => self.fail(Problem::MalformedDocument(error), None, effects),
            },
            Answer::NotModified => self.not_modified(&flight, effects),
            // There are other credentials by now.
            Answer::Unauthorized if flight.ticket < self.credentials.ticket() => {
                self.supply.loader.plan(now, Cause::Credentials);
            }
            Answer::Unauthorized => {
                self.credentials.refuse_token();
                self.lose_credentials(effects);
                if !self.supply.setup.has_token() {
                    self.tell_tabs("session-revoked", None, &[], effects);
                }
            }
            Answer::Failed { failure, retry_after } => {
                let problem = match failure {
                    Failure::Status(status) => Problem::Status(status),
                    Failure::Network(message) => Problem::Network(message),
                    Failure::TooLarge => Problem::TooLarge,
                };
                if let Some(after) = retry_after {
                    self.supply.loader.leave_alone(now, after);
                }
                self.fail(problem, retry_after, effects);
            }
        }
    }

    pub(super) fn not_modified(&mut self, flight: &Flight, effects: &mut Effects) {
        let end = self.end_ahead();
        let (supply, at, credentials) = self.parts();
        match supply.subject.held() {
            Some(held) if held.etag.is_some() => {
                supply.confirm(at, flight, end, credentials.identity().issuer(), effects);
                self.channel.reached(self.clock.elapsed());
                self.credentials.set_standing(Standing::Assumed);
            }
            // It is the answer about a set that was read with other policies.
            Some(_) if at.config.asks_policies => supply.loader.retry(at.now(), Cause::Retry),
            // The endpoint confirms what was kept from an earlier life of the page.
            None if supply.subject.stored().is_some_and(|stored| stored.etag.is_some()) => {
                let Some(stored) = supply.subject.take_stored() else { return };
                match supply.setup.reading().document(&stored.document) {
                    Ok(document) => {
                        let answer = (document, stored.etag, Some(stored.document));
                        self.accept_document(answer, flight, effects);
                    }
                    Err(error) => self.fail(Problem::MalformedDocument(error), None, effects),
                }
            }
            // Without a tag nothing was asked about it.
            _ => self.fail(Problem::UnexpectedNotModified, None, effects),
        }
    }

    pub(super) fn accept_document(
        &mut self,
        answer: (Document, Option<String>, Option<Box<str>>),
        flight: &Flight,
        effects: &mut Effects,
    ) {
        let end = self.end_ahead();
        let (supply, at, credentials) = self.parts();
        match supply.judge(at, answer, flight.started, credentials.identity(), end) {
            Ok(held) => self.accept(held, flight, effects),
            Err(problem) => self.fail(problem, None, effects),
        }
    }

    /// Takes a set that was answered, unless something newer is known.
    pub(super) fn accept(&mut self, new: Held, flight: &Flight, effects: &mut Effects) {
        // With a cookie only the server knows who is signed in: it may be somebody else by now.
        // After a sign-in by cookie, it is the same user only if both answers say so.
        let owner = self.supply.subject.owner();
        let is_proven = new.owner.subject.is_some() && new.owner.subject == owner.subject;
        if owner.differs_from(&new.owner) || (self.credentials.may_be_another() && !is_proven) {
            self.credentials.begin_epoch(false);
            self.supply.subject.become_another();
            self.channel.begin_afresh();
        }
        let (supply, at, credentials) = self.parts();
        let issuer = credentials.identity().issuer();
        if let Err(problem) = supply.accept(at, new, flight, issuer, effects) {
            return self.fail(problem, None, effects);
        }
        self.channel.reached(self.clock.elapsed());
        if self.credentials.prove() && !self.supply.setup.has_token() {
            self.tell_tabs("signed-in", None, &[], effects);
        }
    }

    /// A load came to nothing: what is held stays, and another attempt follows.
    pub(super) fn fail(
        &mut self,
        problem: Problem,
        retry_after: Option<Millis>,
        effects: &mut Effects,
    ) {
        let goes_on = self.credentials.fail();
        self.supply.loader.fail(self.clock.elapsed(), retry_after, goes_on);
        self.channel.judged();
        if !self.credentials.standing().is_nobody() {
            self.supply.subject.fail();
        }
        effects.push(Effect::Report(problem));
    }

    /// When the token is going to end. One that has ended by this device's clock, and is good to
    /// the endpoint all the same, says nothing: clocks differ.
    pub(super) fn end_ahead(&self) -> Option<Moment> {
        let end = self.credentials.token()?.end().filter(|end| *end > self.clock.wall())?;
        Some(self.clock.moment_of(end))
    }
}
