//! The session on a virtual clock: a page passes events to it, and the shared performer performs the
//! effects.

mod clocks;
mod cookies;
mod doubts;
mod early;
mod freshness;
mod given_tokens;
mod identity;
#[path = "../../../../permgate-testbed/src/performer.rs"]
#[expect(unreachable_pub, reason = "in its own crate, all of it is public")]
mod performer;
mod policies;
mod pushes;
mod renewals;
mod replays;
mod restarts;
mod streams;
mod tabs;
mod tenants;
mod tokens;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use self::performer::Performer;
use super::*;
use crate::grant::Grant;
use crate::json::Value;
use crate::wire::{Document, DocumentError, DocumentErrorKind, Path, VersionHeader};

/// A session, its two clocks, and the effects that it asked for.
struct Page {
    session: Session,
    now: Now,
    performer: Performer,
}

impl Deref for Page {
    type Target = Performer;

    fn deref(&self) -> &Performer {
        &self.performer
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut Performer {
        &mut self.performer
    }
}

/// The time at which every page of these tests begins.
const START: u64 = 1_700_000_000_000;

impl Page {
    fn new(config: Config) -> Self {
        let now = Now { wall: Millis(START), monotonic: Millis(5000) };
        Self { session: Session::new(now, config), now, performer: Performer::default() }
    }

    /// A started page.
    fn of(config: Config) -> Self {
        let mut page = Self::new(config);
        page.tell(Event::Started { bootstrap: None, stored: None });
        page
    }

    /// A page whose set comes from an endpoint, started.
    fn started() -> Self {
        Self::of(Config::new(Source::Endpoint))
    }

    /// The application returns a token with these claims.
    fn give(&mut self, claims: &str) {
        let token = Ok(Some(token(claims)));
        self.tell(Event::TokenAnswered { generation: self.generation(), token });
    }

    /// A started page that holds `a` at version 1, fetched without delay.
    fn fresh() -> Self {
        let mut page = Self::started();
        page.answer(&document(1, &["a"]));
        page
    }

    fn tell(&mut self, event: Event) {
        let effects = self.performer.tell(&mut self.session, self.now, event).unwrap();
        for effect in effects {
            if let Effect::ReadClaims { generation, token } = effect {
                let read = self.claims(&token);
                self.tell(Event::ClaimsRead { generation, read });
            }
        }
    }

    /// Reads the claim `permissions`, or the claim below `tenants` and the tenant, if one is
    /// selected.
    fn claims(&self, token: &str) -> Result<Claimed, ClaimProblem> {
        let token = crate::wire::Token::decode_unverified(token).map_err(ClaimProblem::Token)?;
        let reading = self.session.reading();
        let tenants = token.claims.member("tenants");
        let of_tenant = tenants.zip(reading.tenant.as_deref()).and_then(|(all, it)| all.member(it));
        let value = of_tenant.unwrap_or(&token.claims).member("permissions");
        let text = match value {
            Some(Value::Array(names)) => names.iter().map(|name| match name {
                Value::String(name) => name.as_str(),
                _ => "",
            }),
            _ => {
                let kind = DocumentErrorKind::Claim("the token has no such claim");
                return Err(ClaimProblem::Claims(DocumentError::new(&Path::Root, kind)));
            }
        };
        let mut document =
            Document { subject: token.subject().map(String::from), ..Document::default() };
        for name in text {
            let pattern = reading.pattern(name, &Path::Root).map_err(ClaimProblem::Claims)?;
            document.grants.push(Grant { pattern, resource: None, effect: crate::Effect::Allow });
        }
        let document = reading.complete(document).map_err(ClaimProblem::Claims)?;
        let reads_tenant = tenants.is_some();
        Ok(Claimed { document, reads_tenant, warnings: Vec::new() })
    }

    /// Advances both clocks, and fires the timer whenever it is due.
    fn pass(&mut self, millis: u64) {
        let end = Now {
            wall: self.now.wall + Millis(millis),
            monotonic: self.now.monotonic + Millis(millis),
        };
        let mut fired = 0;
        while let Some(moment) = self.take_timer(end.monotonic) {
            let step = moment - self.now.monotonic;
            self.now = Now { wall: self.now.wall + step, monotonic: self.now.monotonic + step };
            self.tell(Event::TimerFired);
            fired += 1;
            assert!(fired < 50_000, "the timer fires without end");
        }
        self.now = end;
    }

    fn generation(&self) -> u64 {
        match self.requests.last() {
            Some(Effect::Fetch { generation, .. } | Effect::AskToken { generation }) => *generation,
            _ => 0,
        }
    }

    fn fetches(&self) -> usize {
        self.requests.iter().filter(|request| matches!(request, Effect::Fetch { .. })).count()
    }

    /// The endpoint answers the newest request.
    fn answer(&mut self, body: &str) {
        self.answer_to(self.generation(), body);
    }

    fn answer_to(&mut self, generation: u64, body: &str) {
        let answer = Answer::Document { body: body.into(), etag: Some("\"e\"".into()) };
        self.tell(Event::Answered { generation, answer });
    }

    fn fail(&mut self, failure: Failure, retry_after: Option<Millis>) {
        let answer = Answer::Failed { failure, retry_after };
        self.tell(Event::Answered { generation: self.generation(), answer });
    }

    fn observe(&mut self, status: u16) {
        let ticket = self.session.ticket();
        self.tell(Event::Observed(Observation::of_status(status, ticket)));
    }

    fn can(&self, requirement: &str) -> bool {
        self.session.decide(self.now, &Requirement::parse(requirement).unwrap(), None).is_granted()
    }

    fn reason(&self, requirement: &str) -> &'static str {
        let requirement = Requirement::parse(requirement).unwrap();
        self.session.decide(self.now, &requirement, None).reason.code()
    }

    fn status(&self) -> Status {
        self.session.status()
    }
}

fn document(version: u64, permissions: &[&str]) -> String {
    document_of("u-1", version, permissions)
}

fn document_of(subject: &str, version: u64, permissions: &[&str]) -> String {
    format!(r#"{{"subject":"{subject}","version":{version},"permissions":{permissions:?}}}"#)
}

/// A token with these members of its claims.
fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    [part("{}"), part(&format!("{{{claims}}}")), String::new()].join(".")
}
