//! What a session needs before it can read anything: the policies, and what waits for them.

use alloc::string::String;
use alloc::sync::Arc;

use super::config::Source;
use super::effect::{Effect, Effects, Problem};
use super::event::{Answer, PolicyTexts};
use super::held::{Held, Origin, Times};
use super::notice::Cause;
use super::time::Millis;
use super::{Absence, Session};
use crate::catalogue::Catalogue;
use crate::wire::{Document, DocumentError, Path, RoleMap};

/// What waits for the policies.
#[derive(Clone, Debug)]
pub(super) enum Parked {
    Token(String),
    Answer(Answer),
}

impl Session {
    pub(super) fn start(
        &mut self,
        bootstrap: Option<String>,
        stored: Option<&str>,
        effects: &mut Effects,
    ) {
        let now = self.clock.elapsed();
        self.due = Some(now);
        if let Some(text) = stored {
            self.take_stored(text);
        }
        if self.config.asks_policies {
            self.bootstrap = bootstrap.map(|text| (text, now));
        } else if let Some(text) = bootstrap {
            self.read_bootstrap(&text, now, None, effects);
        }
    }

    /// Reads the document that the page carried, which counts from `started`, when the page was
    /// there; if it was doubted since, it is not fresh, and a load follows at that moment.
    fn read_bootstrap(
        &mut self,
        text: &str,
        started: Millis,
        doubted: Option<(Millis, Cause)>,
        effects: &mut Effects,
    ) {
        let document = self.config.reading.document(text).map_err(Problem::MalformedDocument);
        match document.and_then(|document| self.in_our_tenant(document)) {
            Ok(document) => {
                let mut times = self.times(&document, started, None);
                let now = self.clock.elapsed();
                let (due, cause) = doubted.unwrap_or((times.fresh_until, Cause::Ttl));
                self.due = Some(due.max(now));
                self.cause = cause;
                if doubted.is_some() {
                    times = times.doubted(now, self.config.stale);
                }
                self.floor = document.version;
                self.hold(self.held_of(document, None, times, (Origin::Bootstrap, started)));
            }
            Err(problem) => {
                if self.config.source == Source::Bootstrap {
                    self.absence = Absence::Failed;
                }
                effects.push(Effect::Report(problem));
            }
        }
    }

    /// Refuses a document about another tenant than the one that is set.
    pub(super) fn in_our_tenant(&self, mut document: Document) -> Result<Document, Problem> {
        match (&self.config.reading.tenant, &document.tenant) {
            (Some(asked), Some(answered)) if asked != answered => {
                let (asked, answered) = (asked.clone(), answered.clone());
                return Err(Problem::TenantMismatch { asked, answered });
            }
            (Some(asked), None) => document.tenant = Some(asked.clone()),
            _ => {}
        }
        Ok(document)
    }

    pub(super) fn held_of(
        &self,
        document: Document,
        etag: Option<String>,
        times: Times,
        source: (Origin, Millis),
    ) -> Held {
        Held::new(document, self.config.reading.policies.catalogue.clone(), etag, times, source)
    }

    /// Whether there is anything to ask.
    pub(super) fn has_something_to_load(&self) -> bool {
        self.config.source != Source::Bootstrap || self.bootstrap.is_some()
    }

    pub(super) fn policies_answered(
        &mut self,
        generation: u64,
        policies: Result<PolicyTexts, String>,
        effects: &mut Effects,
    ) {
        if self.flight.as_ref().is_none_or(|flight| flight.generation != generation) {
            return;
        }
        let read = policies.map_err(Problem::PolicyProvider);
        if let Err(problem) = read.and_then(|texts| self.take_policies(&texts)) {
            self.flight = None;
            effects.push(Effect::Abort);
            return self.fail(problem, None, effects);
        }
        if let Some((text, started)) = self.bootstrap.take() {
            let doubted = self.land(generation).and_then(|flight| flight.doubted);
            return self.read_bootstrap(&text, started, doubted, effects);
        }
        let Some(flight) = &mut self.flight else { return };
        flight.awaits_policies = false;
        match flight.parked.take() {
            None => {}
            Some(Parked::Answer(answer)) => self.answered(generation, answer, effects),
            Some(Parked::Token(token)) => {
                if let Some(flight) = self.land(generation) {
                    self.read_token(&token, &flight, effects);
                }
            }
        }
    }

    fn take_policies(&mut self, texts: &PolicyTexts) -> Result<(), Problem> {
        let language = self.config.reading.language;
        let mut policies = self.config.reading.policies.clone();
        let malformed = Problem::MalformedPolicies;
        if let Some(text) = &texts.catalogue {
            let value = DocumentError::json(text).map_err(malformed)?;
            let path = Path::Key(&Path::Root, "catalogue");
            let catalogue = Catalogue::from_value(&value, language, &path).map_err(malformed)?;
            policies.catalogue = Some(Arc::new(catalogue));
        }
        if let Some(text) = &texts.roles {
            let value = DocumentError::json(text).map_err(malformed)?;
            let path = Path::Key(&Path::Root, "rolePermissions");
            let roles = RoleMap::from_value(&value, language, &path).map_err(malformed)?;
            policies.roles = Some(roles);
        }
        if policies != self.config.reading.policies {
            self.config.reading.policies = policies;
            // What is held was read with others, and is to be sent in full.
            if let Some(held) = &mut self.held {
                held.etag = None;
            }
        }
        Ok(())
    }
}
