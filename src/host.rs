//! The functions of the TypeScript around the module. None of them throws, which `js/src/caught.ts`
//! makes sure of: an exception that passed through the module would leave its state incomplete.
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
    #[wasm_bindgen(method)]
    pub fn token(this: &Host, generation: u32) -> JsValue;

    /// Asks the application for the policies: an array of two texts, either of which may be
    /// undefined.
    #[wasm_bindgen(method)]
    pub fn policies(this: &Host, generation: u32) -> JsValue;

    /// Requests the document of a tenant: an answer as [`crate::transport::read`] takes it.
    #[wasm_bindgen(method)]
    pub fn request(
        this: &Host,
        generation: u32,
        tenant: Option<String>,
        bearer: Option<String>,
        etag: Option<String>,
    ) -> JsValue;

    /// Aborts the last request.
    #[wasm_bindgen(method)]
    pub fn abort(this: &Host);

    /// Asks the application for new credentials: a token, true if the cookies of the browser are
    /// valid again, or any other value if there are none.
    #[wasm_bindgen(method)]
    pub fn renew(this: &Host, renewal: u32) -> JsValue;

    /// The token from `renew` is the current one.
    #[wasm_bindgen(method)]
    pub fn renewed(this: &Host, token: &str);

    /// Requests that wait for a verdict may ask again.
    #[wasm_bindgen(method)]
    pub fn settled(this: &Host);

    /// A request needs a stronger sign-in.
    #[wasm_bindgen(method, js_name = stepUp)]
    pub fn step_up(
        this: &Host,
        acr_values: Option<String>,
        max_age_seconds: Option<f64>,
        scope: Option<String>,
    );

    /// Opens a stream in the place of the previous one.
    #[wasm_bindgen(method, js_name = openChannel)]
    pub fn open_channel(
        this: &Host,
        channel: u32,
        transport: &str,
        bearer: Option<String>,
        tenant: Option<String>,
        version: Option<f64>,
    );

    /// Closes the stream.
    #[wasm_bindgen(method, js_name = closeChannel)]
    pub fn close_channel(this: &Host);

    /// Contends with other tabs for the lead.
    #[wasm_bindgen(method)]
    pub fn contend(this: &Host, contest: u32, name: &str, steal: bool);

    /// Leaves the lead to other tabs.
    #[wasm_bindgen(method, js_name = yieldLead)]
    pub fn yield_lead(this: &Host);

    /// Sends a text to the other tabs.
    #[wasm_bindgen(method)]
    pub fn tell(this: &Host, text: &str);

    /// Stores a text for the next load of the page, or removes it.
    #[wasm_bindgen(method)]
    pub fn store(this: &Host, text: Option<String>);

    /// An activity, for the listeners of `activity`.
    #[wasm_bindgen(method)]
    pub fn noticed(this: &Host, kind: &str, what: &str, transport: &str);

    /// Remembered answers are out of date. Called at once, before any other effect, so that a
    /// question during the effects gets the right answer.
    #[wasm_bindgen(method)]
    pub fn outdated(this: &Host);

    /// Answers may have changed, or the status has.
    #[wasm_bindgen(method)]
    pub fn published(this: &Host, content: bool, status: bool);

    /// Something went wrong; `element` is the one whose attribute is malformed.
    #[wasm_bindgen(method)]
    pub fn reported(this: &Host, code: &str, message: &str, element: &JsValue);

    /// Tells the module after this time, in milliseconds, that the only timer has fired; this replaces
    /// the time for which it was armed before.
    #[wasm_bindgen(method)]
    pub fn arm(this: &Host, milliseconds: i32);

    /// Stops the timer.
    #[wasm_bindgen(method)]
    pub fn disarm(this: &Host);

    /// No load is under way or due.
    #[wasm_bindgen(method)]
    pub fn rested(this: &Host);
}
