//! Handles the answers of a load.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use super::config::Source;
use super::credentials::{Known, Standing, is_sendable};
use super::effect::{Effect, Effects};
use super::event::{Answer, ClaimProblem, Claimed, Failure, PolicyTexts};
use super::loader::{Flight, Parked};
use super::notice::Cause;
use super::problem::Problem;
use super::state::State;
use super::subject::{Absence, Held};
#[cfg(doc)]
use super::supply::Supply;
use super::{evidence, renewal, users};
use crate::parts::{CLAIMS, POLICIES};
use crate::time::Millis;
use crate::wire::{Document, TokenError};

/// Gives up a load that takes too long, and begins the one that is due. [`Supply::ask`] sends its
/// requests.
pub(super) fn begin_when_due(state: &mut State, effects: &mut Effects) {
    if state.supply.loader.time_out(state.now()) {
        effects.push(Effect::Abort);
        fail(state, Problem::Timeout, None, effects);
    }
    let (supply, at, credentials) = state.parts();
    if !supply.begin(at, credentials.ticket()) {
        return;
    }
    state.credentials.set_standing(state.credentials.standing().begin_load());
    if state.supply.subject.absence() == Some(Absence::Idle) {
        state.supply.subject.set_absence(Absence::Loading);
    }
}

pub(super) fn policies_answered(
    state: &mut State,
    generation: u64,
    policies: Result<PolicyTexts, String>,
    effects: &mut Effects,
) {
    if state.supply.loader.flight(generation).is_none() {
        return;
    }
    if let Err(problem) = state.supply.take_policies(policies) {
        state.supply.loader.land(generation);
        effects.push(Effect::Abort);
        return fail(state, problem, None, effects);
    }
    if let Some((text, started)) = state.supply.subject.take_bootstrap() {
        let doubted = land(state, generation).and_then(|flight| flight.doubted);
        let (supply, at, _) = state.parts();
        return supply.read_bootstrap(at, &text, started, doubted, effects);
    }
    let Some(flight) = state.supply.loader.flight(generation) else { return };
    match flight.take_policies() {
        None => {}
        Some(Parked::Answer(answer)) => answered(state, generation, answer, effects),
        Some(Parked::Token(token)) => read_token(state, generation, token, effects),
    }
}

/// Ends the load of this generation; returns none if another load, or no load, is running.
pub(super) fn land(state: &mut State, generation: u64) -> Option<Flight> {
    let flight = state.supply.loader.land(generation)?;
    state.channel.judged();
    Some(flight)
}

pub(super) fn token_answered(
    state: &mut State,
    generation: u64,
    token: Result<Option<String>, String>,
    effects: &mut Effects,
) {
    if state.supply.loader.flight(generation).is_none() {
        return;
    }
    let token = match token {
        Ok(Some(token)) => token,
        // The session may have ended: the application is asked for credentials, or still is. Its
        // function has none meanwhile.
        Ok(None)
            if matches!(state.credentials.standing(), Standing::Judging | Standing::Asking) =>
        {
            state.supply.loader.land(generation);
            return renewal::lose_credentials(state, effects);
        }
        Ok(None) => return users::forget_credentials(state, effects),
        Err(message) => {
            state.supply.loader.land(generation);
            return fail(state, Problem::TokenProvider(message), None, effects);
        }
    };
    let source = state.supply.setup.source();
    // The same token would still be malformed a second later, so it is not asked for again at once.
    if source == Source::Endpoint && !is_sendable(&token) {
        users::presume_no_more(state);
        state.supply.loader.land(generation);
        let problem = Problem::MalformedToken(TokenError::NotSendable);
        return fail(state, problem, Some(state.config.lifetimes.ttl), effects);
    }
    let token = state.credentials.read(token, state.supply.setup.reading());
    users::adopt(state, Arc::clone(&token));
    if let Some(time) = state.credentials.time_of_issuer(&token, &state.clock) {
        state.clock.correct(time);
    }
    let (now, ticket) = (state.now(), state.credentials.ticket());
    state.supply.loader.sends(now, state.config.lifetimes.timeout, ticket);
    let Some(flight) = state.supply.loader.flight(generation) else { return };
    let awaits_policies = flight.awaits_policies();
    if CLAIMS && source == Source::Token {
        if awaits_policies {
            flight.park(Parked::Token(token));
        } else {
            read_token(state, generation, token, effects);
        }
        return;
    }
    let wants_claims = CLAIMS && state.config.reads_claims && state.supply.subject.trusts_claims();
    if wants_claims && !state.supply.subject.is_held() && !awaits_policies {
        match token.valid_until(state.clock.issuers_time()) {
            // The endpoint is asked after the claims were read.
            Ok(_) => return state.supply.loader.ask_claims(token),
            Err(problem) => effects.push(Effect::Report(problem)),
        }
    }
    go_to_endpoint(state);
}

