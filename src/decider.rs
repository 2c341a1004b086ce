//! Answers questions by the present state of the session, and reports malformed ones.

use std::cell::{Cell, RefCell};

use permgate_core::requirement::Kind;
use permgate_core::session::{Effects, Event, Now, Session};
use permgate_core::{Decision, Outcome, Requirement, RequirementError, Resource};
use wasm_bindgen::JsValue;

use crate::clock;
use crate::host::Host;

/// The code for a name that is not in the catalogue.
pub(crate) const UNKNOWN: &str = "unknown-permission";

/// The session of an instance, for the exports and the binders.
pub(crate) struct Decider {
    // INVARIANT: never borrowed while JavaScript is called.
    session: RefCell<Session>,
    host: Host,
    /// The time of the event being handled, if it happened before the module was loaded.
    past: Cell<Option<Now>>,
}

impl Decider {
    pub(crate) fn new(session: Session, host: Host, past: Option<Now>) -> Self {
        Self { session: RefCell::new(session), host, past: Cell::new(past) }
    }

    /// Sets the time of the next events, if these also happened before the module was loaded.
    pub(crate) fn go_on_in_past(&self, at: Option<Now>) {
        if self.past.get().is_some() && at.is_some() {
            self.past.set(at);
        }
    }

    /// From now on, events have the time at which they are handled. Returns whether the last ones
    /// had an earlier time.
    pub(crate) fn end_past(&self) -> bool {
        self.past.take().is_some()
    }

    /// The TypeScript side of the instance.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// Handles an event: the session changes in no other way.
    pub(crate) fn handle(&self, event: Event) -> Effects {
        let now = self.past.get().unwrap_or_else(clock::now);
        self.session.borrow_mut().handle(now, event)
    }

    /// Reads the present state of the session.
    pub(crate) fn with_session<T>(&self, look: impl FnOnce(&Session) -> T) -> T {
        look(&self.session.borrow())
    }

    /// Decides by the set that is held now.
    pub(crate) fn decide(
        &self,
        requirement: &Requirement,
        resource: Option<&Resource>,
        look: &mut dyn FnMut(&Decision<'_>),
    ) {
        let now = clock::now();
        look(&self.session.borrow().decide(now, requirement, resource));
    }

    /// Reads a requirement in the instance's language.
    pub(crate) fn requirement(&self, text: &str) -> Result<Requirement, RequirementError> {
        let language = self.with_session(|session| session.reading().language);
        Requirement::parse_in(text, language)
    }

    /// A message for each name in a requirement that is not in the catalogue. The caller reports
    /// each message once.
    pub(crate) fn unknown_names(&self, requirement: &Requirement) -> Vec<String> {
        let mut messages = Vec::new();
        if !cfg!(feature = "whole") {
            return messages;
        }
        let catalogue = self.with_session(|session| session.reading().catalogue().cloned());
        let Some(catalogue) = catalogue else { return messages };
        requirement.for_each_atom(&mut |atom| {
            if let Kind::Permission(question) = atom.kind()
                && !catalogue.holds(question)
            {
                let name = atom.to_string();
                messages
                    .push(["`", &name, "` is not in the catalogue; is it spelled right?"].concat());
            }
        });
        messages
    }

    /// Reports the names in a question that are not in the catalogue.
    pub(crate) fn report_unknown(&self, requirement: &Requirement) {
        for message in self.unknown_names(requirement) {
            self.report(UNKNOWN, &message, &JsValue::UNDEFINED);
        }
    }

    /// Decides by the set that is held now whether a permission is granted on any resource.
    pub(crate) fn decide_somewhere(
        &self,
        requirement: &Requirement,
        look: &mut dyn FnMut(&Decision<'_>),
    ) {
        let now = clock::now();
        look(&self.session.borrow().somewhere(now, requirement));
    }

    /// The outcome by the set that is held at this time.
    pub(crate) fn outcome_at(
        &self,
        now: Now,
        requirement: &Requirement,
        resource: Option<&Resource>,
    ) -> Outcome {
        self.session.borrow().decide(now, requirement, resource).outcome
    }

    pub(crate) fn report(&self, code: &str, message: &str, element: &JsValue) {
        self.host.reported(code, message, element);
    }
}
