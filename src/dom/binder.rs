//! One bound root: takes in what is on the page, and writes what the session decides.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use permgate_core::set::PermissionSet;
use permgate_core::{Decision, Outcome, Requirement, Resource};
use wasm_bindgen::JsValue;
use web_sys::Node;

use super::index::{Asked, Index, Writes};
use super::nodes::{Changed, Explain, Nodes};
use crate::clock;
use crate::shell::Shell;
use crate::snapshot;

/// How many characters of a malformed attribute are shown.
const SHOWN: usize = 200;

/// The code for a name that is not in the catalogue.
const UNKNOWN: &str = "unknown-permission";

/// What is wrong with an attribute of an element.
struct Complaint {
    number: u32,
    code: &'static str,
    message: String,
}

/// One bound root.
pub(crate) struct Binder {
    nodes: Nodes,
    // INVARIANT: not borrowed while the DOM is written: a custom element's reactions run in the
    // middle of `setAttribute`, and may bind, disconnect or ask.
    index: RefCell<Index>,
    // INVARIANT: what is in the index was decided by this set, or is decided anew by the next one.
    decided_by: RefCell<Option<Arc<PermissionSet>>>,
    // Whether the root was let go of: from then on nothing is taken in.
    stopped: Cell<bool>,
    // What is still to be written, and whether somebody is at it.
    queue: RefCell<VecDeque<(u32, Vec<u32>)>>,
    writing: Cell<bool>,
    // Kept alive for the other side.
    changed: Changed,
    explain: Explain,
}

impl Binder {
    /// Nothing is looked at before [`Binder::begin`]. `page` is what TypeScript lends to the hands.
    pub(crate) fn new(root: &Node, page: &JsValue, shell: &Rc<Shell>) -> Rc<Self> {
        let nodes = Nodes::new(root, page);
        let shell = Rc::downgrade(shell);
        Rc::new_cyclic(|binder: &Weak<Self>| {
            let both = (binder.clone(), shell.clone());
            let changed = Changed::new(move |pairs: Vec<u32>, gone: Vec<u32>, again: bool| {
                if let (Some(binder), Some(shell)) = (both.0.upgrade(), both.1.upgrade()) {
                    binder.take_in(&pairs, &gone, again, &shell);
                }
            });
            let both = (binder.clone(), shell);
            let explain =
                Explain::new(move |number: u32| match (both.0.upgrade(), both.1.upgrade()) {
                    (Some(binder), Some(shell)) => binder.explain(number, &shell),
                    _ => JsValue::UNDEFINED,
                });
            Self {
                nodes,
                index: RefCell::default(),
                decided_by: RefCell::default(),
                stopped: Cell::new(false),
                queue: RefCell::default(),
                writing: Cell::new(false),
                changed,
                explain,
            }
        })
    }

    /// Begins to watch the root, and takes in what is there.
    pub(crate) fn begin(&self) {
        self.nodes.observe(&self.changed, &self.explain);
        self.nodes.look(false);
    }

    pub(crate) fn size(&self) -> usize {
        self.index.borrow().size()
    }

    /// Looks at the whole root, and writes every state again: somebody else may have written, too.
    pub(crate) fn refresh(&self) {
        if !self.stopped.get() {
            // A custom element may ask for it whenever it is written to: that would have no end.
            self.nodes.look(!self.writing.get());
        }
    }

    /// Writes what is decided otherwise than before, or for another reason.
    pub(crate) fn update(&self, shell: &Shell) {
        self.decide_anew(shell);
        self.nodes.revisit();
    }

    fn decide_anew(&self, shell: &Shell) {
        // What the page changed since the last frame is decided by what holds now, too.
        self.nodes.flush();
        let now = clock::now();
        let set = shell.with_session(|session| session.set(now).cloned());
        let before = self.decided_by.replace(set.clone());
        let changes = match (&before, &set) {
            (Some(before), Some(set)) if Arc::ptr_eq(before, set) => return,
            (Some(before), Some(set)) => set.changes_since(before),
            _ => None,
        };
        let writes = self.index.borrow_mut().update(|requirement, resource| {
            if changes.as_ref().is_some_and(|changes| !changes.concern(requirement)) {
                return None;
            }
            let outcome = |decision: &Decision<'_>| decision.outcome;
            Some(shell.decide_at(now, requirement, resource, outcome))
        });
        self.queue(writes);
        self.write();
    }

    /// Lets go of the root; elements stay as they are.
    pub(crate) fn stop(&self) {
        self.stopped.set(true);
        self.nodes.stop(false);
    }

    /// Lets go of the root, and takes back what was written.
    pub(crate) fn restore(&self) {
        self.stopped.set(true);
        self.nodes.stop(true);
        self.index.take();
    }

    /// What is bound, as an array of rows.
    pub(crate) fn report(&self) -> JsValue {
        self.nodes.flush();
        self.nodes.report()
    }

