//! What the module asks of the TypeScript around it. Every call catches: an exception that passed
//! through the module would leave it in the middle of something.

use js_sys::Promise;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// The TypeScript side of one instance.
    pub type Host;

    /// Asks the application for the token: a promise of a string or null.
    #[wasm_bindgen(method, catch)]
    pub fn token(this: &Host) -> Result<Promise, JsValue>;

    /// Asks the application for the policies: a promise of an array of two texts, either of which
    /// may be undefined.
    #[wasm_bindgen(method, catch)]
    pub fn policies(this: &Host) -> Result<Promise, JsValue>;

    /// Asks the application for headers: a promise of `Headers`.
    #[wasm_bindgen(method, catch)]
    pub fn headers(this: &Host) -> Result<Promise, JsValue>;

    /// What was remembered of the answers is out of date. Said at once, before anything else is
    /// done, so that whoever asks in the middle of it is told the truth.
    #[wasm_bindgen(method, catch)]
    pub fn outdated(this: &Host) -> Result<(), JsValue>;

    /// Answers may be different, or the status is.
    #[wasm_bindgen(method, catch)]
    pub fn published(this: &Host, content: bool, status: bool) -> Result<(), JsValue>;

    /// Something went wrong; `element` is the one whose attribute is malformed.
    #[wasm_bindgen(method, catch)]
    pub fn reported(
        this: &Host,
        code: &str,
        message: &str,
        element: &JsValue,
    ) -> Result<(), JsValue>;

    /// The loads that were under way have ended.
    #[wasm_bindgen(method, catch)]
    pub fn rested(this: &Host) -> Result<(), JsValue>;
}
