//! The normalised grants of one subject, and the decision on a requirement.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decision::{Decision, Outcome, Reason};
use crate::grant::{Effect, Grant};
use crate::order::sorted;
use crate::pattern::Pattern;
use crate::requirement::{Atom, Kind, Node, Requirement};
use crate::resource::Resource;

/// What one subject may do.
///
/// Grants without `*` are found by binary search, the others one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet {
    // INVARIANT: sorted by pattern, without doubles; no pattern holds `*`.
    exact: Vec<Grant>,
    // INVARIANT: sorted, without doubles; every pattern holds `*`.
    wildcard: Vec<Grant>,
    memberships: Memberships,
}

/// What a subject belongs to. `None` means that the source did not say, which is not the same as
/// belonging to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships {
    /// Asked for as `role(…)`.
    pub roles: Option<Box<[String]>>,
    /// Asked for as `group(…)`.
    pub groups: Option<Box<[String]>>,
    /// Asked for as `scope(…)`: what the user let the client do, not what the user may do.
    pub scopes: Option<Box<[String]>>,
}

impl PermissionSet {
    /// Sorts grants into a set; their order does not matter.
    #[must_use]
    pub fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let (mut exact, mut wildcard) = (Vec::new(), Vec::new());
        for grant in grants {
            if grant.pattern.is_exact() { exact.push(grant) } else { wildcard.push(grant) }
        }
        let (exact, wildcard) = (sorted(exact), sorted(wildcard));
        Self { exact, wildcard, memberships: Memberships::default() }
    }

    /// The same set with what the subject belongs to.
    #[must_use]
    pub fn with_memberships(self, memberships: Memberships) -> Self {
        Self { memberships, ..self }
    }

    /// Every grant: first those without `*`, then the others, each sorted.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.exact.iter().chain(&self.wildcard)
    }

    /// What the subject belongs to.
    #[must_use]
    pub fn memberships(&self) -> &Memberships {
        &self.memberships
    }

    /// Decides a requirement, on one resource or in general.
    #[must_use]
    pub fn decide<'a>(
        &'a self,
        requirement: &'a Requirement,
        resource: Option<&Resource>,
    ) -> Decision<'a> {
        self.decide_node(requirement.root(), resource)
    }

    // Recursion is bounded by the parser's depth limit.
    fn decide_node<'a>(&'a self, node: &'a Node, resource: Option<&Resource>) -> Decision<'a> {
        match node {
            Node::Atom(atom) => self.decide_atom(atom, resource),
            Node::Not(inner) => {
                let decision = self.decide_node(inner, resource);
                Decision { outcome: !decision.outcome, ..decision }
            }
            Node::All(parts) => self.first_decisive(parts, resource, Outcome::Denied),
            Node::Any(parts) => self.first_decisive(parts, resource, Outcome::Granted),
        }
    }

    /// The first part with the `decisive` outcome, else the first unknown one, else the first.
    fn first_decisive<'a>(
        &'a self,
        parts: &'a [Node],
        resource: Option<&Resource>,
        decisive: Outcome,
    ) -> Decision<'a> {
        let mut otherwise: Option<Decision<'a>> = None;
        for part in parts {
            let decision = self.decide_node(part, resource);
            if decision.outcome == decisive {
                return decision;
            }
            let better = decision.outcome == Outcome::Unknown
                && otherwise.is_some_and(|held| held.outcome != Outcome::Unknown);
            if otherwise.is_none() || better {
                otherwise = Some(decision);
            }
        }
        otherwise.unwrap_or_else(Decision::malformed)
    }

    fn decide_atom<'a>(&'a self, atom: &'a Atom, resource: Option<&Resource>) -> Decision<'a> {
        let (outcome, reason) = match atom.kind() {
            Kind::Permission(pattern) => self.decide_pattern(pattern, resource),
            Kind::Role(name) => member(self.memberships.roles.as_deref(), name),
            Kind::Group(name) => member(self.memberships.groups.as_deref(), name),
            Kind::Scope(name) => member(self.memberships.scopes.as_deref(), name),
        };
        Decision { outcome, reason, atom: Some(atom) }
    }

    fn decide_pattern<'a>(
        &'a self,
        asked: &Pattern,
        resource: Option<&Resource>,
    ) -> (Outcome, Reason<'a>) {
        // A question with `*` is about many names: any of their denials counts against it.
        let exact = if asked.is_exact() { self.exact_grants(asked) } else { &self.exact };
        let mut allow = None;
        for grant in exact.iter().chain(&self.wildcard) {
            if !grant.applies_to(resource) {
                continue;
            }
            match grant.effect {
                Effect::Deny if grant.pattern.overlaps(asked) => {
                    return (Outcome::Denied, Reason::DeniedBy(grant));
                }
                Effect::Allow if allow.is_none() && grant.pattern.includes(asked) => {
                    allow = Some(grant);
                }
                _ => {}
            }
        }
        match allow {
            Some(grant) => (Outcome::Granted, Reason::GrantedBy(grant)),
            None => (Outcome::Denied, Reason::NotGranted),
        }
    }

    fn exact_grants(&self, asked: &Pattern) -> &[Grant] {
        let start = self.exact.partition_point(|grant| grant.pattern < *asked);
        let rest = self.exact.get(start..).unwrap_or_default();
        let length = rest.partition_point(|grant| grant.pattern == *asked);
        rest.get(..length).unwrap_or_default()
    }
}

fn member<'a>(held: Option<&[String]>, name: &str) -> (Outcome, Reason<'a>) {
    match held {
        None => (Outcome::Unknown, Reason::NotLoaded),
        Some(names) if names.iter().any(|held| held == name) => (Outcome::Granted, Reason::Member),
        Some(_) => (Outcome::Denied, Reason::NotGranted),
    }
}

#[cfg(test)]
mod tests;
