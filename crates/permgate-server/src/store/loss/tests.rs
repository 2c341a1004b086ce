//! The permissions that a change revokes, case by case and compared with decisions.

use permgate_core::{
    Grant, Language, Pattern, PermissionSet, Requirement, Resource, ResourcePattern,
};
use proptest::prelude::*;

use super::lost;
use crate::catalogue;

/// `invoice:edit`, `!invoice:edit`, `invoice:edit on a/*`.
fn grant(text: &str) -> Grant {
    let (text, resource) = match text.split_once(" on ") {
        Some((text, resource)) => (text, Some(ResourcePattern::parse(resource).unwrap())),
        None => (text, None),
    };
    let (make, text): (fn(Pattern) -> Grant, _) = match text.strip_prefix('!') {
        Some(text) => (Grant::deny, text),
        None => (Grant::allow, text),
    };
    let grant = make(Pattern::parse(text).unwrap());
    match resource {
        Some(resource) => grant.on(resource),
        None => grant,
    }
}

fn set(grants: &[&str]) -> PermissionSet {
    PermissionSet::new(grants.iter().map(|text| grant(text)))
}

#[test]
fn a_name_is_lost_when_less_of_it_is_granted_than_before() {
    let nothing: &[&str] = &[];
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        // Without a resource.
        (&["invoice:view"], &["invoice:view"], nothing),
        (&["invoice:view"], nothing, &["invoice:view"]),
        (nothing, &["invoice:view"], nothing),
        (&["invoice:view", "invoice:*"], &["invoice:*"], nothing),
        (&["invoice:view"], &["*"], nothing),
        (&["invoice:view"], &["invoice:view", "!invoice:view"], &["invoice:view"]),
        (&["invoice:view"], &["invoice:view", "!invoice:edit"], nothing),
        (&["*", "!invoice:*"], &["*", "!invoice:*", "!invoice:edit"], nothing),
        (&["invoice:view", "!invoice:view"], &["!invoice:view"], nothing),
        (&["invoice:view", "!invoice:view"], &["invoice:view"], nothing),
        // On resources.
        (&["invoice:edit on a/*"], nothing, &["invoice:edit"]),
        (&["invoice:edit on a/*"], &["invoice:edit on a/*"], nothing),
        (&["invoice:edit on a/*"], &["invoice:edit"], nothing),
        (&["invoice:edit"], &["invoice:edit on a/*"], &["invoice:edit"]),
        (
            &["invoice:edit on a/*", "invoice:edit on b/*"],
            &["invoice:edit on a/*"],
            &["invoice:edit"],
        ),
        (&["invoice:edit"], &["invoice:edit", "!invoice:edit on a/1"], &["invoice:edit"]),
        (
            &["invoice:edit", "!invoice:edit on a/1"],
            &["invoice:edit", "!invoice:edit on a/1", "!invoice:edit on a/2"],
            &["invoice:edit"],
        ),
        (
            &["invoice:edit", "!invoice:edit on a/1"],
            &["invoice:edit", "!invoice:edit"],
            &["invoice:edit"],
        ),
        (&["invoice:edit", "!invoice:edit on a/1"], &["invoice:edit"], nothing),
        (&["invoice:edit on a/1"], &["invoice:edit on a/1", "!invoice:view"], nothing),
    ];
    for (before, after, expected) in cases {
        let lost = lost(&set(before), &set(after), Language::default());
        assert_eq!(lost, *expected, "{before:?} -> {after:?}");
    }
}

#[test]
fn a_wildcard_that_is_removed_loses_every_name_that_it_covered() {
    let lost = lost(&set(&["*"]), &set(&["invoice:*"]), Language::default());
    let others = catalogue::permissions().filter(|name| !name.starts_with("invoice:"));
    assert_eq!(lost, others.collect::<Vec<_>>());
}

proptest! {
    /// Each name that was granted and is no longer granted, without a resource or on one, is
    /// reported as lost.
    #[test]
    fn every_name_that_is_no_longer_granted_is_lost(
        before in grants(),
        after in grants(),
    ) {
        let (before, after) = (PermissionSet::new(before), PermissionSet::new(after));
        let lost = lost(&before, &after, Language::default());
        let resources = ["a/1", "a/2", "b/1"].map(|path| Some(Resource::parse(path).unwrap()));
        for name in ["invoice:view", "invoice:edit", "user:view"] {
            let requirement = Requirement::parse(name).unwrap();
            for resource in [None].iter().chain(&resources) {
                let granted = |set: &PermissionSet| set.decide(&requirement, resource.as_ref()).is_granted();
                if granted(&before) && !granted(&after) {
                    prop_assert!(lost.iter().any(|lost| lost == name), "{name} {resource:?}");
                }
            }
        }
        // A name that was granted nowhere is not reported.
        for name in &lost {
            let requirement = Requirement::parse(name).unwrap();
            prop_assert!(
                before.decide(&requirement, None).is_granted()
                    || before.grants().any(|grant| grant.resource.is_some())
            );
        }
    }
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let pattern =
        prop::sample::select(vec!["invoice:view", "invoice:edit", "invoice:*", "user:view", "*"]);
    let resource = prop::sample::select(vec!["", " on a/1", " on a/*", " on *", " on b/1"]);
    let one = (prop::bool::ANY, pattern, resource).prop_map(|(allow, pattern, resource)| {
        grant(&format!("{}{pattern}{resource}", if allow { "" } else { "!" }))
    });
    prop::collection::vec(one, 0..6)
}