/// Asks the endpoint with the token of the load; a stored document of the same subject is believed
/// until it answers.
fn go_to_endpoint(state: &mut State) {
    let (supply, at, credentials) = state.parts();
    supply.believe_stored(at, credentials.identity());
    supply.subject.distrust_claims();
    supply.loader.ask_endpoint();
}

/// The claims of this token are the set: requests that they are read.
fn read_token(state: &mut State, generation: u64, token: Arc<Known>, effects: &mut Effects) {
    if state.credentials.is_refused(token.text()) {
        // There is no endpoint to judge it: the refusal is believed.
        land(state, generation);
        return renewal::lose_credentials(state, effects);
    }
    match token.valid_until(state.clock.issuers_time()) {
        Ok(_) => state.supply.loader.ask_claims(token),
        Err(problem) => {
            land(state, generation);
            fail_claims(state, problem, effects);
        }
    }
}

/// Handles the claims that a load waits for.
pub(super) fn claims_read(
    state: &mut State,
    generation: u64,
    read: Result<Claimed, ClaimProblem>,
    effects: &mut Effects,
) {
    let Some(flight) = state.supply.loader.flight(generation) else { return };
    let started = flight.started;
    if flight.awaits_policies() {
        return;
    }
    let Some(token) = flight.take_token() else { return };
    let is_source = state.supply.setup.source() == Source::Token;
    let (supply, at, _) = state.parts();
    let held = read.map_err(Problem::from).and_then(|mut claimed| {
        let warnings = core::mem::take(&mut claimed.warnings);
        let held = supply.set_of_claims(at, &token, claimed, started)?;
        if is_source {
            // Beside an endpoint they are believed only briefly, so their problems are not
            // reported.
            let problems = warnings.into_iter().map(Problem::ClaimLeftOut);
            effects.extend(problems.map(Effect::Report));
        }
        Ok(held)
    });
    if is_source {
        let Some(flight) = land(state, generation) else { return };
        return match held {
            Ok(held) => accept(state, held, &flight, effects),
            Err(problem) => fail_claims(state, problem, effects),
        };
    }
    match held {
        Ok(held) => supply.believe_for_now(at, held),
        Err(problem) => effects.push(Effect::Report(problem)),
    }
    go_to_endpoint(state);
}

fn fail_claims(state: &mut State, problem: Problem, effects: &mut Effects) {
    users::presume_no_more(state);
    let is_soon_over = matches!(
        problem,
        Problem::TokenExpired | Problem::TokenNotYetValid | Problem::TokenOfAnotherTenant
    );
    // The same token would still be malformed a second later, so the next attempt is not urgent.
    let pause = (!is_soon_over).then_some(state.config.lifetimes.ttl);
    fail(state, problem, pause, effects);
    // If the clock is wrong, the next token shows it, but not within the first second: several
    // quick attempts would be in vain, and the one after them late.
    let comparable = state.credentials.issuing_is_comparable();
    if let Some(moment) = comparable.filter(|moment| is_soon_over && *moment > state.now())
        && state.supply.loader.is_due()
    {
        state.supply.loader.load_at(moment, Cause::Retry);
    }
}

pub(super) fn answered(state: &mut State, generation: u64, answer: Answer, effects: &mut Effects) {
    // Late answers, to an earlier load or for another user, are ignored.
    let Some(flight) = state.supply.loader.flight(generation) else { return };
    // A 401 can be handled without policies, and does not wait for them.
    if POLICIES && flight.awaits_policies() && !matches!(answer, Answer::Unauthorized) {
        flight.park(Parked::Answer(answer));
        return;
    }
    let Some(flight) = land(state, generation) else { return };
    let now = state.now();
    match answer {
        Answer::Document { body, etag } => match state.supply.setup.reading().document(&body) {
            Ok(document) => {
                let text = state.config.persists().then(|| body.into_boxed_str());
                accept_document(state, (document, etag, text), &flight, effects);
            }
            Err(error) => fail(state, Problem::MalformedDocument(error), None, effects),
        },
        Answer::NotModified => not_modified(state, &flight, effects),
        Answer::Unauthorized => {
            let is_of_now = flight.ticket >= state.credentials.ticket();
            if is_of_now {
                state.credentials.refuse_token();
                renewal::lose_credentials(state, effects);
                if !state.supply.setup.has_token() {
                    state.tell_tabs("session-revoked", None, &[], effects);
                }
            }
            // The credentials have changed meanwhile; or they may have, by a sign-in with a cookie. A new
            // token comes by an event, and the application may be asked for one.
            let may_have_changed =
                !state.supply.setup.has_token() && state.supply.loader.is_wanted();
            if !is_of_now || may_have_changed {
                state.supply.loader.plan(now, Cause::Credentials);
            }
        }
        Answer::Failed { failure, retry_after } => {
            let problem = match failure {
                Failure::Status(status) => Problem::Status(status),
                Failure::Network(message) => Problem::Network(message),
                Failure::TooLarge => Problem::TooLarge,
            };
            if let Some(after) = retry_after {
                state.supply.loader.leave_alone(now, after);
            }
            fail(state, problem, retry_after, effects);
        }
    }
}

