//! The functions of the TypeScript around the module. Every call catches exceptions: one that
//! passed through the module would leave its state incomplete.

use js_sys::Promise;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// The TypeScript side of one instance.
    pub type Host;

    /// Asks the application for the token: a promise of a string or null, or the outcome from before
    /// the module was loaded ([`crate::past::Past::of`]).
    #[wasm_bindgen(method, catch)]
    pub fn token(this: &Host) -> Result<JsValue, JsValue>;

    /// Asks the application for the policies: a promise of an array of two texts, either of which
    /// may be undefined, or the outcome from before the module was loaded.
    #[wasm_bindgen(method, catch)]
    pub fn policies(this: &Host) -> Result<JsValue, JsValue>;

    /// Asks the application for new credentials: a promise of a token, of true if the cookies of
    /// the browser are valid again, or of any other value if there are none.
    #[wasm_bindgen(method, catch)]
    pub fn renew(this: &Host) -> Result<Promise, JsValue>;

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

    /// The endpoint's address for a tenant; none if it has a placeholder and there is no tenant.
    #[wasm_bindgen(method, catch)]
    pub fn address(this: &Host, tenant: Option<String>) -> Result<Option<String>, JsValue>;

    /// The answer to the request that was sent before the module was loaded, if that request is the
    /// same: as [`Host::send`] returns it, or its outcome. Undefined if the request must be sent.
    #[wasm_bindgen(method, catch)]
    pub fn early(
        this: &Host,
        address: &str,
        bearer: Option<String>,
        signal: &web_sys::AbortSignal,
    ) -> Result<JsValue, JsValue>;

    /// Sends a request to the endpoint: a promise of an array of the value that `fetch` resolves to
    /// and the text of its body, if that is a document that is not too long.
    #[wasm_bindgen(method, catch)]
    pub fn send(this: &Host, request: &web_sys::Request) -> Result<JsValue, JsValue>;

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

    /// Asks the application for headers of a request to this address: a promise of `Headers`.
    #[wasm_bindgen(method, catch)]
    pub fn headers(this: &Host, url: &str) -> Result<Promise, JsValue>;

    /// Remembered answers are out of date. Called at once, before any other effect, so that a
    /// question during the effects gets the right answer.
    #[wasm_bindgen(method, catch)]
    pub fn outdated(this: &Host) -> Result<(), JsValue>;

    /// Answers may have changed, or the status has.
    #[wasm_bindgen(method, catch)]
    pub fn published(this: &Host, content: bool, status: bool) -> Result<(), JsValue>;

    /// Reports a problem; `element` is the element whose attribute is malformed, if there is one.
    #[wasm_bindgen(method, catch)]
    pub fn reported(
        this: &Host,
        code: &str,
        message: &str,
        element: &JsValue,
    ) -> Result<(), JsValue>;

    /// No load is running or due.
    #[wasm_bindgen(method, catch)]
    pub fn rested(this: &Host) -> Result<(), JsValue>;
}
