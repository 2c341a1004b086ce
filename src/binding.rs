//! The handle of one binding, for the TypeScript that holds it.

use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::dom::Binder;
use crate::shell::Shell;

/// One bound root. It stays bound when the handle is garbage collected.
#[wasm_bindgen]
pub struct Binding {
    binder: Rc<Binder>,
    shell: Weak<Shell>,
}

impl Binding {
    pub(crate) fn new(binder: Rc<Binder>, shell: &Rc<Shell>) -> Self {
        Self { binder, shell: Rc::downgrade(shell) }
    }
}

#[wasm_bindgen]
impl Binding {
    /// Reads new requirements, and forgets those with the keys in `freed`; returns the state of each
    /// new one. A new requirement is three numbers: its key, and the lengths of its text and of its
    /// resource in UTF-16 code units (`u32::MAX` if it has none). `texts` has these texts in turn.
    pub fn learn(&self, asked: &[u32], texts: &str, freed: &[u32]) -> Vec<u32> {
        self.binder.learn(asked, texts, freed)
    }

    /// The decision on the requirement with this key, as JSON.
    pub fn explain(&self, key: u32) -> String {
        self.binder.explain(key)
    }

    /// Reports the requirements that could not be read.
    pub fn complain(&self) {
        self.binder.complain();
    }

    /// Unbinds the root and restores every element.
    pub fn disconnect(&self) {
        self.binder.restore();
        if let Some(shell) = self.shell.upgrade() {
            shell.forget(&self.binder);
        }
    }
}
