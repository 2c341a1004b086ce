//! What an administrator may give: exactly what they hold.

use permgate_core::{Effect, Grant, Language, Pattern, PermissionSet, ResourcePattern};

use super::{gains_no_more, holds, is_administrator};

/// `invoice:*` allows, `!invoice:delete` denies, `invoice:edit@invoices/7` is limited.
fn grant(text: &str) -> Grant {
    let (effect, text) = match text.strip_prefix('!') {
        Some(rest) => (Effect::Deny, rest),
        None => (Effect::Allow, text),
    };
    let (pattern, resource) = text.split_once('@').map_or((text, None), |(p, r)| (p, Some(r)));
    Grant {
        pattern: Pattern::parse(pattern).unwrap(),
        resource: resource.map(|text| ResourcePattern::parse(text).unwrap()),
        effect,
    }
}

fn set(texts: &str) -> PermissionSet {
    PermissionSet::new(texts.split_whitespace().map(grant))
}

#[test]
fn a_grant_is_held_when_an_allow_is_as_wide_and_no_deny_touches_it() {
    for (actor, given, expected) in [
        ("*", "*", true),
        ("*", "invoice:*", true),
        ("invoice:*", "invoice:edit", true),
        ("invoice:*", "*", false),
        ("invoice:edit", "invoice:*", false),
        ("* !payroll:view", "*", false),
        ("* !payroll:view", "payroll:*", false),
        ("* !payroll:view", "invoice:*", true),
        ("* !payroll:view@people/1", "payroll:view", false),
        ("invoice:edit", "invoice:edit@invoices/7", true),
        ("invoice:edit@invoices/7", "invoice:edit@invoices/7", true),
        ("invoice:edit@invoices/7", "invoice:edit@invoices/8", false),
        ("invoice:edit@invoices/7", "invoice:edit", false),
        ("", "invoice:view", false),
    ] {
        assert_eq!(holds(&set(actor), &grant(given)).is_ok(), expected, "{actor} gives {given}");
    }
}

#[test]
fn nothing_is_gained_by_a_new_allow_or_a_lost_deny_that_the_actor_does_not_hold() {
    for (actor, was, now, expected) in [
        ("user:edit", "*", "*", true),
        ("user:edit", "*", "invoice:view", true),
        ("user:edit", "*", "", true),
        ("user:edit", "", "user:edit", true),
        ("user:edit", "", "user:view", false),
        ("user:edit", "* !report:view", "*", false),
        ("user:edit", "* !report:view", "* !report:*", true),
        ("user:edit", "* !report:*", "* !report:view", false),
        ("user:edit report:*", "* !report:*", "* !report:view", true),
        ("user:edit", "invoice:view !report:view", "invoice:view", true),
        ("user:edit", "report:view !report:view@r/1", "report:view", false),
        ("user:edit", "invoice:*", "invoice:view", true),
    ] {
        let gains = gains_no_more(&set(actor), Some(&set(was)), &set(now));
        assert_eq!(gains.is_ok(), expected, "{actor}: {was} becomes {now}");
    }
}

#[test]
fn an_administrator_edits_users_and_roles() {
    for (held, expected) in [
        ("*", true),
        ("*:edit", true),
        ("user:edit role:edit", true),
        ("user:edit", false),
        ("* !role:edit", false),
        ("user:edit@users/1 role:edit", false),
    ] {
        assert_eq!(is_administrator(&set(held), Language::default()), expected, "{held}");
    }
}
