//! How a session gets its set: when a load begins, and what its answer does.

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use super::backoff::RETRY_AFTER_MAX;
use super::config::Source;
use super::effect::{Effect, Effects, Problem};
use super::event::{Answer, Failure};
use super::held::{Held, Origin, Times};
use super::identity::Identity;
use super::notice::{Cause, Notice};
use super::policies::Parked;
use super::renewal::Cycle;
use super::time::Millis;
use super::{Absence, Session};
use crate::wire::{ClaimRule, ClaimTarget, Document, Token, TokenError};

/// The shortest time between two loads that nobody asked for.
pub(super) const INTERVAL_MIN: Millis = Millis::from_seconds(1);

/// How long the application may take to give a token.
const TOKEN_TIMEOUT: Millis = Millis::from_seconds(300);

/// How many answers older than an announced version lead to another load at once. A replica catches
/// up; a version that never comes was a mistake.
pub(super) const LAGGING_MAX: u32 = 5;

/// How far ahead of this device's clock `nbf` may be (RFC 7519 §4.1.5 allows for some leeway).
const CLOCK_SKEW: Millis = Millis::from_seconds(300);

/// A load under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) generation: u64,
    pub(super) started: Millis,
    pub(super) deadline: Millis,
    /// The credentials that it is sent with.
    ticket: u64,
    /// Whom this load has to ask next, once the state of this turn is published.
    unasked: Unasked,
    /// Its answer may have been made before what happened since: it is not fresh, and another load
    /// follows, not before this moment.
    pub(super) doubted: Option<(Millis, Cause)>,
    /// Whether the policies are still awaited, without which nothing can be read.
    pub(super) awaits_policies: bool,
    /// What came before the policies did.
    pub(super) parked: Option<Parked>,
}

/// The questions that a load has to ask, and has not asked yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Unasked {
    /// Why the load begins, if it begins with these questions.
    cause: Option<Cause>,
    policies: bool,
    token: bool,
    endpoint: bool,
}

impl Session {
    /// Begins a load when it is due. The questions follow in [`Session::ask`].
    pub(super) fn begin_when_due(&mut self, effects: &mut Effects) {
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
        self.wants_refresh = false;
        self.asked = Some(now);
        let generation = self.generation;
        // The user may have to do something for a token.
        let patience = if self.config.has_token { TOKEN_TIMEOUT } else { Millis(0) };
        let deadline = now + self.config.timeout.max(patience);
        let awaits_policies = self.config.asks_policies;
        // First comes the document that the page carried; the source is asked when that is no
        // longer fresh.
        let asks_source = self.bootstrap.is_none();
        self.flight = Some(Flight {
            generation,
            started: now,
            deadline,
            ticket: self.ticket,
            unasked: Unasked {
                cause: Some(self.cause),
                policies: awaits_policies,
                token: asks_source && self.config.has_token,
                endpoint: asks_source && !self.config.has_token,
            },
            doubted: None,
            awaits_policies,
            parked: None,
        });
        if matches!(self.absence, Absence::Idle | Absence::Unauthenticated)
            && self.cycle != Some(Cycle::Asking)
            && !self.is_probe
        {
            self.absence = Absence::Loading;
        }
    }

    /// Asks what the load under way has to ask. INVARIANT: nothing else asks for policies, token or
    /// document, and this comes after the publication: a set is hidden before another one is asked
    /// for.
    pub(super) fn ask(&mut self, effects: &mut Effects) {
        let Some(flight) = &mut self.flight else { return };
        let generation = flight.generation;
        let unasked = core::mem::take(&mut flight.unasked);
        if let Some(cause) = unasked.cause {
            effects.push(Effect::Notice(Notice::Load(cause)));
        }
        if unasked.policies {
            effects.push(Effect::AskPolicies { generation });
        }
        if unasked.token {
            effects.push(Effect::AskToken { generation });
        }
        if unasked.endpoint {
            effects.push(self.fetch(generation));
        }
    }

    fn fetch(&self, generation: u64) -> Effect {
        let etag = match (&self.held, &self.stored) {
            (Some(held), _) => held.etag.clone(),
            (None, Some(stored)) => stored.etag.clone(),
            (None, None) => None,
        };
        let tenant = self.config.reading.tenant.clone();
        Effect::Fetch { generation, bearer: self.token.clone(), tenant, etag }
    }

