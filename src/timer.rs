//! The only timer of a session: arming it again replaces the earlier time.

use std::cell::RefCell;

use permgate_core::session::Millis;
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

/// The longest delay of `setTimeout`; a longer one fires at once in every engine (WHATWG HTML
/// §8.7). The session re-arms a timer that fires early.
const DELAY_MAX: i32 = i32::MAX;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Closure<dyn Fn()>, milliseconds: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue);

    /// The result of `setTimeout` in Node.js.
    type Handle;
    #[wasm_bindgen(method, getter)]
    fn unref(this: &Handle) -> JsValue;
    #[wasm_bindgen(method, catch, js_name = unref)]
    fn call_unref(this: &Handle) -> Result<JsValue, JsValue>;
}

/// A timer that calls one function. Dropping it stops it.
pub(crate) struct Timer {
    callback: Closure<dyn Fn()>,
    handle: RefCell<Option<JsValue>>,
}

impl Timer {
    pub(crate) fn new(callback: impl Fn() + 'static) -> Self {
        Self { callback: Closure::new(callback), handle: RefCell::new(None) }
    }

    /// Fires once after `delay`; this replaces the time for which it was armed before.
    pub(crate) fn arm(&self, delay: Millis) {
        self.disarm();
        let handle = set_timeout(&self.callback, i32::try_from(delay.0).unwrap_or(DELAY_MAX));
        // A Node.js process does not stay alive only for permissions to expire.
        if handle.is_object() {
            let node: &Handle = wasm_bindgen::JsCast::unchecked_ref(&handle);
            if node.unref().is_function() {
                let _ = node.call_unref();
            }
        }
        *self.handle.borrow_mut() = Some(handle);
    }

    /// Cancels the timer.
    pub(crate) fn disarm(&self) {
        if let Some(handle) = self.handle.borrow_mut().take() {
            clear_timeout(&handle);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.disarm();
    }
}
