//! What a session needs before it can read anything: the policies, and what waits for them.

use alloc::string::String;
use alloc::sync::Arc;

use super::config::Source;
use super::effect::{Effect, Effects, Problem};
use super::event::{Answer, PolicyTexts};
use super::held::{Held, Times};
use super::time::Millis;
use super::{Absence, Session};
use crate::catalogue::Catalogue;
use crate::wire::{Document, RoleMap};

/// What waits for the policies.
#[derive(Clone, Debug)]
pub(super) enum Parked {
    Token(String),
    Answer(Answer),
}

impl Session {
    pub(super) fn start(&mut self, bootstrap: Option<String>, effects: &mut Effects) {
        let now = self.clock.elapsed();
        self.due = Some(now);
        if self.config.asks_policies {
            self.bootstrap = bootstrap;
        } else if let Some(text) = bootstrap {
            self.read_bootstrap(&text, now, effects);
        }
    }

    /// Reads the document that the page carried, which counts from `started`.
    fn read_bootstrap(&mut self, text: &str, started: Millis, effects: &mut Effects) {
        let document = self.config.reading.document(text).map_err(Problem::MalformedDocument);
        match document.and_then(|document| self.in_our_tenant(document)) {
            Ok(document) => {
                let times = self.times(&document, started, None);
                self.due = Some(times.fresh_until);
                self.floor = document.version;
                self.hold(self.held_of(document, None, times));
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

    pub(super) fn held_of(&self, document: Document, etag: Option<String>, times: Times) -> Held {
        Held::new(document, self.config.reading.policies.catalogue.clone(), etag, times)
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
        if let Some(text) = self.bootstrap.take() {
            let started = self.land(generation).map(|flight| flight.started);
            return self.read_bootstrap(&text, started.unwrap_or_default(), effects);
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
        if let Some(text) = &texts.catalogue {
            let catalogue = Catalogue::parse(text, language).map_err(Problem::MalformedPolicies)?;
            policies.catalogue = Some(Arc::new(catalogue));
        }
        if let Some(text) = &texts.roles {
            let roles = RoleMap::parse(text, language).map_err(Problem::MalformedPolicies)?;
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
