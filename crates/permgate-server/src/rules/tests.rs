//! Coverage of grants, keepers, and which users may change which other users.

use permgate_core::{Effect, Grant, Language, Pattern, PermissionSet, ResourcePattern};

use super::{Refusal, change_role, change_user, covers, is_keeper, take_role};
use crate::store::Standing;

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

/// A user with grants and, after a slash, roles: `task:* / staff`.
fn user(text: &str) -> Standing {
    let (grants, roles) = text.split_once('/').unwrap_or((text, ""));
    let roles = roles.split_whitespace().map(str::to_owned).collect();
    let grants = grants.split_whitespace().map(grant);
    Standing::new("u-1".into(), "One".into(), 1, roles, grants)
}

fn patterns(text: &str) -> Vec<Pattern> {
    text.split_whitespace().map(|text| Pattern::parse(text).unwrap()).collect()
}

#[test]
fn a_set_covers_another_when_it_holds_each_allow_that_the_other_s_denials_leave() {
    for (x, y, expected) in [
        ("*", "*", true),
        ("*", "invoice:*", true),
        ("invoice:*", "invoice:edit", true),
        ("invoice:*", "*", false),
        ("invoice:edit", "invoice:*", false),
        ("", "", true),
        ("", "invoice:view", false),
        ("", "!invoice:view", true),
        // Denials of y reduce the rights that x must hold.
        ("", "invoice:view !invoice:view", true),
        ("", "invoice:view !invoice:*", true),
        ("", "invoice:* !invoice:view", false),
        ("", "invoice:view !invoice:view@invoices/7", false),
        ("", "invoice:view@invoices/7 !invoice:view", true),
        // Denials of x reduce the rights that x holds, unless y has the same denials.
        ("* !payroll:view", "*", false),
        ("* !payroll:view", "payroll:*", false),
        ("* !payroll:view", "invoice:*", true),
        ("* !payroll:view", "* !payroll:view", true),
        ("* !payroll:view", "* !payroll:*", true),
        ("* !payroll:*", "* !payroll:view", false),
        ("* !payroll:view", "* !payroll:view@people/1", false),
        ("* !payroll:view@people/1", "payroll:view", false),
        ("* !payroll:view@people/1", "payroll:view@people/2", true),
        ("* !payroll:view@people/1", "payroll:view@people/1", false),
        ("* !payroll:view@people/*", "payroll:view@people/2", false),
        // A limit to resources must be the same, or absent in x.
        ("invoice:edit", "invoice:edit@invoices/7", true),
        ("invoice:edit@invoices/7", "invoice:edit@invoices/7", true),
        ("invoice:edit@invoices/7", "invoice:edit@invoices/8", false),
        ("invoice:edit@invoices/7", "invoice:edit", false),
    ] {
        assert_eq!(covers(&set(x), &set(y)).is_ok(), expected, "{x} covers {y}");
    }
}

#[test]
fn a_keeper_is_granted_everything_on_every_resource_and_has_no_denial() {
    for (held, expected) in [
        ("*", true),
        ("invoice:view *", true),
        ("*:*", false),
        ("*@invoices/*", false),
        ("* !role:edit", false),
        ("* !role:edit@roles/1", false),
        ("user:edit role:edit", false),
        ("", false),
    ] {
        assert_eq!(is_keeper(&set(held), Language::default()), expected, "{held}");
    }
}

#[test]
fn a_user_can_be_changed_by_users_who_cover_them_before_and_after() {
    let beyond = |text: &str| Err(Refusal::BeyondOwn(grant(text)));
    let role = |name: &str| Err(Refusal::RoleNotHeld(name.into()));
    for (actor, before, after, expected) in [
        ("task:*", "task:view", "task:edit", Ok(())),
        ("task:*", "task:view", "invoice:view", beyond("invoice:view")),
        // To deny a permission to a user who holds more is a change of that user.
        ("task:*", "invoice:view", "", beyond("invoice:view")),
        ("task:*", "invoice:view", "invoice:view !task:view", beyond("invoice:view")),
        // Removing a denial grants the permission again that it covered.
        ("task:*", "invoice:view !invoice:view", "invoice:view", beyond("invoice:view")),
        ("*", "*", "", Ok(())),
        ("* !task:view", "*", "", Err(Refusal::KeepersOnly)),
        // Roles are rights, even empty ones.
        ("task:* / staff", "", "/ staff", Ok(())),
        ("task:* / staff", "/ staff", "", Ok(())),
        ("task:*", "", "/ staff", role("staff")),
        ("task:*", "/ staff", "", role("staff")),
        ("task:*", "/ staff", "task:view / staff", Ok(())),
        ("*", "", "/ staff", Ok(())),
        ("* !task:view", "", "/ staff", role("staff")),
    ] {
        let (actor, before, after) = (user(actor), user(before), user(after));
        let language = Language::default();
        let changed = change_user(&actor, Some(&before), Some(&after), language);
        assert_eq!(changed, expected, "{actor:?}: {before:?} to {after:?}");
    }
}

#[test]
fn users_can_lower_but_not_raise_their_own_rights() {
    for (before, after, expected) in [
        ("task:* / staff", "task:* / staff", true),
        ("task:* / staff", "task:view", true),
        ("task:* / staff", "", true),
        ("task:*", "task:* !task:view", true),
        ("task:* !task:view", "task:*", false),
        ("task:* !task:view", "task:* !task:*", true),
        ("task:*", "task:* invoice:view", false),
        ("task:*", "task:* / staff", false),
    ] {
        let (before, after) = (user(before), user(after));
        let changed = change_user(&before, Some(&before), Some(&after), Language::default());
        assert_eq!(changed.is_ok(), expected, "{before:?} to {after:?}");
    }
}

#[test]
fn a_role_can_be_changed_by_users_who_cover_its_content_before_and_after() {
    for (actor, before, after, expected) in [
        ("task:*", "task:view", "task:edit", true),
        ("task:*", "*", "", false),
        ("task:*", "", "*", false),
        ("task:* !task:edit", "task:view", "task:*", false),
        ("*", "*", "", true),
    ] {
        let changed = change_role(&user(actor), &patterns(before), &patterns(after));
        assert_eq!(changed.is_ok(), expected, "{actor}: {before} to {after}");
    }
}

#[test]
fn a_role_can_be_taken_by_users_who_have_it_and_from_keepers_by_keepers() {
    let role = Err(Refusal::RoleNotHeld("staff".into()));
    for (actor, members, expected) in [
        ("task:*", &[][..], Ok(())),
        ("task:*", &["task:view"][..], role.clone()),
        ("task:* / staff", &["task:view"][..], Ok(())),
        ("task:* / staff", &["task:view", "*"][..], Err(Refusal::KeepersOnly)),
        ("task:* / staff", &["*", "task:view"][..], Err(Refusal::KeepersOnly)),
        ("*", &["task:view", "*"][..], Ok(())),
    ] {
        let members: Vec<_> = members.iter().map(|member| set(member)).collect();
        let language = Language::default();
        let taken = take_role(&user(actor), "staff", members.iter(), language);
        assert_eq!(taken, expected, "{actor}: {members:?}");
    }
}
