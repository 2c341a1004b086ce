//! What happened before the module was there: TypeScript asks the first load's questions while it is
//! still being downloaded (`js/src/early-request.ts`), and hands over what has come.

use js_sys::Array;
use permgate_core::session::Now;
use wasm_bindgen::{JsCast, JsValue};

use crate::clock;

/// What came, and when; without a time, at no later time than what is told beside it.
pub(crate) struct Past {
    pub(crate) outcome: Result<JsValue, JsValue>,
    pub(crate) at: Option<Now>,
}

impl Past {
    /// Reads an array: whether it is good, what came, and the time by the wall clock and by the
    /// monotonic one, in milliseconds. Anything else is a promise of what has not come yet, or
    /// nothing at all.
    pub(crate) fn of(given: &JsValue) -> Option<Self> {
        if !given.is_array() {
            return None;
        }
        let parts: &Array = given.unchecked_ref();
        let [good, value, wall, monotonic] = [0, 1, 2, 3].map(|index| parts.get(index));
        let outcome = if good.is_truthy() { Ok(value) } else { Err(value) };
        let at = wall.as_f64().zip(monotonic.as_f64());
        Some(Self { outcome, at: at.map(|(wall, monotonic)| clock::of(wall, monotonic)) })
    }
}
