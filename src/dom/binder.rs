//! One bound root: decides the requirements on the page, and lets JavaScript write the states.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use permgate_core::session::Now;
use permgate_core::set::PermissionSet;
use permgate_core::{Decision, Outcome, Resource};

use super::asked::{Asked, Requirements, state};
use super::nodes::{NO_RESOURCE, Nodes};
use crate::clock;
use crate::decider::{Decider, UNKNOWN};
use crate::snapshot;

/// How many characters of a malformed attribute are shown.
const SHOWN: usize = 200;

/// A problem of a requirement on the page.
struct Complaint {
    key: u32,
    code: &'static str,
    message: String,
}

/// One bound root.
pub(crate) struct Binder {
    decider: Rc<Decider>,
    nodes: Nodes,
    // INVARIANT: not borrowed while the DOM is written: a custom element's reactions run in the
    // middle of `setAttribute`, and may bind, disconnect or ask.
    requirements: RefCell<Requirements>,
    // INVARIANT: the known decisions were made by this set; if there is none, they are all made
    // again with the next set.
    decided_by: RefCell<Option<Arc<PermissionSet>>>,
    // Whether the root was unbound: from then on no requirement is added.
    stopped: Cell<bool>,
    // Problems found during a walk, in which no code of the page may run.
    complaints: RefCell<Vec<Complaint>>,
}

impl Binder {
    pub(crate) fn new(nodes: Nodes, decider: Rc<Decider>) -> Self {
        Self {
            decider,
            nodes,
            requirements: RefCell::default(),
            decided_by: RefCell::default(),
            stopped: Cell::new(false),
            complaints: RefCell::default(),
        }
    }

    /// Writes the decisions whose answer or reason has changed.
    pub(crate) fn update(&self) {
        let flips = self.decide_anew();
        self.nodes.update(&flips);
    }

    /// The changed decisions, as pairs of key and state.
    fn decide_anew(&self) -> Vec<u32> {
        // Elements that the page has changed since the last frame are decided by the present set,
        // too.
        self.nodes.flush();
        let now = clock::now();
        let set = self.decider.with_session(|session| session.set(now).cloned());
        let before = self.decided_by.replace(set.clone());
        let changes = match (&before, &set) {
            (Some(before), Some(set)) if Arc::ptr_eq(before, set) => return Vec::new(),
            (Some(before), Some(set)) => set.changes_since(before),
            _ => None,
        };
        self.requirements.borrow_mut().update(|requirement, resource| {
            if changes.as_ref().is_some_and(|changes| !changes.concern(requirement)) {
                return None;
            }
            Some(self.decider.outcome_at(now, requirement, resource))
        })
    }

    /// Unbinds the root; elements stay as they are.
    pub(crate) fn stop(&self) {
        self.stopped.set(true);
        self.nodes.stop(false);
    }

    /// Unbinds the root, and restores its elements.
    pub(crate) fn restore(&self) {
        self.stopped.set(true);
        self.nodes.stop(true);
        self.requirements.take();
    }

    /// The decision on a requirement, as JSON.
    pub(crate) fn explain(&self, key: u32) -> String {
        let mut json = String::new();
        let show = &mut |decision: &Decision<'_>| {
            json = self.decider.with_session(|session| snapshot::decision(decision, session));
        };
        match self.requirements.borrow().at(key) {
            Some(Asked::Readable(requirement, resource)) => {
                self.decider.decide(requirement, resource.as_ref(), show);
            }
            _ => show(&Decision::malformed()),
        }
        json
    }

    /// Reads new requirements, and forgets others. Returns the state of each new one. No code of the
    /// page runs here.
    pub(crate) fn learn(&self, asked: &[u32], texts: &str, freed: &[u32]) -> Vec<u32> {
        if self.stopped.get() {
            return Vec::new();
        }
        for key in freed {
            self.requirements.borrow_mut().forget(*key);
        }
        let now = clock::now();
        let set = self.decider.with_session(|session| session.set(now).cloned());
        let is_other = match (&*self.decided_by.borrow(), &set) {
            (Some(before), Some(set)) => !Arc::ptr_eq(before, set),
            (before, set) => before.is_some() != set.is_some(),
        };
        if is_other {
            // The known decisions may have been made by another set than the new ones.
            self.decided_by.take();
        }
        let mut rest = texts;
        let mut states = Vec::with_capacity(asked.len() / 3);
        for one in asked.chunks_exact(3) {
            let [key, length, of_resource] = one else { continue };
            let requirement = cut(&mut rest, *length);
            let path = (*of_resource != NO_RESOURCE).then(|| cut(&mut rest, *of_resource));
            let (asked, outcome) = self.read(*key, requirement, path, now);
            self.requirements.borrow_mut().learn(*key, asked, outcome);
            states.push(state(outcome));
        }
        states
    }

    /// Reports the requirements that could not be read.
    pub(crate) fn complain(&self) {
        self.report(self.complaints.take());
    }

    fn report(&self, complaints: Vec<Complaint>) {
        for Complaint { key, code, message } in complaints {
            self.decider.report(code, &message, &self.nodes.element(key));
        }
    }

    /// Reports names that a new catalogue does not contain, each at the first of its elements.
    pub(crate) fn compare_with_catalogue(&self) {
        let mut complaints = Vec::new();
        self.requirements.borrow().for_each(&mut |key, requirement| {
            for message in self.decider.unknown_names(requirement) {
                complaints.push(Complaint { key, code: UNKNOWN, message });
            }
        });
        self.report(complaints);
    }

    fn read(&self, key: u32, text: &str, path: Option<&str>, now: Now) -> (Asked, Outcome) {
        let mut complaints = self.complaints.borrow_mut();
        let requirement = self.decider.requirement(text).map_err(|error| error.to_string());
        let resource = path.map(Resource::parse).transpose();
        let (attribute, value, problem) = match (requirement, resource) {
            (Ok(requirement), Ok(resource)) => {
                let outcome = self.decider.outcome_at(now, &requirement, resource.as_ref());
                for message in self.decider.unknown_names(&requirement) {
                    complaints.push(Complaint { key, code: UNKNOWN, message });
                }
                return (Asked::Readable(requirement, resource), outcome);
            }
            (Err(problem), _) => ("data-permission", text, problem),
            (_, Err(error)) => {
                ("data-permission-resource", path.unwrap_or_default(), error.to_string())
            }
        };
        let shown: String = value.chars().take(SHOWN).collect();
        let message = ["`", attribute, "=\"", &shown, "\"`: ", &problem].concat();
        complaints.push(Complaint { key, code: "malformed-requirement", message });
        (Asked::Malformed, Outcome::Denied)
    }
}

/// Cuts `length` UTF-16 code units off the beginning.
fn cut<'a>(rest: &mut &'a str, length: u32) -> &'a str {
    let (mut letters, mut left) = (rest.chars(), length as usize);
    while left > 0 {
        let Some(letter) = letters.next() else { break };
        left = left.saturating_sub(letter.len_utf16());
    }
    let others = letters.as_str();
    let text = rest.get(..rest.len() - others.len()).unwrap_or_default();
    *rest = others;
    text
}
