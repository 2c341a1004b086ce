//! The JavaScript side of the binder: DOM operations that must not be looked up on elements.
//!
//! Elements stay in JavaScript, under the keys of their requirements: nothing but integers crosses the
//! border, one for each requirement and not for each element, and only new requirements cross as text.

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};
use web_sys::Node;

/// Called with requirements that are new and keys to forget, for the state of each new one. A new
/// requirement is three numbers: its key, and how many UTF-16 code units of the second argument are its
/// text and that of its resource ([`NO_RESOURCE`] where there is none). The texts stand there in turn.
pub(crate) type Learn = Closure<dyn Fn(Vec<u32>, String, Vec<u32>) -> Vec<u32>>;

/// In the place of a resource's length.
pub(crate) const NO_RESOURCE: u32 = u32::MAX;

/// Called with a key, for the decision on it as JavaScript sees it.
pub(crate) type Explain = Closure<dyn Fn(u32) -> JsValue>;

/// Called when what is wrong with new requirements can be reported.
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

/// The other files: `wasm-bindgen` brings along what is named, and nothing else.
///
/// The server of its test runner can leave a connection waiting when there are more than four at once.
/// So `nodes.js` imports two files, and each of the others at most one that has not been asked for by
/// then: the rest comes through that one (`export … from`). The files of `refusal/` are a file of their
/// own in the package, and loaded later.
macro_rules! along {
    ($($name:ident from $path:literal),*) => {$(
        #[wasm_bindgen(module = $path)]
        extern "C" {
            type $name;
        }
    )*};
}
along!(
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
