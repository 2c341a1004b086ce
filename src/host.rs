//! What the module asks of the TypeScript around it. Every call catches: an exception that passed
//! through the module would leave it in the middle of something.

use js_sys::Promise;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// The TypeScript side of one instance.
    pub type Host;

    /// Asks the application for the token: a promise of a string or null, or what came of it before
    /// the module was there ([`crate::past::Past::of`]).
    #[wasm_bindgen(method, catch)]
    pub fn token(this: &Host) -> Result<JsValue, JsValue>;

    /// Asks the application for the policies: a promise of an array of two texts, either of which
    /// may be undefined, or what came of it before the module was there.
    #[wasm_bindgen(method, catch)]
    pub fn policies(this: &Host) -> Result<JsValue, JsValue>;

    /// Asks the application for new credentials: a promise of a token, of true when those that the
    /// browser has are good again, or of anything else when there are none.
    #[wasm_bindgen(method, catch)]
    pub fn renew(this: &Host) -> Result<Promise, JsValue>;

    /// The token that `renew` gave is the one of now.
    #[wasm_bindgen(method, catch)]
    pub fn renewed(this: &Host, token: &str) -> Result<(), JsValue>;

    /// Whoever waits for a verdict may ask again.
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

    /// The endpoint's address for a tenant; none where it has a place for one, and there is none.
    #[wasm_bindgen(method, catch)]
    pub fn address(this: &Host, tenant: Option<String>) -> Result<Option<String>, JsValue>;

    /// The request that was sent before the module was there, if it is the one that is to be sent:
    /// what [`Host::send`] gives, or what came of it. Undefined when it is not, and must be sent.
    #[wasm_bindgen(method, catch)]
    pub fn early(
        this: &Host,
        address: &str,
        bearer: Option<String>,
        signal: &web_sys::AbortSignal,
    ) -> Result<JsValue, JsValue>;

    /// Sends a request to the endpoint: a promise of an array of whatever `fetch` resolves to and
    /// the text of its body, which there is where it is a document that is not too long.
    #[wasm_bindgen(method, catch)]
    pub fn send(this: &Host, request: &web_sys::Request) -> Result<JsValue, JsValue>;

    /// Opens a stream in the place of the one before.
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

    /// Contends with other tabs.
    #[wasm_bindgen(method, catch)]
    pub fn contend(this: &Host, contest: u32, name: &str, steal: bool) -> Result<(), JsValue>;

    /// Leaves what was contended for to others.
    #[wasm_bindgen(method, catch, js_name = yieldLead)]
    pub fn yield_lead(this: &Host) -> Result<(), JsValue>;

    /// Tells the other tabs.
    #[wasm_bindgen(method, catch)]
    pub fn tell(this: &Host, text: &str) -> Result<(), JsValue>;

    /// Keeps a text for a later life of the page, or forgets it.
    #[wasm_bindgen(method, catch)]
    pub fn store(this: &Host, text: Option<String>) -> Result<(), JsValue>;

    /// What is going on, for whoever looks on.
    #[wasm_bindgen(method, catch)]
    pub fn noticed(this: &Host, kind: &str, what: &str, transport: &str) -> Result<(), JsValue>;

    /// Asks the application for headers of a request to this address: a promise of `Headers`.
    #[wasm_bindgen(method, catch)]
    pub fn headers(this: &Host, url: &str) -> Result<Promise, JsValue>;

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
