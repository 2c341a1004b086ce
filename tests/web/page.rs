//! Helpers of the tests: they start instances, change the page, and read its state.

use std::rc::Rc;

use permgate::border::Told;
use permgate::{Binding, Engine, Host, Nodes, Options};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

/// JavaScript files that other files import: `wasm-bindgen` copies only files that are named in Rust.
macro_rules! copied {
    ($($name:ident from $path:literal),*) => {$(
        #[wasm_bindgen(module = $path)]
        extern "C" {
            type $name;
        }
    )*};
}

// The files that `page.js` imports. The server of wasm-bindgen's test runner can leave a connection
// waiting if there are more than four at once. So `nodes.js` imports two files, and each of the others
// at most one that has not been requested by then, which exports the rest (`export … from`).
copied!(
    Elements from "/src/dom/nodes.js",
    Index from "/src/dom/index.js",
    Waiting from "/src/dom/waiting.js",
    Watch from "/src/dom/watch.js",
    Blocker from "/src/dom/blocker.js",
    Refusal from "/src/dom/refusal/refusal.js",
    RefusedActs from "/src/dom/refusal/acts.js",
    Modes from "/src/dom/refusal/modes.js",
    Holds from "/src/dom/refusal/holds.js",
    Native from "/src/dom/refusal/native.js",
    Values from "/src/dom/refusal/values.js",
    Presses from "/src/dom/refusal/presses.js",
    Dialogs from "/src/dom/refusal/dialogs.js",
    Unhidden from "/src/dom/refusal/unhidden.js",
    Events from "/src/dom/events.js",
    Page from "/src/dom/page.js"
);

#[wasm_bindgen(module = "/tests/web/page.js")]
extern "C" {
    #[derive(Clone)]
    pub(crate) type Recorder;
    #[wasm_bindgen(constructor)]
    fn new() -> Recorder;
    #[wasm_bindgen(method)]
    pub(crate) fn codes(this: &Recorder) -> String;
    #[wasm_bindgen(method, js_name = reportedElement)]
    pub(crate) fn reported_element(this: &Recorder, index: u32) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn publications(this: &Recorder) -> u32;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn rests(this: &Recorder) -> u32;
    #[wasm_bindgen(method, setter, js_name = hasServer)]
    fn set_has_server(this: &Recorder, has_server: bool);
    #[wasm_bindgen(method, setter, js_name = throws)]
    pub(crate) fn set_throws(this: &Recorder, throws: bool);
    #[wasm_bindgen(method, setter, js_name = answered)]
    fn set_answered(this: &Recorder, answered: &JsValue);
    #[wasm_bindgen(method, setter, js_name = fired)]
    fn set_fired(this: &Recorder, fired: &JsValue);
    #[wasm_bindgen(method, setter, js_name = givenToken)]
    pub(crate) fn set_given_token(this: &Recorder, token: &JsValue);
    #[wasm_bindgen(method, setter, js_name = onPublished)]
    pub(crate) fn set_on_published(this: &Recorder, callback: &JsValue);

    fn options(json: &str) -> JsValue;
    fn caught(host: &Recorder) -> Host;
    #[wasm_bindgen(js_name = nodesOf)]
    fn nodes_of(root: web_sys::Node) -> Nodes;
    fn begin(nodes: &Nodes, learn: &JsValue, explain: &JsValue, complain: &JsValue);
    #[wasm_bindgen(js_name = refreshed)]
    fn refreshed(nodes: &Nodes);
    #[wasm_bindgen(js_name = rowsOf)]
    fn rows_of(nodes: &Nodes) -> JsValue;
    #[wasm_bindgen(js_name = sizeOf)]
    fn size_of(nodes: &Nodes) -> usize;
    pub(crate) fn policies(catalogue: &str);
    #[wasm_bindgen(variadic, js_name = answerWith)]
    pub(crate) fn answer_with(answers: Vec<String>);
    #[wasm_bindgen(js_name = requestCount)]
    pub(crate) fn request_count() -> u32;
    #[wasm_bindgen(js_name = requestHeader)]
    pub(crate) fn request_header(index: u32, name: &str) -> Option<String>;
    fn turn() -> js_sys::Promise;
    fn deadline() -> f64;
    #[wasm_bindgen(js_name = isPast)]
    fn is_past(moment: f64) -> bool;
    pub(crate) fn show(html: &str);
    #[wasm_bindgen(js_name = byId)]
    pub(crate) fn by_id(id: &str) -> JsValue;
    #[wasm_bindgen(js_name = get)]
    pub(crate) fn state(id: &str) -> String;
    #[wasm_bindgen(js_name = isVisible)]
    pub(crate) fn is_visible(id: &str) -> bool;
    pub(crate) fn run(code: &str) -> JsValue;
    pub(crate) fn html() -> String;
    #[wasm_bindgen(js_name = tokenOf)]
    pub(crate) fn token_of(claims: &str) -> String;

    #[wasm_bindgen(js_name = watchTimers)]
    pub(crate) fn watch_timers();
    #[wasm_bindgen(js_name = pendingTimers)]
    pub(crate) fn pending_timers() -> u32;

    pub(crate) type Counter;
    #[wasm_bindgen(constructor)]
    pub(crate) fn start() -> Counter;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn count(this: &Counter) -> u32;
}

