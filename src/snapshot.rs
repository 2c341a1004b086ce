//! A session as JavaScript sees it: the snapshot, and decisions with their reasons.

use permgate_core::session::{Millis, Session};
use permgate_core::set::PermissionSet;
use permgate_core::{Decision, Effect, Grant, ResourcePattern};
use wasm_bindgen::JsValue;

use crate::shown::{ShownDecision, ShownGrant, Snapshot};

/// The snapshot of a session; undefined if it cannot be created, which does not happen.
pub(crate) fn snapshot(session: &Session) -> JsValue {
    let status = session.status().as_str();
    let Some(view) = session.view() else {
        return Snapshot { status, ..Snapshot::default() }.to_js();
    };
    let plain = |effect| names(view.set, effect);
    let memberships = view.set.memberships();
    Snapshot {
        status,
        subject: view.subject,
        tenant: view.tenant,
        version: view.version.map(number),
        permissions: plain(Effect::Allow),
        denied: plain(Effect::Deny),
        grants: view.set.grants().filter(|grant| is_scoped(view.set, grant)).map(shown).collect(),
        roles: memberships.roles.as_deref(),
        groups: memberships.groups.as_deref(),
        scopes: memberships.scopes.as_deref(),
        fresh_until: Some(milliseconds(view.fresh_until)),
        expires_at: Some(milliseconds(view.expires_at)),
        source: Some(view.origin.as_str()),
        asked_at: Some(milliseconds(view.asked_at)),
    }
    .to_js()
}

/// A decision with its reason, its requirement and its source.
pub(crate) fn decision(decision: &Decision<'_>, session: &Session) -> JsValue {
    let view = session.view();
    ShownDecision {
        outcome: decision.outcome.as_str(),
        reason: decision.reason.code(),
        permission: decision.atom.map(ToString::to_string),
        grant: decision.reason.grant().map(shown),
        message: decision.to_string(),
        source: view.map(|view| view.origin.as_str()),
        asked_at: view.map(|view| milliseconds(view.asked_at)),
        version: view.and_then(|view| view.version).map(number),
    }
    .to_js()
}

/// Leaves out permissions that were revoked since.
fn is_shown(set: &PermissionSet, grant: &Grant) -> bool {
    grant.effect == Effect::Deny || !set.is_revoked(&grant.pattern)
}

fn is_scoped(set: &PermissionSet, grant: &Grant) -> bool {
    grant.resource.is_some() && is_shown(set, grant)
}

fn names(set: &PermissionSet, effect: Effect) -> Vec<&str> {
    let plain = set
        .grants()
        .filter(|grant| grant.effect == effect && grant.resource.is_none() && is_shown(set, grant));
    plain.map(|grant| grant.pattern.as_str()).collect()
}

fn shown(grant: &Grant) -> ShownGrant<'_> {
    ShownGrant {
        permission: grant.pattern.as_str(),
        resource: grant.resource.as_ref().map(ResourcePattern::as_str),
        effect: grant.effect.as_str(),
    }
}

fn milliseconds(time: Millis) -> f64 {
    number(time.0)
}

/// JavaScript's numbers are exact up to 2^53; a version beyond that is shown rounded and compared
/// exactly all the same.
#[expect(clippy::cast_precision_loss, reason = "shown, never compared")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}
