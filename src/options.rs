//! The options of an instance, as the TypeScript hands them over.

use permgate_core::session::{Config, Millis, Source, TIMEOUT_MIN, TTL_MAX, TTL_MIN};
use permgate_core::wire::{ClaimRule, ClaimTarget};
use serde::Deserialize;

/// Checked and filled up by the TypeScript; what is left out has its default here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
    pub(crate) endpoint: Option<String>,
    pub(crate) bootstrap: Option<String>,
    pub(crate) credentials: Credentials,
    has_token: bool,
    claims: Option<Vec<Claim>>,
    ttl_ms: Option<f64>,
    stale_ms: Option<f64>,
    timeout_ms: Option<f64>,
    seed: f64,
}

/// `RequestCredentials` of the Fetch standard.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Credentials {
    Omit,
    SameOrigin,
    Include,
}

#[derive(Deserialize)]
struct Claim {
    path: Vec<String>,
    target: Target,
    prefix: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Target {
    Permissions,
    Roles,
    Groups,
}

impl Options {
    pub(crate) fn config(&mut self) -> Config {
        let source = match (&self.endpoint, self.has_token) {
            (Some(_), _) => Source::Endpoint,
            (None, true) => Source::Token,
            (None, false) => Source::Bootstrap,
        };
        let mut config = Config::new(source);
        config.has_token = self.has_token;
        config.claims = self.claims.take().unwrap_or_default().into_iter().map(rule).collect();
        let bounded = |value: Option<f64>, lowest, default| {
            value.map_or(default, |value| Millis::clamped(value, lowest, TTL_MAX))
        };
        config.ttl = bounded(self.ttl_ms, TTL_MIN, config.ttl);
        config.stale = bounded(self.stale_ms, Millis(0), config.stale);
        config.timeout = bounded(self.timeout_ms, TIMEOUT_MIN, config.timeout);
        config.seed = self.seed.to_bits();
        config
    }
}

fn rule(claim: Claim) -> ClaimRule {
    let target = match claim.target {
        Target::Permissions => ClaimTarget::Permissions,
        Target::Roles => ClaimTarget::Roles,
        Target::Groups => ClaimTarget::Groups,
    };
    ClaimRule { path: claim.path, target, prefix: claim.prefix }
}
