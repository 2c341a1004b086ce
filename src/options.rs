//! The options of an instance, as the TypeScript hands them over: checked, and filled up there.
//!
//! Read by getters and not by `serde`: its messages for wrong types alone bring the formatting of
//! floating-point numbers into the module, a fifth of its size, for errors that cannot occur.

use permgate_core::session::{Config, Millis, Source, TIMEOUT_MIN, TTL_MAX, TTL_MIN};
use permgate_core::wire::{ClaimRule, ClaimTarget};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The options of one instance.
    pub type Options;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn endpoint(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn bootstrap(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn credentials(this: &Options) -> String;
    #[wasm_bindgen(method, getter, js_name = hasToken)]
    fn has_token(this: &Options) -> bool;
    #[wasm_bindgen(method, getter)]
    fn claims(this: &Options) -> Vec<Claim>;
    #[wasm_bindgen(method, getter, js_name = ttlMs)]
    fn ttl_ms(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = staleMs)]
    fn stale_ms(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = timeoutMs)]
    fn timeout_ms(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn seed(this: &Options) -> f64;

    /// One rule for reading a token.
    type Claim;

    #[wasm_bindgen(method, getter)]
    fn path(this: &Claim) -> Vec<String>;
    #[wasm_bindgen(method, getter)]
    fn target(this: &Claim) -> String;
    #[wasm_bindgen(method, getter)]
    fn prefix(this: &Claim) -> Option<String>;
}

impl Options {
    pub(crate) fn config(&self) -> Config {
        let source = match (self.endpoint(), self.has_token()) {
            (Some(_), _) => Source::Endpoint,
            (None, true) => Source::Token,
            (None, false) => Source::Bootstrap,
        };
        let mut config = Config::new(source);
        config.has_token = self.has_token();
        config.claims = self.claims().iter().map(rule).collect();
        let bounded = |value: Option<f64>, lowest, default| {
            value.map_or(default, |value| Millis::clamped(value, lowest, TTL_MAX))
        };
        config.ttl = bounded(self.ttl_ms(), TTL_MIN, config.ttl);
        config.stale = bounded(self.stale_ms(), Millis(0), config.stale);
        config.timeout = bounded(self.timeout_ms(), TIMEOUT_MIN, config.timeout);
        config.seed = self.seed().to_bits();
        config
    }
}

fn rule(claim: &Claim) -> ClaimRule {
    let target = match claim.target().as_str() {
        "roles" => ClaimTarget::Roles,
        "groups" => ClaimTarget::Groups,
        _ => ClaimTarget::Permissions,
    };
    ClaimRule { path: claim.path(), target, prefix: claim.prefix() }
}
