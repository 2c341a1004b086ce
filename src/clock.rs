//! Reads the time. No other file does.

use permgate_core::session::{Millis, Now};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn wall_ms() -> f64;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic_ms() -> f64;
}

/// The time of both clocks.
pub(crate) fn now() -> Now {
    of(wall_ms(), monotonic_ms())
}

/// The time of both clocks, from values in milliseconds that JavaScript has read.
pub(crate) fn of(wall: f64, monotonic: f64) -> Now {
    Now { wall: whole(wall), monotonic: whole(monotonic) }
}

/// A clock before 1970 reads 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes an integer by saturating, and NaN becomes 0"
)]
fn whole(milliseconds: f64) -> Millis {
    Millis(milliseconds as u64)
}
