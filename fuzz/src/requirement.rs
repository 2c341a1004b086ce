//! Requirements: the text of a tree is parsed to the same tree, and its parts decide the whole.

use crate::input::Input;
use crate::naive;
use permgate_core::requirement::{Kind, MAX_REQUIREMENT_BYTES, Node};
use permgate_core::set::Memberships;
use permgate_core::{Effect, ResourcePattern};
use permgate_core::{Grant, Language, Outcome, Pattern, PermissionSet, Requirement, Resource};

/// An input: dialect, separator, resource; then the requirement.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let resource = input.choice(&[None, Some("x"), Some("x/7")]);
    let resource = resource.map(|text| Resource::parse(text).unwrap());
    let text = input.text();
    let requirement = match Requirement::parse_in(&text, language) {
        Ok(requirement) => requirement,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(text.is_char_boundary(error.position), "{error:?} points into a character");
            return;
        }
    };
    let canonical = requirement.to_string();
    // Writing adds spaces around operators, so a text at the limit may become too long.
    if canonical.len() <= MAX_REQUIREMENT_BYTES {
        assert_eq!(Requirement::parse_in(&canonical, language).as_ref(), Ok(&requirement));
    }
    for memberships in [Memberships::default(), some_memberships()] {
        let grants = grants(language);
        let set = PermissionSet::new(grants.clone()).with_memberships(memberships.clone());
        let decision = set.decide(&requirement, resource.as_ref());
        let expected = decide(&grants, &memberships, requirement.root(), resource.as_ref());
        assert_eq!(decision.outcome, expected);
        assert!(!decision.to_string().is_empty());
        let is_permission = matches!(requirement.root(), Node::Atom(atom)
            if matches!(atom.kind(), Kind::Permission(_)));
        assert!(is_permission || !set.somewhere(&requirement).is_granted());
    }
}

fn grants(language: Language) -> Vec<Grant> {
    let texts = ["a", "b.c", "b:*", "c/*", "*:d", "-b:d", "-e:*", "a b", "x@x/*", "-a@x"];
    let mut grants = Vec::new();
    for text in texts {
        let (text, resource) = text.split_once('@').map_or((text, None), |(a, b)| (a, Some(b)));
        let (text, effect) = match text.strip_prefix('-') {
            Some(text) => (text, Effect::Deny),
            None => (text, Effect::Allow),
        };
        let resource = resource.map(|text| ResourcePattern::parse(text).unwrap());
        // Some of these are not patterns in every language.
        if let Ok(pattern) = Pattern::parse_in(text, language) {
            grants.push(Grant { pattern, resource, effect });
        }
    }
    grants
}

fn some_memberships() -> Memberships {
    let names = |names: &[&str]| Some(names.iter().map(|name| String::from(*name)).collect());
    Memberships { roles: names(&["a", "clerk"]), groups: names(&[]), scopes: names(&["a b"]) }
}

/// Kleene's strong logic, without early exits.
fn decide(
    grants: &[Grant],
    memberships: &Memberships,
    node: &Node,
    resource: Option<&Resource>,
) -> Outcome {
    let all = |parts: &[Node]| -> Vec<Outcome> {
        parts.iter().map(|part| decide(grants, memberships, part, resource)).collect()
    };
    let joined = |outcomes: Vec<Outcome>, decisive: Outcome| {
        if outcomes.contains(&decisive) {
            decisive
        } else if outcomes.contains(&Outcome::Unknown) {
            Outcome::Unknown
        } else {
            !decisive
        }
    };
    let member = |held: &Option<Box<[String]>>, name: &String| match held {
        None => Outcome::Unknown,
        Some(names) if names.contains(name) => Outcome::Granted,
        Some(_) => Outcome::Denied,
    };
    match node {
        Node::Not(inner) => !decide(grants, memberships, inner, resource),
        Node::All(parts) => joined(all(parts), Outcome::Denied),
        Node::Any(parts) => joined(all(parts), Outcome::Granted),
        Node::Atom(atom) => match atom.kind() {
            Kind::Permission(pattern) => {
                naive::decide(&naive::concerned(grants, pattern), resource)
            }
            Kind::Role(name) => member(&memberships.roles, name),
            Kind::Group(name) => member(&memberships.groups, name),
            Kind::Scope(name) => member(&memberships.scopes, name),
        },
    }
}
