//! How a session gets its set: when a load begins, what its answer does, what makes it doubt.

use alloc::string::{String, ToString};

use super::config::Source;
use super::effect::{Effect, Effects, Problem};
use super::event::{Answer, Failure, Observation};
use super::held::{Held, Times};
use super::policies::Parked;
use super::time::Millis;
use super::{Absence, Session};
use crate::wire::{ClaimRule, ClaimTarget, Document, Token, TokenError, VersionHeader};

/// A 401 or 403 leads to a load at most this often: an API that refuses a user rightly, again and
/// again, must not turn every refusal into a request.
const EVIDENCE_WINDOW: Millis = Millis::from_seconds(5);

/// The shortest time between two loads that nobody asked for.
const INTERVAL_MIN: Millis = Millis::from_seconds(1);

/// How many answers older than an announced version lead to another load at once. A replica catches
/// up; a version that never comes was a mistake.
const LAGGING_MAX: u32 = 5;

/// How far ahead of this device's clock `nbf` may be (RFC 7519 §4.1.5 allows for some leeway).
const CLOCK_SKEW: Millis = Millis::from_seconds(300);

/// A load under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) generation: u64,
    pub(super) started: Millis,
    pub(super) deadline: Millis,
    /// Its answer may have been made before what happened since: it is not fresh, and another load
    /// follows, not before this moment.
    pub(super) doubted: Option<Millis>,
    /// Whether the policies are still awaited, without which nothing can be read.
    pub(super) awaits_policies: bool,
    /// What came before the policies did.
    pub(super) parked: Option<Parked>,
}

impl Session {
    pub(super) fn load_when_due(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        if self.flight.as_ref().is_some_and(|flight| now >= flight.deadline) {
            self.flight = None;
            effects.push(Effect::Abort);
            self.fail(Problem::Timeout, None, effects);
        }
        let is_due = self.due.is_some_and(|due| now >= due);
        if self.flight.is_some() || !is_due || !self.has_something_to_load() {
            return;
        }
        self.generation += 1;
        self.due = None;
        let (generation, deadline) = (self.generation, now + self.config.timeout);
        let awaits_policies = self.config.asks_policies;
        self.flight = Some(Flight {
            generation,
            started: now,
            deadline,
            doubted: None,
            awaits_policies,
            parked: None,
        });
        if matches!(self.absence, Absence::Idle | Absence::Unauthenticated) {
            self.absence = Absence::Loading;
        }
        if awaits_policies {
            effects.push(Effect::AskPolicies { generation });
        }
        if self.bootstrap.is_some() {
            // First what the page carried; the source is asked when that is no longer fresh.
        } else if self.config.has_token {
            effects.push(Effect::AskToken { generation });
        } else {
            effects.push(self.fetch(generation));
        }
    }

    fn fetch(&self, generation: u64) -> Effect {
        let etag = self.held.as_ref().and_then(|held| held.etag.clone());
        let tenant = self.config.reading.tenant.clone();
        Effect::Fetch { generation, bearer: self.token.clone(), tenant, etag }
    }

    /// Gives up what is under way, and begins anew at once.
    pub(super) fn restart(&mut self, effects: &mut Effects) {
        if self.flight.take().is_some() {
            effects.push(Effect::Abort);
        }
        self.backoff.succeeded();
        self.due = Some(self.clock.elapsed());
    }

    pub(super) fn refresh(&mut self) {
        self.backoff.succeeded();
        self.load_at(self.clock.elapsed());
    }

    /// A load begins at `moment`, or as soon after it as the one under way has ended.
    fn load_at(&mut self, moment: Millis) {
        match &mut self.flight {
            Some(flight) => flight.doubted = Some(flight.doubted.map_or(moment, |m| m.min(moment))),
            None => self.due = Some(self.due.map_or(moment, |due| due.min(moment))),
        }
    }

    /// What is held is out of date: it is believed for a while, and loaded again at `moment`.
    pub(super) fn invalidate(&mut self, moment: Millis) {
        if self.absence == Absence::Unauthenticated && self.held.is_none() {
            return;
        }
        let (now, stale) = (self.clock.elapsed(), self.config.stale);
        if let Some(held) = &mut self.held {
            held.times = held.times.doubted(now, stale);
        }
        self.load_at(moment);
    }

