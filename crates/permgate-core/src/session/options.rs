//! The options of an instance, as JSON: read in one place for the browser and for other programs
//! with a session.

use alloc::sync::Arc;

use super::config::{Config, Source, TIMEOUT_MIN, TTL_MAX, TTL_MIN};
use super::transport::Transport;
use crate::catalogue::Catalogue;
use crate::json::Value;
use crate::language::{Dialect, Separator};
use crate::parts::{CATALOGUE, CLAIMS, ROLES};
use crate::time::Millis;
use crate::wire::values::{
    boolean, items, known_members, optional_string, optional_whole, strings, word,
};
use crate::wire::{DocumentError, Layout, Path, RoleMap};

impl Config {
    /// Reads options.
    ///
    /// ```json
    /// { "source": "endpoint", "hasToken": true, "claims": "keycloak", "dialect": "segments",
    ///   "separator": ":", "format": "document", "tenant": "acme", "subjectClaim": ["user_id"],
    ///   "asksPolicies": false,
    ///   "catalogue": { "id": "1", "permissions": ["a"] }, "rolePermissions": { "clerk": ["a"] },
    ///   "renews": true, "asksRenewal": true, "push": ["events", "socket", "poll"], "tabs": true,
    ///   "persists": false, "ttlMs": 300000, "staleMs": 60000, "timeoutMs": 15000, "seed": 1 }
    /// ```
    /// All keys are optional; durations are clamped to their bounds.
    ///
    /// # Errors
    /// When the text is not JSON, a key is not one of these, or its value is not valid.
    /// The error names the path.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value = DocumentError::json(text)?;
        let mut config = Self::new(Source::Bootstrap);
        let reading = &mut config.reading;
        known_members(&value, &Path::Root, &mut |key, value, path| {
            match key {
                "source" => {
                    config.source = word(value, path, "`endpoint`, `token`, `bootstrap`", source)?;
                }
                "hasToken" => config.has_token = boolean(value, path)?,
                "asksPolicies" => config.asks_policies = boolean(value, path)?,
                // The rules are read by the crate that reads tokens.
                "claims" if CLAIMS => {
                    config.reads_claims = !matches!(value, Value::Array(rules) if rules.is_empty());
                }
                "dialect" => {
                    let words = "`segments`, `shiro`, `exact`";
                    reading.language.dialect = word(value, path, words, Dialect::from_word)?;
                }
                "separator" => {
                    let words = "`:`, `.`, `/`";
                    reading.language.separator = word(value, path, words, Separator::from_word)?;
                }
                "format" => {
                    let words = "`document`, `by-resource`, `by-action`";
                    reading.layout = word(value, path, words, Layout::from_word)?;
                }
                "tenant" => reading.tenant = optional_string(value, path)?,
                "subjectClaim" => reading.subject_claim = strings(value, path)?,
                "renews" => config.renews = boolean(value, path)?,
                "asksRenewal" => config.asks_renewal = boolean(value, path)?,
                "tabs" => config.tabs = boolean(value, path)?,
                "persists" => config.persists = boolean(value, path)?,
                "push" => {
                    let words = "`events`, `socket`, `poll`";
                    for transport in items(value, path)? {
                        config.push.push(word(transport, path, words, Transport::from_word)?);
                    }
                }
                // Read below, when the language is known.
                "catalogue" if CATALOGUE => {}
                "rolePermissions" if ROLES => {}
                "ttlMs" => set(&mut config.lifetimes.ttl, value, path, TTL_MIN)?,
                "staleMs" => set(&mut config.lifetimes.stale, value, path, Millis(0))?,
                "timeoutMs" => set(&mut config.lifetimes.timeout, value, path, TIMEOUT_MIN)?,
                "seed" => config.seed = optional_whole(value, path)?.unwrap_or_default(),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        let language = reading.language;
        if CATALOGUE && let Some(value) = value.member("catalogue") {
            let path = Path::Key(&Path::Root, "catalogue");
            let catalogue = Catalogue::from_value(value, language, &path)?;
            reading.policies.catalogue = Some(Arc::new(catalogue));
        }
        if ROLES && let Some(value) = value.member("rolePermissions") {
            let path = Path::Key(&Path::Root, "rolePermissions");
            reading.policies.roles = Some(RoleMap::from_value(value, language, &path)?);
        }
        Ok(config)
    }
}

fn source(word: &str) -> Option<Source> {
    match word {
        "endpoint" => Some(Source::Endpoint),
        "token" if CLAIMS => Some(Source::Token),
        "bootstrap" => Some(Source::Bootstrap),
        _ => None,
    }
}

/// Milliseconds; fractions are cut off.
fn set(
    duration: &mut Millis,
    value: &Value,
    path: &Path<'_>,
    lowest: Millis,
) -> Result<(), DocumentError> {
    match value {
        Value::Null => {}
        // Negative numbers are the lowest, and too large ones the highest.
        Value::Number(number) => {
            let beyond = if number.is_negative() { lowest } else { TTL_MAX };
            *duration = number.floor().map_or(beyond, Millis).clamp(lowest, TTL_MAX);
        }
        other => return Err(DocumentError::wrong_type(path, "a number of milliseconds", other)),
    }
    Ok(())
}
