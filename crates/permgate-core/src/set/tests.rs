//! Decisions: the rules one by one, and a random comparison with an evaluator written for this
//! test.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::resource::ResourcePattern;

fn grant(text: &str) -> Grant {
    let (effect, text) = match text.strip_prefix('-') {
        Some(rest) => (Effect::Deny, rest),
        None => (Effect::Allow, text),
    };
    let (pattern, resource) = match text.split_once('@') {
        Some((pattern, resource)) => (pattern, Some(ResourcePattern::parse(resource).unwrap())),
        None => (text, None),
    };
    Grant { pattern: Pattern::parse(pattern).unwrap(), resource, effect }
}

fn set(grants: &[&str]) -> PermissionSet {
    PermissionSet::new(grants.iter().map(|text| grant(text)))
}

fn outcome(set: &PermissionSet, requirement: &str, resource: Option<&str>) -> Outcome {
    let requirement = Requirement::parse(requirement).unwrap();
    let resource = resource.map(|text| Resource::parse(text).unwrap());
    set.decide(&requirement, resource.as_ref()).outcome
}

fn check(grants: &[&str], requirement: &str, expected: Outcome) {
    assert_eq!(outcome(&set(grants), requirement, None), expected, "{grants:?} on {requirement}");
}

#[test]
fn deny_overrides_allow_in_any_order() {
    check(&["a:x", "-a:x"], "a:x", Outcome::Denied);
    check(&["-a:x", "a:*"], "a:x", Outcome::Denied);
    check(&["a:x", "-a:*"], "a:x", Outcome::Denied);
    check(&["*", "-a:x"], "a:y", Outcome::Granted);
    check(&[], "a:x", Outcome::Denied);
}

#[test]
fn operators_combine_the_outcomes_of_their_operands() {
    check(&["a", "b"], "a & b", Outcome::Granted);
    check(&["a"], "a & b", Outcome::Denied);
    check(&["a"], "a | b", Outcome::Granted);
    check(&["a"], "!b", Outcome::Granted);
    check(&["a"], "a & !(b | c)", Outcome::Granted);
}

#[test]
fn a_wildcard_question_is_denied_by_any_denial_it_covers() {
    check(&["a:*"], "a:*", Outcome::Granted);
    check(&["a:*", "-a:x"], "a:*", Outcome::Denied);
    check(&["a:x"], "a:*", Outcome::Denied);
}

#[test]
fn a_permission_on_which_the_source_is_silent_is_unknown_and_so_is_its_negation() {
    let silent = set(&["a"]);
    assert_eq!(outcome(&silent, "role(admin)", None), Outcome::Unknown);
    assert_eq!(outcome(&silent, "!role(admin)", None), Outcome::Unknown);
    assert_eq!(outcome(&silent, "a | role(admin)", None), Outcome::Granted);
    assert_eq!(outcome(&silent, "a & role(admin)", None), Outcome::Unknown);
    assert_eq!(outcome(&silent, "b & role(admin)", None), Outcome::Denied);
    let clerk = set(&["a"]).with_memberships(Memberships {
        roles: Some(["clerk".to_string()].into()),
        ..Memberships::default()
    });
    assert_eq!(outcome(&clerk, "role(clerk)", None), Outcome::Granted);
    assert_eq!(outcome(&clerk, "role(admin)", None), Outcome::Denied);
    assert_eq!(outcome(&clerk, "role:clerk", None), Outcome::Denied);
}

#[test]
fn a_permission_on_one_resource_is_not_granted_without_a_resource() {
    let set = set(&["e@t/acme/*", "v", "-v@t/acme/7"]);
    assert_eq!(outcome(&set, "e", None), Outcome::Denied);
    assert_eq!(outcome(&set, "e", Some("t/acme/1")), Outcome::Granted);
    assert_eq!(outcome(&set, "e", Some("t/other/1")), Outcome::Denied);
    assert_eq!(outcome(&set, "v", None), Outcome::Granted);
    assert_eq!(outcome(&set, "v", Some("t/acme/7")), Outcome::Denied);
}

#[test]
fn decisions_name_the_grant_that_decided() {
    let set = set(&["a:*", "-a:x"]);
    let (denied, granted, neither) = (
        Requirement::parse("a:x").unwrap(),
        Requirement::parse("zz | a:y").unwrap(),
        Requirement::parse("b & zz").unwrap(),
    );
    assert_eq!(set.decide(&denied, None).reason, Reason::DeniedBy(&grant("-a:x")));
    assert_eq!(set.decide(&granted, None).reason, Reason::GrantedBy(&grant("a:*")));
    assert_eq!(set.decide(&neither, None).reason, Reason::NotGranted);
    assert_eq!(set.decide(&neither, None).atom.unwrap().to_string(), "b");
}

/// The definition of a decision, without an index, an early exit or code of the core.
fn naive(grants: &[Grant], node: &Node, resource: Option<&Resource>) -> bool {
    match node {
        Node::Not(inner) => !naive(grants, inner, resource),
        Node::All(parts) => parts.iter().filter(|p| !naive(grants, p, resource)).count() == 0,
        Node::Any(parts) => parts.iter().filter(|p| naive(grants, p, resource)).count() > 0,
        Node::Atom(atom) => {
            let Kind::Permission(question) = atom.kind() else { return false };
            let question = crate::Permission::parse(question.as_str()).unwrap();
            let counts = |effect| {
                grants
                    .iter()
                    .filter(|g| g.effect == effect && g.pattern.covers(&question))
                    .filter(|g| match (&g.resource, resource) {
                        (None, _) => true,
                        (Some(p), Some(r)) => p.covers(r),
                        (Some(_), None) => false,
                    })
                    .count()
            };
            counts(Effect::Allow) > 0 && counts(Effect::Deny) == 0
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn decisions_agree_with_the_naive_evaluator(
        grants in prop::collection::vec("-?(\\*|[ab](:[ab*]){0,2})(@[pq](/[pq*]){0,2})?", 0..8),
        requirement in "!?[ab](:[ab]){0,2}( [&|] !?[ab](:[ab]){0,2}){0,3}",
        resource in proptest::option::of("[pq](/[pq]){0,2}"),
    ) {
        let grants: Vec<Grant> = grants.iter().map(|text| grant(text)).collect();
        let set = PermissionSet::new(grants.clone());
        let parsed = Requirement::parse(&requirement).unwrap();
        let resource = resource.map(|text: String| Resource::parse(&text).unwrap());
        let expected = naive(&grants, parsed.root(), resource.as_ref());
        prop_assert_eq!(set.decide(&parsed, resource.as_ref()).is_granted(), expected);
    }
}
