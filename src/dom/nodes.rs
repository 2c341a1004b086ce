//! The JavaScript side of the binder: DOM operations that must not be looked up on elements.
//!
//! Elements stay in JavaScript and are spoken of by number, requirements by key, many at a time:
//! nothing but integers crosses the border, and only new requirements cross as text.

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};
use web_sys::Node;

/// Called with pairs of number and key to take in, numbers to forget, and whether the states of those
/// that are known are to be written again.
pub(crate) type Changed = Closure<dyn Fn(Vec<u32>, Vec<u32>, bool)>;

/// Called with the number of an element, for the decision on it as JavaScript sees it.
pub(crate) type Explain = Closure<dyn Fn(u32) -> JsValue>;

#[wasm_bindgen(module = "/src/dom/nodes.js")]
extern "C" {
    pub(crate) type Nodes;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(root: &Node, page: &JsValue) -> Nodes;
    #[wasm_bindgen(method)]
    pub(crate) fn look(this: &Nodes, again: bool);
    #[wasm_bindgen(method)]
    pub(crate) fn requirement(this: &Nodes, key: u32) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn resource(this: &Nodes, key: u32) -> Option<String>;
    #[wasm_bindgen(method)]
    pub(crate) fn element(this: &Nodes, number: u32) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn write(this: &Nodes, numbers: &[u32], state: u32);
    #[wasm_bindgen(method)]
    pub(crate) fn release(this: &Nodes, numbers: &[u32]);
    #[wasm_bindgen(method, js_name = releaseKey)]
    pub(crate) fn release_key(this: &Nodes, key: u32);
    #[wasm_bindgen(method)]
    pub(crate) fn observe(this: &Nodes, changed: &Changed, explain: &Explain);
    #[wasm_bindgen(method)]
    pub(crate) fn flush(this: &Nodes);
    #[wasm_bindgen(method)]
    pub(crate) fn revisit(this: &Nodes);
    #[wasm_bindgen(method)]
    pub(crate) fn report(this: &Nodes) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &Nodes, clean: bool);
}

/// Files that `nodes.js` imports: `wasm-bindgen` brings along what is named, and nothing else. They
/// are few since the server of its test runner can leave a connection waiting when there are more
/// than four at once.
macro_rules! along {
    ($($name:ident from $path:literal),*) => {$(
        #[wasm_bindgen(module = $path)]
        extern "C" {
            type $name;
        }
    )*};
}
along!(
    Page from "/src/dom/page.js",
    Modes from "/src/dom/modes.js",
    Watch from "/src/dom/watch.js"
);