    /// Ends the load of that generation; none when it is not the one under way.
    pub(super) fn land(&mut self, generation: u64) -> Option<Flight> {
        let landed = self.flight.take_if(|flight| flight.generation == generation)?;
        self.awaits_judge = false;
        Some(landed)
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
            Ok(None) if self.cycle == Some(Cycle::Judging) => {
                self.flight = None;
                return self.lose_credentials(effects);
            }
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
        let (now, ticket) = (self.clock.elapsed(), self.ticket);
        let deadline = now + self.config.timeout;
        if let Some(flight) = &mut self.flight {
            (flight.started, flight.deadline, flight.ticket) = (now, deadline, ticket);
        }
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
        self.believe_stored();
        self.awaits_first_answer = false;
        if let Some(flight) = &mut self.flight {
            flight.unasked.endpoint = true;
        }
    }

    /// Believes the claims until the endpoint has answered: never fresh, and for a short time.
    fn believe_for_now(&mut self, token: &str, effects: &mut Effects) {
        let now = self.clock.elapsed();
        match self.claims(token) {
            Ok((document, end)) => {
                let times = self.times(&document, now, end).doubted(now, self.config.stale);
                self.hold(self.held_of(document, None, times, (Origin::Token, now)));
            }
            Err(problem) => effects.push(Effect::Report(problem)),
        }
    }

    pub(super) fn read_token(&mut self, token: &str, flight: &Flight, effects: &mut Effects) {
        if self.refused.as_deref() == Some(token) {
            // There is nobody else to judge: what refused it is right.
            return self.lose_credentials(effects);
        }
        match self.claims(token) {
            Ok((mut document, end)) => {
                for warning in document.warnings.drain(..) {
                    effects.push(Effect::Report(Problem::ClaimLeftOut(warning)));
                }
                let times = self.times(&document, flight.started, end);
                let source = (Origin::Token, flight.started);
                self.accept(self.held_of(document, None, times, source), flight, effects);
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
                Ok(document) => {
                    let text = self.config.persists.then(|| body.into_boxed_str());
                    self.accept_document(document, etag, text, &flight, effects);
                }
                Err(error) => self.fail(Problem::MalformedDocument(error), None, effects),
            },
            Answer::NotModified => match self.held.take() {
                Some(held) if held.etag.is_some() => {
                    let (ttl, stale) = (held.times.ttl, self.config.stale);
                    let mut times = Times::since(flight.started, ttl, stale, None);
                    if let Some(end) = self.end_ahead() {
                        times = times.cut(end, stale);
                    }
                    let times = self.plan(held.version, times, &flight);
                    self.outlive_revocations(held.version, flight.generation);
                    let held =
                        Held { times, asked: flight.started, origin: Origin::Endpoint, ..held };
                    self.store(&held, effects);
                    self.held = Some(held);
                    self.apply_revocations();
                    self.cycle = None;
                    self.expire();
                }
                // Without a tag nothing was asked about it.
                None if self.stored.as_ref().is_some_and(|stored| stored.etag.is_some()) => {
                    self.accept_stored(&flight, effects);
                }
                // What it is the answer to has been read with policies that are no more.
                held @ Some(_) if self.config.asks_policies => {
                    self.held = held;
                    self.due = Some(self.clock.elapsed() + self.backoff.failed(None));
                    self.cause = Cause::Retry;
                }
                held => {
                    self.held = held;
                    self.fail(Problem::UnexpectedNotModified, None, effects);
                }
            },
            // There are other credentials by now.
            Answer::Unauthorized if flight.ticket < self.ticket => {
                self.due = Some(self.clock.elapsed());
                self.cause = Cause::Credentials;
            }
            Answer::Unauthorized => {
                self.refused.clone_from(&self.token);
                self.lose_credentials(effects);
                if !self.config.has_token {
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
                    self.not_before = self.clock.elapsed() + after.min(RETRY_AFTER_MAX);
                }
                self.fail(problem, retry_after, effects);
            }
        }
    }

    pub(super) fn accept_document(
        &mut self,
        document: Document,
        etag: Option<String>,
        text: Option<Box<str>>,
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
        let mut times = self.times(&document, flight.started, None);
        if let Some(end) = self.end_ahead() {
            // Whether there is another token, the next load shows.
            times = times.cut(end, self.config.stale);
        }
        let held = self.held_of(document, etag, times, (Origin::Endpoint, flight.started));
        self.accept(Held { text, ..held }, flight, effects);
    }

    pub(super) fn times(&self, document: &Document, started: Millis, end: Option<Millis>) -> Times {
        let own = document.ttl_seconds.map_or(self.config.ttl, Millis::from_seconds);
        let ttl = own.clamp(super::TTL_MIN, self.config.ttl);
        Times::since(started, ttl, self.config.stale, end)
    }

