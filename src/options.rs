//! The options of an instance: those of the core as JSON, and those that only the shell needs.

#[cfg(feature = "whole")]
use permgate_claims::ClaimRule;
use permgate_core::session::Config;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// The options of one instance.
    pub type Options;

    /// [`Config::parse`] reads it, and [`permgate_claims::of_options`] its rules for claims.
    #[wasm_bindgen(method, getter)]
    fn core(this: &Options) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn bootstrap(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn stored(this: &Options) -> Option<String>;
    /// When the requests of the first load were sent, if that was before the module was loaded, in
    /// the form that [`crate::past::Past::of`] reads.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn began(this: &Options) -> JsValue;
}

impl Options {
    pub(crate) fn config(&self) -> Result<Config, String> {
        Config::parse(&self.core()).map_err(|error| error.to_string())
    }

    #[cfg(feature = "whole")]
    pub(crate) fn claims(&self) -> Result<Vec<ClaimRule>, String> {
        permgate_claims::of_options(&self.core()).map_err(|error| error.to_string())
    }
}
