//! Outcomes from before the module was loaded: TypeScript sends the requests of the first load while
//! the module is still being downloaded (`js/src/early-request.ts`), and hands over their outcomes.

use js_sys::Array;
use permgate_core::session::Now;
use wasm_bindgen::{JsCast, JsValue};

use crate::clock;

/// An outcome and its time. If it has no time, it came no later than the outcomes that are handed
/// over with it.
pub(crate) struct Past {
    pub(crate) outcome: Result<JsValue, JsValue>,
    pub(crate) at: Option<Now>,
}

impl Past {
    /// Reads an array: whether the outcome is a success, its value or error, and its time by the wall
    /// clock and by the monotonic clock, in milliseconds. None for any other value: the outcome has
    /// not come yet.
    pub(crate) fn of(answer: &JsValue) -> Option<Self> {
        let [good, value, wall, monotonic] = parts(answer)?;
        let outcome = if good.is_truthy() { Ok(value) } else { Err(value) };
        let at = wall.as_f64().zip(monotonic.as_f64());
        Some(Self { outcome, at: at.map(|(wall, monotonic)| clock::of(wall, monotonic)) })
    }
}

/// The first members of an array, undefined where it has none; none for any other value.
pub(crate) fn parts<const COUNT: usize>(value: &JsValue) -> Option<[JsValue; COUNT]> {
    if !value.is_array() {
        return None;
    }
    let array: &Array = value.unchecked_ref();
    let mut index = 0..;
    Some([(); COUNT].map(|()| index.next().map_or(JsValue::UNDEFINED, |index| array.get(index))))
}