    pub(super) fn observed(&mut self, observation: &Observation, effects: &mut Effects) {
        if observation.epoch != self.epoch {
            return;
        }
        if let Some(header) = &observation.version {
            self.hear_of(header);
        }
        match observation.status {
            401 => self.hear_unauthorized(effects),
            403 => self.hear_forbidden(),
            _ => {}
        }
    }

    /// A response carried a version.
    fn hear_of(&mut self, header: &VersionHeader) {
        let Some(held) = &self.held else {
            if self.bootstrap.is_some() {
                // It cannot be compared before it is read.
                self.invalidate(self.clock.elapsed());
            }
            return;
        };
        let about_us = match (&header.subject, &held.owner.subject) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let newer = held.version.is_some_and(|version| header.version > version);
        if about_us && newer && self.announced.is_none_or(|version| header.version > version) {
            self.announced = Some(header.version);
            self.lagging = 0;
            self.invalidate(self.clock.elapsed());
        }
    }

    /// The credentials may be gone: nothing is believed until the endpoint has answered anew. If it
    /// did so just now, and they were not, the application is refused for reasons of its own.
    fn hear_unauthorized(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        self.awaits_first_answer = false;
        self.bootstrap = None;
        if self.held.is_none() && self.absence == Absence::Unauthenticated {
            return;
        }
        match self.unauthorized.map(|last| last + EVIDENCE_WINDOW).filter(|end| now < *end) {
            Some(window_ends) => self.invalidate(window_ends),
            None => {
                self.unauthorized = Some(now);
                self.drop_held(Absence::Loading);
                self.restart(effects);
            }
        }
    }

    /// What is held allowed what the server refused: it is loaded again, but not for each refusal.
    fn hear_forbidden(&mut self) {
        let now = self.clock.elapsed();
        let moment = match self.forbidden {
            Some(load) if load > now => load,
            Some(load) => now.max(load + EVIDENCE_WINDOW),
            None => now,
        };
        self.forbidden = Some(moment);
        self.invalidate(moment);
    }

    /// Ends the load of that generation; none when it is not the one under way.
    pub(super) fn land(&mut self, generation: u64) -> Option<Flight> {
        self.flight.take_if(|flight| flight.generation == generation)
    }

    pub(super) fn token_answered(
        &mut self,
        generation: u64,
        token: Result<Option<String>, String>,
        effects: &mut Effects,
    ) {
        if self.flight.as_ref().is_none_or(|flight| flight.generation != generation) {
            return;
        }
        let token = match token {
            Ok(Some(token)) => token,
            Ok(None) => return self.forget_credentials(effects),
            Err(message) => {
                self.flight = None;
                return self.fail(Problem::TokenProvider(message), None, effects);
            }
        };
        // What a header can hold (RFC 9110 §5.5); the same token will be as malformed in a second.
        let is_sendable = token.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if self.config.source == Source::Endpoint && !is_sendable {
            self.flight = None;
            let problem = Problem::MalformedToken(TokenError::NotSendable);
            return self.fail(problem, Some(self.config.ttl), effects);
        }
        self.adopt(token.clone());
        if self.config.source == Source::Token {
            if let Some(flight) = self.flight.as_mut().filter(|flight| flight.awaits_policies) {
                flight.parked = Some(Parked::Token(token));
            } else if let Some(flight) = self.land(generation) {
                self.read_token(&token, &flight, effects);
            }
            return;
        }
        let can_read = self.flight.as_ref().is_some_and(|flight| !flight.awaits_policies);
        let wants = self.awaits_first_answer && !self.config.claims.is_empty();
        if self.held.is_none() && can_read && wants {
            self.believe_for_now(&token, effects);
        }
        self.awaits_first_answer = false;
        effects.push(self.fetch(generation));
    }

