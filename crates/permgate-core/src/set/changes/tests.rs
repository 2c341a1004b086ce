//! Answers that a difference does not affect are the same as before.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::grant::Effect;
use crate::resource::{Resource, ResourcePattern};
use crate::set::Memberships;

fn set(grants: &[(&str, Option<&str>, Effect)]) -> PermissionSet {
    PermissionSet::new(grants.iter().map(|(pattern, resource, effect)| Grant {
        pattern: Pattern::parse(pattern).unwrap(),
        resource: resource.map(|path| ResourcePattern::parse(path).unwrap()),
        effect: *effect,
    }))
}

fn plain(names: &[&str]) -> PermissionSet {
    let grants: Vec<_> = names.iter().map(|name| (*name, None, Effect::Allow)).collect();
    set(&grants)
}

fn concerns(new: &PermissionSet, old: &PermissionSet, requirement: &str) -> bool {
    let requirement = Requirement::parse(requirement).unwrap();
    new.changes_since(old).is_none_or(|changes| changes.concern(&requirement))
}

#[test]
fn a_name_that_was_granted_or_denied_affects_only_its_own_answer() {
    let (old, new) = (plain(&["a:x", "b:x"]), plain(&["b:x", "c:x"]));
    for (requirement, expected) in [
        ("a:x", true),
        ("c:x", true),
        ("b:x", false),
        ("!a:x & b:x", true),
        ("a:*", true),
        ("a", false),
    ] {
        assert_eq!(concerns(&new, &old, requirement), expected, "{requirement}");
    }
    assert!(!concerns(&old, &old.clone(), "a:x"));
}

#[test]
fn a_wildcard_affects_every_name_that_it_covers() {
    let (old, new) = (plain(&["a:x"]), plain(&["a:x", "b:*"]));
    assert!(concerns(&new, &old, "b:y") && concerns(&new, &old, "b:*"));
    assert!(!concerns(&new, &old, "a:x"));
}

#[test]
fn a_difference_beyond_grants_affects_every_answer() {
    let old = plain(&["a"]);
    let roles = Some(Vec::from([String::from("r")]).into_boxed_slice());
    let with_roles =
        plain(&["a"]).with_memberships(Memberships { roles, ..Memberships::default() });
    let mut revoked = plain(&["a"]);
    revoked.revoke(Vec::from([Pattern::parse("b").unwrap()]));
    for new in [with_roles, plain(&["a"]).silent(), revoked] {
        assert!(new.changes_since(&old).is_none());
    }
    let many: Vec<String> = (0..20).map(|index| alloc::format!("n{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(plain(&many).changes_since(&old).is_none());
}

const NAMES: [&str; 7] = ["a", "a:x", "a:y", "b:x", "a:*", "b:*", "*"];
const PATHS: [Option<&str>; 4] = [None, Some("t/1"), Some("t/*"), Some("u/1")];
const ASKED: [&str; 9] = ["a", "a:x", "b:x", "a:*", "*", "!a:x", "a:x & b:x", "a:y | !b:x", "c"];

proptest! {
    #[test]
    fn unaffected_requirements_are_decided_as_before(
        drawn in [0, 1].map(|_| prop::collection::vec((0..7_usize, 0..4_usize, any::<bool>()), 0..6)),
    ) {
        let [old, new] = drawn.map(|grants| {
            let grants: Vec<_> = grants
                .iter()
                .map(|(name, path, allow)| {
                    (NAMES[*name], PATHS[*path], if *allow { Effect::Allow } else { Effect::Deny })
                })
                .collect();
            set(&grants)
        });
        let Some(changes) = new.changes_since(&old) else { return Ok(()) };
        for question in ASKED {
            let requirement = Requirement::parse(question).unwrap();
            if changes.concern(&requirement) {
                continue;
            }
            for resource in [None, Some("t/1"), Some("u/2")] {
                let resource = resource.map(|path| Resource::parse(path).unwrap());
                let outcome = |set: &PermissionSet| set.decide(&requirement, resource.as_ref()).outcome;
                prop_assert_eq!(outcome(&new), outcome(&old), "{}", question);
            }
        }
    }
}