    /// Takes a set that was answered, unless something newer is known.
    fn accept(&mut self, mut new: Held, flight: &Flight, effects: &mut Effects) {
        // With a cookie only the server knows who is signed in: it may be somebody else by now.
        // After a sign-in by cookie, it is the same user only if both answers say so.
        let may_be_another = self.cycle.is_some()
            && self.identity == Identity::Untold
            && (new.owner.subject.is_none() || new.owner.subject != self.owner.subject);
        if self.owner.differs_from(&new.owner) || may_be_another {
            self.begin_epoch();
            self.floor = None;
            self.announced = None;
            self.revocations.clear();
            self.channel.begin_afresh();
        }
        if let (Some(known), Some(came)) = (self.floor, new.version)
            && came < known
        {
            return self.fail(Problem::OlderVersion { known, came }, None, effects);
        }
        // What was heard while there was nothing to compare it with.
        if let Some(header) = self.overheard.take()
            && header.subject.is_some()
            && header.subject == new.owner.subject
            && new.version.is_some_and(|version| header.version > version)
        {
            self.announced = self.announced.max(Some(header.version));
        }
        if self.cycle.take() == Some(Cycle::Asking) {
            // Somebody signed in without waiting for the answer of the application.
            self.ticket += 1;
        }
        new.times = self.plan(new.version, new.times, flight);
        self.stored = None;
        self.come_back();
        self.is_probe = false;
        self.store(&new, effects);
        self.outlive_revocations(new.version, flight.generation);
        self.hold(new);
        if core::mem::take(&mut self.was_signed_out) && !self.config.has_token {
            self.tell_tabs("signed-in", None, &[], effects);
        }
    }

    /// Plans the next load after a set that is going to be held, and says how far that one is to
    /// be believed.
    fn plan(&mut self, version: Option<u64>, times: Times, flight: &Flight) -> Times {
        let now = self.clock.elapsed();
        self.channel.reached(now);
        self.floor = version.or(self.floor);
        let behind = self.announced.is_some_and(|announced| version.is_some_and(|v| v < announced));
        if behind && self.lagging < LAGGING_MAX {
            self.lagging += 1;
            self.due = Some(now + self.backoff.failed(None));
            self.cause = Cause::Behind;
            return times.doubted(now, self.config.stale);
        }
        if behind {
            // It was waited for long enough: if it is said again, it is only asked about.
            self.given_up = self.announced;
        }
        self.announced = None;
        self.backoff.succeeded();
        if let Some((moment, cause)) = flight.doubted {
            self.due = Some(moment.max(now));
            self.cause = cause;
            return times.doubted(now, self.config.stale);
        }
        self.due = Some(times.fresh_until.max(now + INTERVAL_MIN));
        self.cause = Cause::Ttl;
        times
    }

    /// Holds a set. One of the same content only brings its times and its entity tag.
    pub(super) fn hold(&mut self, mut new: Held) {
        self.was_held = true;
        self.owner = new.owner.clone();
        match &mut self.held {
            // With other policies, the same document may be another set.
            Some(held) if !self.config.asks_policies && held.is_same_version_as(&new) => {
                held.renew(&mut new);
                held.etag = new.etag.or(held.etag.take());
            }
            Some(held) if held.says_the_same_as(&new) => {
                held.renew(&mut new);
                held.etag = new.etag;
            }
            held => {
                *held = Some(new);
                self.revision += 1;
            }
        }
        self.apply_revocations();
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
        let now = self.clock.elapsed();
        // In vain, but done.
        self.wants_refresh = false;
        self.awaits_judge = false;
        let is_quick = now < self.failed + INTERVAL_MIN;
        self.quick_failures = if is_quick { self.quick_failures.saturating_add(1) } else { 0 };
        self.failed = now;
        self.cause = Cause::Retry;
        if self.cycle == Some(Cycle::Asking) || core::mem::take(&mut self.is_probe) {
            // Nobody is there: the user is being asked, and nothing else goes on meanwhile.
            self.due = None;
        } else {
            // Nobody can judge now whether the credentials are gone, nor, with a cookie, whose the
            // new ones are: then what waits is not sent again.
            if self.cycle.take() == Some(Cycle::Proving) && self.identity == Identity::Untold {
                self.epoch_ticket = self.ticket;
            }
        }
        if self.held.is_none() && matches!(self.absence, Absence::Idle | Absence::Loading) {
            self.absence = Absence::Failed;
        }
        effects.push(Effect::Report(problem));
    }
}