/// The calls of `Engine::tell` in these tests, by name.
pub(crate) trait Acts {
    fn refresh(&self);
    fn invalidate(&self);
    fn sign_out(&self);
    fn set_token(&self, token: Option<String>);
}

impl Acts for Engine {
    fn refresh(&self) {
        self.tell(Told::Refresh.number(), None);
    }

    fn invalidate(&self) {
        self.tell(Told::Invalidate.number(), None);
    }

    fn sign_out(&self) {
        self.tell(Told::SignedOut.number(), None);
    }

    fn set_token(&self, token: Option<String>) {
        self.tell(Told::Token.number(), token);
    }
}

/// A started instance with these options, and its host.
pub(crate) fn engine(json: &str) -> (Rc<Engine>, Recorder) {
    let recorder = Recorder::new();
    // Only the whole build supports instances without an endpoint; the other build would send a request.
    recorder.set_has_server(json.contains(r#""endpoint""#));
    let engine = Engine::new(options(json).unchecked_into::<Options>(), caught(&recorder));
    let engine = Rc::new(engine.expect("options"));
    let there = Rc::downgrade(&engine);
    let answered =
        Closure::<dyn Fn(u8, u32, bool, JsValue)>::new(move |kind, number, is_good, value| {
            if let Some(engine) = there.upgrade() {
                engine.answered(kind, number, is_good, value);
            }
        });
    recorder.set_answered(&answered.into_js_value());
    let there = Rc::downgrade(&engine);
    recorder.set_fired(&callback(move || {
        if let Some(engine) = there.upgrade() {
            engine.tell(Told::Timer.number(), None);
        }
    }));
    engine.start();
    (engine, recorder)
}

/// An instance that grants exactly these permissions, without an end.
pub(crate) fn granting(permissions: &str) -> (Rc<Engine>, Recorder) {
    let names: Vec<String> = permissions.split(' ').map(|name| format!("\\\"{name}\\\"")).collect();
    engine(&format!(r#"{{"bootstrap":"[{}]"}}"#, names.join(",")))
}

pub(crate) fn answers(names: &[&str]) {
    answer_with(names.iter().map(ToString::to_string).collect());
}

/// A bound root.
pub(crate) struct Bound {
    binding: Rc<Binding>,
    nodes: Nodes,
}

impl Bound {
    pub(crate) fn refresh(&self) {
        refreshed(&self.nodes);
    }

    pub(crate) fn report(&self) -> JsValue {
        rows_of(&self.nodes)
    }

    pub(crate) fn size(&self) -> usize {
        size_of(&self.nodes)
    }

    pub(crate) fn disconnect(&self) {
        self.binding.disconnect();
    }
}

/// Binds a root, with the modes of `globalThis.modes`, as `js/src/bindings.ts` does.
pub(crate) fn bind(engine: &Engine, root: web_sys::Node) -> Bound {
    let nodes = nodes_of(root);
    let binding = Rc::new(engine.bind(AsRef::<JsValue>::as_ref(&nodes).clone().unchecked_into()));
    let there = Rc::clone(&binding);
    let learn = Closure::<dyn Fn(Vec<u32>, String, Vec<u32>) -> Vec<u32>>::new(
        move |questions: Vec<u32>, texts: String, freed: Vec<u32>| {
            there.learn(&questions, &texts, &freed)
        },
    );
    let there = Rc::clone(&binding);
    let explain = Closure::<dyn Fn(u32) -> String>::new(move |key| there.explain(key));
    let there = Rc::clone(&binding);
    let complain = callback(move || there.complain());
    begin(&nodes, &learn.into_js_value(), &explain.into_js_value(), &complain);
    Bound { binding, nodes }
}

/// The document as a root to bind.
pub(crate) fn document() -> web_sys::Node {
    run("return document").unchecked_into()
}

/// Lets the event loop turn until a condition is true.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = deadline();
    while !condition() {
        assert!(!is_past(deadline), "waited in vain until {what}");
        turned().await;
    }
}

/// Lets the event loop turn once.
pub(crate) async fn turned() {
    JsFuture::from(turn()).await.expect("a turn");
}

/// A function for JavaScript that lives as long as the page.
pub(crate) fn callback(function: impl Fn() + 'static) -> JsValue {
    Closure::<dyn Fn()>::new(function).into_js_value()
}
