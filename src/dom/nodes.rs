//! The declarations of the JavaScript side of the binder, which reads and writes the DOM.
//!
//! Elements stay in JavaScript, under the keys of their requirements: only integers cross the border,
//! one for each requirement and not for each element, and the texts of new requirements.

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};
use web_sys::Node;

use super::copied::copied;

/// Called with new requirements and with keys to forget; returns the state of each new requirement.
/// A new requirement is three numbers: its key, and the lengths of its text and of its resource in
/// UTF-16 code units ([`NO_RESOURCE`] if it has none). The second argument has these texts in turn.
pub(crate) type Learn = Closure<dyn Fn(Vec<u32>, String, Vec<u32>) -> Vec<u32>>;

/// Used in place of the length of a resource where there is no resource.
pub(crate) const NO_RESOURCE: u32 = u32::MAX;

/// Called with a key; returns the decision on its requirement, as JSON.
pub(crate) type Explain = Closure<dyn Fn(u32) -> String>;

/// Called when problems of new requirements can be reported.
pub(crate) type Complain = Closure<dyn Fn()>;

#[wasm_bindgen(module = "/src/dom/nodes.js")]
extern "C" {
    pub(crate) type Nodes;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(root: &Node, page: &JsValue) -> Nodes;
    #[wasm_bindgen(method)]
    pub(crate) fn look(this: &Nodes);
    #[wasm_bindgen(method)]
    pub(crate) fn refresh(this: &Nodes);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn size(this: &Nodes) -> usize;
    #[wasm_bindgen(method)]
    pub(crate) fn element(this: &Nodes, key: u32) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn update(this: &Nodes, pairs: &[u32]);
    #[wasm_bindgen(method)]
    pub(crate) fn observe(this: &Nodes, learn: &Learn, explain: &Explain, complain: &Complain);
    #[wasm_bindgen(method)]
    pub(crate) fn flush(this: &Nodes);
    #[wasm_bindgen(method)]
    pub(crate) fn report(this: &Nodes) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &Nodes, clean: bool);
}

// The files that `nodes.js` imports. The server of wasm-bindgen's test runner can leave a connection
// waiting if there are more than four at once. So `nodes.js` imports two files, and each of the others
// at most one that has not been requested by then, which exports the rest (`export … from`). The files
// of `refusal/` are a file of their own in the package, and loaded later. `types.d.ts` is for the type
// check only.
copied!(
    Index from "/src/dom/index.js",
    Page from "/src/dom/page.js",
    Events from "/src/dom/events.js",
    Waiting from "/src/dom/waiting.js",
    Watch from "/src/dom/watch.js",
    Blocker from "/src/dom/blocker.js"
);

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
