//! A session as JavaScript sees it: the snapshot, and decisions with their reasons, as JSON. A member
//! without a value is left out; `js/src/answers.ts` adds it as null, or as an empty array.

use permgate_core::json::Writer;
use permgate_core::session::Session;
use permgate_core::set::PermissionSet;
use permgate_core::{Decision, Effect, Grant, ResourcePattern};

/// The snapshot of a session.
pub(crate) fn snapshot(session: &Session) -> String {
    let mut json = Writer::default();
    json.open_object();
    json.texts(&[("status", Some(session.status().as_str()))]);
    if let Some(view) = session.view() {
        json.texts(&[
            ("subject", view.subject),
            ("tenant", view.tenant),
            ("source", Some(view.origin.as_str())),
        ]);
        json.numbers(&[
            ("version", view.version),
            ("freshUntil", Some(view.fresh_until.0)),
            ("expiresAt", Some(view.expires_at.0)),
            ("askedAt", Some(view.asked_at.0)),
        ]);
        for (key, effect) in [("permissions", Effect::Allow), ("denied", Effect::Deny)] {
            json.key(key);
            json.open_array();
            view.set.grants().filter(|grant| grant.effect == effect).for_each(|grant| {
                if grant.resource.is_none() && is_shown(view.set, grant) {
                    json.string(grant.pattern.as_str());
                }
            });
            json.close_array();
        }
        json.key("grants");
        json.open_array();
        view.set.grants().for_each(|grant| {
            if grant.resource.is_some() && is_shown(view.set, grant) {
                write(&mut json, grant);
            }
        });
        json.close_array();
        let memberships = view.set.memberships();
        for (key, names) in [
            ("roles", &memberships.roles),
            ("groups", &memberships.groups),
            ("scopes", &memberships.scopes),
        ] {
            if let Some(names) = names {
                json.key(key);
                json.strings(names.iter().map(String::as_str));
            }
        }
    }
    json.close_object();
    json.finish()
}

/// A decision with its reason, its requirement and its source.
pub(crate) fn decision(decision: &Decision<'_>, session: &Session) -> String {
    let mut json = Writer::default();
    json.open_object();
    let permission = decision.atom.map(ToString::to_string);
    json.texts(&[
        ("outcome", Some(decision.outcome.as_str())),
        ("reason", Some(decision.reason.code())),
        ("permission", permission.as_deref()),
        ("message", Some(&decision.to_string())),
    ]);
    if let Some(grant) = decision.reason.grant() {
        json.key("grant");
        write(&mut json, grant);
    }
    if let Some(view) = session.view() {
        json.texts(&[("source", Some(view.origin.as_str()))]);
        json.numbers(&[("askedAt", Some(view.asked_at.0)), ("version", view.version)]);
    }
    json.close_object();
    json.finish()
}

/// Leaves out permissions that were revoked since.
fn is_shown(set: &PermissionSet, grant: &Grant) -> bool {
    grant.effect == Effect::Deny || !set.is_revoked(&grant.pattern)
}

/// A grant in the words of the permission document.
fn write(json: &mut Writer, grant: &Grant) {
    json.open_object();
    json.texts(&[
        ("permission", Some(grant.pattern.as_str())),
        ("resource", grant.resource.as_ref().map(ResourcePattern::as_str)),
        ("effect", Some(grant.effect.as_str())),
    ]);
    json.close_object();
}

/// JavaScript's numbers are exact up to 2^53; a version beyond that is shown rounded and compared
/// exactly all the same.
#[expect(clippy::cast_precision_loss, reason = "shown, never compared")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}
