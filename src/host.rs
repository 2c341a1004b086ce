//! The functions of the TypeScript around the module. Every call catches exceptions: one that passed
//! through the module would leave its state incomplete.
//!
//! The module waits for nothing. A function that asks gets the number of its question, and returns
//! the outcome if that came before the module was loaded ([`crate::past::Past::of`]). Every other
//! outcome comes by [`crate::Engine::answered`], never from within the call that asks.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// The TypeScript side of one instance.
    pub type Host;

    /// Asks the application for the token: a string or null.
    #[wasm_bindgen(method, catch)]
    pub fn token(this: &Host, generation: u32) -> Result<JsValue, JsValue>;

    /// Asks the application for the policies: an array of two texts, either of which may be
    /// undefined.
    #[wasm_bindgen(method, catch)]
    pub fn policies(this: &Host, generation: u32) -> Result<JsValue, JsValue>;

    /// Requests the document of a tenant: an answer as [`crate::transport::read`] takes it.
    #[wasm_bindgen(method, catch)]
    pub fn request(
        this: &Host,
        generation: u32,
        tenant: Option<String>,
        bearer: Option<String>,
        etag: Option<String>,
    ) -> Result<JsValue, JsValue>;

    /// Aborts the last request.
    #[wasm_bindgen(method, catch)]
    pub fn abort(this: &Host) -> Result<(), JsValue>;

    /// Asks the application for new credentials: a token, true if the cookies of the browser are
    /// valid again, or any other value if there are none.
    #[wasm_bindgen(method, catch)]
    pub fn renew(this: &Host, renewal: u32) -> Result<JsValue, JsValue>;

    /// The token from `renew` is the current one.
    #[wasm_bindgen(method, catch)]
    pub fn renewed(this: &Host, token: &str) -> Result<(), JsValue>;

    /// Requests that wait for a verdict may ask again.
    #[wasm_bindgen(method, catch)]
    pub fn settled(this: &Host) -> Result<(), JsValue>;

    /// A request needs a stronger sign-in.
    #[wasm_bindgen(method, catch, js_name = stepUp)]
    pub fn step_up(
        this: &Host,
        acr_values: Option<String>,
        max_age_seconds: Option<f64>,
        scope: Option<String>,
    ) -> Result<(), JsValue>;

    /// Opens a stream in the place of the previous one.
    #[wasm_bindgen(method, catch, js_name = openChannel)]
    pub fn open_channel(
        this: &Host,
        channel: u32,
        transport: &str,
        bearer: Option<String>,
        tenant: Option<String>,
        version: Option<f64>,
    ) -> Result<(), JsValue>;

    /// Closes the stream.
    #[wasm_bindgen(method, catch, js_name = closeChannel)]
    pub fn close_channel(this: &Host) -> Result<(), JsValue>;

    /// Contends with other tabs for the lead.
    #[wasm_bindgen(method, catch)]
    pub fn contend(this: &Host, contest: u32, name: &str, steal: bool) -> Result<(), JsValue>;

    /// Leaves the lead to other tabs.
    #[wasm_bindgen(method, catch, js_name = yieldLead)]
    pub fn yield_lead(this: &Host) -> Result<(), JsValue>;

    /// Sends a text to the other tabs.
    #[wasm_bindgen(method, catch)]
    pub fn tell(this: &Host, text: &str) -> Result<(), JsValue>;

    /// Stores a text for the next load of the page, or removes it.
    #[wasm_bindgen(method, catch)]
    pub fn store(this: &Host, text: Option<String>) -> Result<(), JsValue>;

    /// An activity, for the listeners of `activity`.
    #[wasm_bindgen(method, catch)]
    pub fn noticed(this: &Host, kind: &str, what: &str, transport: &str) -> Result<(), JsValue>;

    /// Remembered answers are out of date. Called at once, before any other effect, so that a
    /// question during the effects gets the right answer.
    #[wasm_bindgen(method, catch)]
    pub fn outdated(this: &Host) -> Result<(), JsValue>;

    /// Answers may have changed, or the status has.
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

    /// Tells the module after this time, in milliseconds, that the only timer has fired; this replaces
    /// the time for which it was armed before.
    #[wasm_bindgen(method, catch)]
    pub fn arm(this: &Host, milliseconds: i32) -> Result<(), JsValue>;

    /// Stops the timer.
    #[wasm_bindgen(method, catch)]
    pub fn disarm(this: &Host) -> Result<(), JsValue>;

    /// No load is under way or due.
    #[wasm_bindgen(method, catch)]
    pub fn rested(this: &Host) -> Result<(), JsValue>;
}
