//! The handle of one binding, for the TypeScript that holds it.

use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

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
    /// Looks at the whole root again.
    pub fn refresh(&self) {
        self.binder.refresh();
    }

    /// Unbinds the root and restores every element.
    pub fn disconnect(&self) {
        self.binder.restore();
        if let Some(shell) = self.shell.upgrade() {
            shell.forget(&self.binder);
        }
    }

    /// The bound elements: an array of element, requirement, resource, mode and decision.
    pub fn report(&self) -> JsValue {
        self.binder.report()
    }

    /// The number of bound elements.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> usize {
        self.binder.size()
    }
}