    /// Believes the claims until the endpoint has answered: never fresh, and for a short time.
    fn believe_for_now(&mut self, token: &str, effects: &mut Effects) {
        let now = self.clock.elapsed();
        match self.claims(token) {
            Ok((document, end)) => {
                let times = self.times(&document, now, end).doubted(now, self.config.stale);
                self.hold(self.held_of(document, None, times));
            }
            Err(problem) => effects.push(Effect::Report(problem)),
        }
    }

    pub(super) fn read_token(&mut self, token: &str, flight: &Flight, effects: &mut Effects) {
        match self.claims(token) {
            Ok((mut document, end)) => {
                for warning in document.warnings.drain(..) {
                    effects.push(Effect::Report(Problem::ClaimLeftOut(warning)));
                }
                let times = self.times(&document, flight.started, end);
                self.accept(self.held_of(document, None, times), flight, effects);
            }
            Err(
                problem @ (Problem::TokenExpired
                | Problem::TokenNotYetValid
                | Problem::TokenOfAnotherTenant),
            ) => {
                self.fail(problem, None, effects);
            }
            // The same token will be as malformed in a second: no hurry.
            Err(problem) => self.fail(problem, Some(self.config.ttl), effects),
        }
    }

    /// What the token says, and when it ends.
    fn claims(&self, text: &str) -> Result<(Document, Option<Millis>), Problem> {
        let token = Token::decode_unverified(text).map_err(Problem::MalformedToken)?;
        let wall = self.clock.wall();
        let end = token.expires_seconds().map(Millis::from_seconds);
        if end.is_some_and(|end| wall >= end) {
            return Err(Problem::TokenExpired);
        }
        if token
            .not_before_seconds()
            .is_some_and(|start| Millis::from_seconds(start) > wall + CLOCK_SKEW)
        {
            return Err(Problem::TokenNotYetValid);
        }
        let default = [ClaimRule::at(&["permissions"], ClaimTarget::Permissions)];
        let rules =
            if self.config.claims.is_empty() { &default } else { self.config.claims.as_slice() };
        // A token that says nothing of tenants is about the one that was set when it came.
        let is_of_another = match &self.token_tenant {
            Some((known, tenant)) => known == text && *tenant != self.config.reading.tenant,
            None => false,
        };
        if is_of_another && !rules.iter().any(ClaimRule::reads_tenant) {
            return Err(Problem::TokenOfAnotherTenant);
        }
        let reading = &self.config.reading;
        let document = reading.claims(&token, rules).map_err(Problem::MalformedClaims)?;
        let document = self.in_our_tenant(document)?;
        Ok((document, end.map(|end| self.clock.moment_of(end))))
    }

    pub(super) fn answered(&mut self, generation: u64, answer: Answer, effects: &mut Effects) {
        // Whatever comes late, of an earlier load or another user, is not looked at.
        match &mut self.flight {
            // A refusal can be read without policies, and does not wait for them.
            Some(flight)
                if flight.generation == generation
                    && flight.awaits_policies
                    && !matches!(answer, Answer::Unauthorized) =>
            {
                flight.parked = Some(Parked::Answer(answer));
                return;
            }
            _ => {}
        }
        let Some(flight) = self.land(generation) else { return };
        match answer {
            Answer::Document { body, etag } => match self.config.reading.document(&body) {
                Ok(document) => self.accept_document(document, etag, &flight, effects),
                Err(error) => self.fail(Problem::MalformedDocument(error), None, effects),
            },
            Answer::NotModified => match self.held.take() {
                Some(held) if held.etag.is_some() => {
                    let (ttl, stale) = (held.times.ttl, self.config.stale);
                    let times = Times::since(flight.started, ttl, stale, None);
                    let times = self.plan(held.version, times, &flight);
                    self.held = Some(Held { times, ..held });
                    self.expire();
                }
                // What it is the answer to has been read with policies that are no more.
                held @ Some(_) if self.config.asks_policies => {
                    self.held = held;
                    self.due = Some(self.clock.elapsed() + self.backoff.failed(None));
                }
                held => {
                    self.held = held;
                    self.fail(Problem::UnexpectedNotModified, None, effects);
                }
            },
            Answer::Unauthorized => {
                self.refused = self.token.take();
                self.forget_credentials(effects);
                effects.push(Effect::Report(Problem::Unauthorized));
            }
            Answer::Failed { failure, retry_after } => {
                let problem = match failure {
                    Failure::Status(status) => Problem::Status(status),
                    Failure::Network(message) => Problem::Network(message),
                    Failure::TooLarge => Problem::TooLarge,
                };
                self.fail(problem, retry_after, effects);
            }
        }
    }

