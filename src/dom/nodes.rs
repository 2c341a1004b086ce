//! The declarations of the JavaScript side of the binder, which reads and writes the DOM.
//!
//! Elements stay in JavaScript, under the keys of their requirements: only integers cross the border,
//! one for each requirement and not for each element, and the texts of new requirements. TypeScript
//! makes it, and gives it the functions of [`crate::Binding`].

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Used in place of the length of a resource where there is no resource.
pub(crate) const NO_RESOURCE: u32 = u32::MAX;

#[wasm_bindgen]
extern "C" {
    /// The elements of one root, as `src/dom/nodes.js` keeps them.
    pub type Nodes;

    #[wasm_bindgen(method)]
    pub(crate) fn element(this: &Nodes, key: u32) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn update(this: &Nodes, pairs: &[u32]);
    #[wasm_bindgen(method)]
    pub(crate) fn flush(this: &Nodes);
    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &Nodes, clean: bool);
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