pub(super) fn not_modified(state: &mut State, flight: &Flight, effects: &mut Effects) {
    let end = state.end_ahead();
    let (supply, at, credentials) = state.parts();
    match supply.subject.held() {
        // No entity tag was sent.
        _ if !flight.is_conditional => fail(state, Problem::UnexpectedNotModified, None, effects),
        Some(held) if held.etag.is_some() => {
            supply.confirm(at, flight, end, credentials.identity().issuer(), effects);
            state.channel.reached(state.now());
            state.credentials.set_standing(Standing::Assumed);
        }
        // The answer is about a set that was read with other policies.
        Some(_) if at.config.asks_policies() => supply.loader.retry(at.now(), Cause::Retry),
        // The endpoint confirms the document that an earlier page stored.
        None if supply.subject.stored().is_some_and(|stored| stored.etag.is_some()) => {
            let Some(stored) = supply.subject.take_stored() else { return };
            match supply.setup.reading().document(&stored.document) {
                Ok(document) => {
                    let answer = (document, stored.etag, Some(stored.document));
                    accept_document(state, answer, flight, effects);
                }
                Err(error) => fail(state, Problem::MalformedDocument(error), None, effects),
            }
        }
        _ => fail(state, Problem::UnexpectedNotModified, None, effects),
    }
}

pub(super) fn accept_document(
    state: &mut State,
    answer: (Document, Option<String>, Option<Box<str>>),
    flight: &Flight,
    effects: &mut Effects,
) {
    let end = state.end_ahead();
    let (supply, at, credentials) = state.parts();
    match supply.judge(at, answer, flight.started, credentials.identity(), end) {
        Ok(held) => accept(state, held, flight, effects),
        Err(problem) => fail(state, problem, None, effects),
    }
}

/// Accepts a set, unless a newer version is known.
pub(super) fn accept(state: &mut State, new: Held, flight: &Flight, effects: &mut Effects) {
    // With a cookie only the server knows the user, who may have changed. After a sign-in by
    // cookie, it is the same user only if both answers name that user.
    let is_of_now = flight.ticket >= state.credentials.ticket();
    let owner = state.supply.subject.owner();
    let is_proven = new.owner.subject.is_some() && new.owner.subject == owner.subject;
    let is_another =
        owner.differs_from(&new.owner) || (state.credentials.may_be_another() && !is_proven);
    if is_another {
        state.credentials.begin_epoch(false);
        state.supply.subject.become_another();
        state.channel.begin_afresh();
    }
    let (supply, at, credentials) = state.parts();
    let issuer = credentials.identity().issuer();
    if let Err(problem) = supply.accept(at, new, flight, issuer, effects) {
        fail(state, problem, None, effects);
        if let Some(moment) = state.supply.subject.next_of_restart() {
            state.supply.loader.retry_soon(moment.max(state.now()));
        }
        return;
    }
    state.channel.reached(state.now());
    let signed_in = state.credentials.prove(is_of_now) || is_another;
    if state.supply.setup.has_token() {
        return;
    }
    let subject = state.supply.subject.owner().subject.as_deref();
    if state.tabs.is_late(subject) {
        // The cookie may have become another user's while the answer was on its way. The next answer
        // decides, and tells the other tabs.
        evidence::doubt_credentials(state, Cause::Tab, effects);
    } else if state.tabs.meet(subject, signed_in) {
        state.tell_tabs(if signed_in { "signed-in" } else { "present" }, None, &[], effects);
    }
}

/// A load failed: the held set stays, and another attempt follows.
pub(super) fn fail(
    state: &mut State,
    problem: Problem,
    retry_after: Option<Millis>,
    effects: &mut Effects,
) {
    let goes_on = state.credentials.fail();
    state.supply.loader.fail(state.now(), retry_after, goes_on);
    state.channel.judged();
    if !state.credentials.standing().is_nobody() {
        state.supply.subject.fail();
    }
    effects.push(Effect::Report(problem));
}