    fn accept_document(
        &mut self,
        document: Document,
        etag: Option<String>,
        flight: &Flight,
        effects: &mut Effects,
    ) {
        if let (Some(asked), Some(answered)) = (self.identity.subject(), &document.subject)
            && asked != answered
        {
            let (asked, answered) = (asked.to_string(), answered.clone());
            return self.fail(Problem::SubjectMismatch { asked, answered }, None, effects);
        }
        let document = match self.in_our_tenant(document) {
            Ok(document) => document,
            Err(problem) => return self.fail(problem, None, effects),
        };
        let times = self.times(&document, flight.started, None);
        self.accept(self.held_of(document, etag, times), flight, effects);
    }

    pub(super) fn times(&self, document: &Document, started: Millis, end: Option<Millis>) -> Times {
        let own = document.ttl_seconds.map_or(self.config.ttl, Millis::from_seconds);
        let ttl = own.clamp(super::TTL_MIN, self.config.ttl);
        Times::since(started, ttl, self.config.stale, end)
    }

    /// Takes a set that was answered, unless something newer is known.
    fn accept(&mut self, mut new: Held, flight: &Flight, effects: &mut Effects) {
        // With a cookie only the server knows who is signed in: it may be somebody else by now.
        if self.owner.differs_from(&new.owner) {
            self.epoch += 1;
            self.floor = None;
            self.announced = None;
        }
        if let (Some(known), Some(came)) = (self.floor, new.version)
            && came < known
        {
            return self.fail(Problem::OlderVersion { known, came }, None, effects);
        }
        new.times = self.plan(new.version, new.times, flight);
        self.hold(new);
    }

    /// Plans the next load after a set that is going to be held, and says how far that one is to
    /// be believed.
    fn plan(&mut self, version: Option<u64>, times: Times, flight: &Flight) -> Times {
        let now = self.clock.elapsed();
        self.floor = version.or(self.floor);
        let behind = self.announced.is_some_and(|announced| version.is_some_and(|v| v < announced));
        if behind && self.lagging < LAGGING_MAX {
            self.lagging += 1;
            self.due = Some(now + self.backoff.failed(None));
            return times.doubted(now, self.config.stale);
        }
        self.announced = None;
        self.backoff.succeeded();
        if let Some(moment) = flight.doubted {
            self.due = Some(moment.max(now));
            return times.doubted(now, self.config.stale);
        }
        self.due = Some(times.fresh_until.max(now + INTERVAL_MIN));
        times
    }

    /// Holds a set. One of the same content only brings its times and its entity tag.
    pub(super) fn hold(&mut self, new: Held) {
        self.owner = new.owner.clone();
        match &mut self.held {
            // With other policies, the same document may be another set.
            Some(held) if !self.config.asks_policies && held.is_same_version_as(&new) => {
                held.times = new.times;
                held.etag = new.etag.or(held.etag.take());
            }
            Some(held) if held.says_the_same_as(&new) => {
                held.times = new.times;
                held.etag = new.etag;
            }
            held => {
                *held = Some(new);
                self.revision += 1;
            }
        }
        self.expire();
    }

    /// Nothing came of a load: what is held stays, and another attempt follows.
    pub(super) fn fail(
        &mut self,
        problem: Problem,
        retry_after: Option<Millis>,
        effects: &mut Effects,
    ) {
        self.due = Some(self.clock.elapsed() + self.backoff.failed(retry_after));
        if matches!(self.absence, Absence::Idle | Absence::Loading) {
            self.absence = Absence::Failed;
        }
        effects.push(Effect::Report(problem));
    }
}