    /// The decision on an element, as JavaScript sees it.
    fn explain(&self, number: u32, shell: &Shell) -> JsValue {
        let show = |decision: &Decision<'_>| {
            shell.with_session(|session| snapshot::decision(decision, session))
        };
        match self.index.borrow().asked(number) {
            Some(Asked::Readable(requirement, resource)) => {
                shell.decide(requirement, resource.as_ref(), show)
            }
            _ => show(&Decision::malformed()),
        }
    }

    /// Takes elements in, and forgets others.
    fn take_in(&self, pairs: &[u32], gone: &[u32], again: bool, shell: &Shell) {
        if self.stopped.get() {
            return;
        }
        let now = clock::now();
        let set = shell.with_session(|session| session.set(now).cloned());
        let is_other = match (&*self.decided_by.borrow(), &set) {
            (Some(before), Some(set)) => !Arc::ptr_eq(before, set),
            (before, set) => before.is_some() != set.is_some(),
        };
        if is_other {
            // What is there already may be of another set than what is going to be learned.
            self.decided_by.take();
        }
        let mut complaints = Vec::new();
        self.learn(pairs, shell, &mut complaints);
        let mut writes = Writes::default();
        let emptied: Vec<u32> = {
            let mut index = self.index.borrow_mut();
            let emptied = pairs.chunks_exact(2).filter_map(|pair| match pair {
                [number, key] => index.put(*number, *key, again, &mut writes),
                _ => None,
            });
            let mut emptied: Vec<u32> = emptied.collect();
            // In this order: a requirement whose last element goes while another one comes keeps
            // its key.
            emptied.extend(gone.iter().filter_map(|number| index.take(*number)));
            emptied.into_iter().filter(|key| index.release(*key)).collect()
        };
        for key in emptied {
            self.nodes.release_key(key);
        }
        // INVARIANT: from here on code of the page may run, and come back in; until here none did,
        // so that numbers and keys are what they were, and what it brings is written after this.
        self.queue(writes);
        self.nodes.release(gone);
        self.write();
        self.complain(complaints, shell);
    }

    fn complain(&self, complaints: Vec<Complaint>, shell: &Shell) {
        for Complaint { number, code, message } in complaints {
            shell.report(code, &message, &self.nodes.element(number));
        }
    }

    /// Looks for names that a new catalogue does not hold, each at the first of its elements.
    pub(crate) fn compare_with_catalogue(&self, shell: &Shell) {
        let mut complaints = Vec::new();
        self.index.borrow().for_each(&mut |requirement, number| {
            for message in shell.unknown_names(requirement) {
                complaints.push(Complaint { number, code: UNKNOWN, message });
            }
        });
        self.complain(complaints, shell);
    }

    /// Reads the requirements that are new.
    fn learn(&self, pairs: &[u32], shell: &Shell, complaints: &mut Vec<Complaint>) {
        for pair in pairs.chunks_exact(2) {
            let [number, key] = pair else { continue };
            if !self.index.borrow().knows(*key) {
                let (asked, outcome) = self.read(*key, *number, shell, complaints);
                self.index.borrow_mut().learn(*key, asked, outcome);
            }
        }
    }

    fn read(
        &self,
        key: u32,
        number: u32,
        shell: &Shell,
        complaints: &mut Vec<Complaint>,
    ) -> (Asked, Outcome) {
        let text = self.nodes.requirement(key);
        let path = self.nodes.resource(key);
        let requirement = shell.requirement(&text).map_err(|error| error.to_string());
        let resource = path.as_deref().map(Resource::parse).transpose();
        let (attribute, value, problem) = match (requirement, resource) {
            (Ok(requirement), Ok(resource)) => {
                let outcome = outcome(shell, &requirement, resource.as_ref());
                for message in shell.unknown_names(&requirement) {
                    complaints.push(Complaint { number, code: UNKNOWN, message });
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
        complaints.push(Complaint { number, code: "malformed-requirement", message });
        (Asked::Malformed, Outcome::Denied)
    }

    fn queue(&self, writes: Writes) {
        // What hides comes before what shows.
        let lists = (0_u32..).zip(writes).filter(|(_, numbers)| !numbers.is_empty());
        self.queue.borrow_mut().extend(lists);
    }

    /// Writes what is queued, unless somebody is at it: code of the page that runs in the middle may
    /// bring news, and the last word must be what was decided last.
    fn write(&self) {
        if self.writing.replace(true) {
            return;
        }
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some((state, numbers)) = next else { break };
            self.nodes.write(&numbers, state);
        }
        self.writing.set(false);
    }
}

fn outcome(shell: &Shell, requirement: &Requirement, resource: Option<&Resource>) -> Outcome {
    shell.decide(requirement, resource, |decision| decision.outcome)
}
