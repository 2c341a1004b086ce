//! The normalised grants of one subject, and the decision on a requirement.

mod changes;
mod packing;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::catalogue::Catalogue;
use crate::decision::{Decision, Outcome, Reason};
use crate::grant::{Effect, Grant};
use crate::index::{Place, Relation, Side};
use crate::parts::CATALOGUE;
use crate::pattern::Pattern;
use crate::requirement::{Atom, Kind, Node, Requirement};
use crate::resource::Resource;
pub use changes::Changes;

/// The permissions of one subject.
///
/// Grants are searched segment by segment and not scanned, even if they have `*` or resources: on
/// the sets of the field, the time of a question grows with the logarithm of their number. Only a
/// question with `*` makes it scan the denials below that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet {
    // Shared by the sets that differ only in what was revoked.
    allowed: Arc<Side>,
    denied: Arc<Side>,
    memberships: Arc<Memberships>,
    is_silent: bool,
    catalogue: Option<Arc<Catalogue>>,
    /// The permissions that were revoked since the set was made: whether they are granted is
    /// unknown.
    revoked: Vec<Pattern>,
}

/// The roles, groups and scopes of a subject. `None` means that the source did not say, which is
/// not the same as an empty list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships {
    /// Asked for as `role(…)`.
    pub roles: Option<Box<[String]>>,
    /// Asked for as `group(…)`.
    pub groups: Option<Box<[String]>>,
    /// Asked for as `scope(…)`: what the user allowed the client to do, which is not what the user
    /// may do.
    pub scopes: Option<Box<[String]>>,
}

impl PermissionSet {
    /// Sorts grants into a set; their order does not matter.
    #[must_use]
    pub fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let (mut allowed, mut denied) = (Vec::new(), Vec::new());
        for grant in grants {
            match grant.effect {
                Effect::Allow => allowed.push(grant),
                Effect::Deny => denied.push(grant),
            }
        }
        let [allowed, denied] = [allowed, denied].map(|grants| Arc::new(Side::new(grants)));
        Self { allowed, denied, ..Self::default() }
    }

    /// The same set with the roles, groups and scopes of the subject.
    #[must_use]
    pub fn with_memberships(self, memberships: Memberships) -> Self {
        Self { memberships: Arc::new(memberships), ..self }
    }

    /// The same set from a source that did not list permissions: permissions without a grant or
    /// denial are unknown.
    #[must_use]
    pub fn silent(self) -> Self {
        Self { is_silent: true, ..self }
    }

    /// The same set with the list of all names: other names are unknown.
    #[must_use]
    pub fn with_catalogue(self, catalogue: Arc<Catalogue>) -> Self {
        Self { catalogue: Some(catalogue), ..self }
    }

    /// Replaces the permissions that were revoked since the set was made: they and their negations
    /// are unknown.
    pub(crate) fn revoke(&mut self, revoked: Vec<Pattern>) {
        self.revoked = revoked;
    }

    /// The permissions that were revoked since the set was made.
    pub(crate) fn revoked(&self) -> &[Pattern] {
        &self.revoked
    }

    /// Whether a permission was revoked since the set was made.
    #[must_use]
    pub fn is_revoked(&self, question: &Pattern) -> bool {
        self.revoked.iter().any(|revoked| revoked.overlaps(question))
    }

    /// All grants: first allows, then denials; within each, first the grants that cover only their
    /// own name, each part sorted.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.allowed.iter().chain(self.denied.iter())
    }

    /// Whether the source did not list permissions.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// The roles, groups and scopes of the subject.
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
        question: &Pattern,
        resource: Option<&Resource>,
    ) -> (Outcome, Reason<'a>) {
        if self.is_revoked(question) {
            return (Outcome::Unknown, Reason::Revoked);
        }
        let place = resource.map_or(Place::Everywhere, |resource| Place::At(resource.as_str()));
        // A question with `*` is about many names: a denial of any of them decides it.
        if let Some(grant) = self.denied.find(question, Relation::Overlaps, place, &|_| true) {
            return (Outcome::Denied, Reason::DeniedBy(grant));
        }
        match self.allowed.find(question, Relation::Includes, place, &|_| true) {
            Some(grant) => (Outcome::Granted, Reason::GrantedBy(grant)),
            None => self.not_granted(question),
        }
    }

    /// Whether everything that a pattern covers is granted in general, without a resource.
    #[must_use]
    pub fn grants_in_general(&self, question: &Pattern) -> bool {
        self.decide_pattern(question, None).0 == Outcome::Granted
    }

    /// Whether everything that a pattern covers is granted on every resource.
    #[must_use]
    pub fn grants_everywhere(&self, question: &Pattern) -> bool {
        self.grants_in_general(question)
            && self.denied.find(question, Relation::Overlaps, Place::Anywhere, &|_| true).is_none()
    }

    fn not_granted(&self, question: &Pattern) -> (Outcome, Reason<'_>) {
        if CATALOGUE && self.catalogue.as_ref().is_some_and(|catalogue| !catalogue.holds(question))
        {
            // Unknown and not denied: otherwise a typing error would grant its negation.
            (Outcome::Unknown, Reason::UnknownPermission)
        } else if self.is_silent {
            (Outcome::Unknown, Reason::NotLoaded)
        } else {
            (Outcome::Denied, Reason::NotGranted)
        }
    }

    /// Decides whether there is any resource on which a permission is granted.
    ///
    /// The requirement must be one permission: of two permissions, each may be granted somewhere
    /// and both nowhere. Any other requirement counts as malformed.
    #[must_use]
    pub fn somewhere<'a>(&'a self, requirement: &'a Requirement) -> Decision<'a> {
        let Node::Atom(atom) = requirement.root() else { return Decision::malformed() };
        let Kind::Permission(question) = atom.kind() else { return Decision::malformed() };
        if self.is_revoked(question) {
            let (outcome, reason) = (Outcome::Unknown, Reason::Revoked);
            return Decision { outcome, reason, atom: Some(atom) };
        }
        let is_left = |grant: &Grant| {
            let all = grant.resource.as_ref().map_or("*", |resource| resource.as_str());
            // A denial covers a whole pattern of resources, or leaves a part of it: a segment can
            // have infinitely many names, and finitely many denials cannot name them all.
            self.denied.find(question, Relation::Overlaps, Place::At(all), &|_| true).is_none()
        };
        let allow = self.allowed.find(question, Relation::Includes, Place::Anywhere, &is_left);
        let (outcome, reason) = match allow {
            Some(grant) => (Outcome::Granted, Reason::GrantedBy(grant)),
            None => match self.denied.find(question, Relation::Overlaps, Place::At("*"), &|_| true)
            {
                Some(grant) => (Outcome::Denied, Reason::DeniedBy(grant)),
                None => self.not_granted(question),
            },
        };
        Decision { outcome, reason, atom: Some(atom) }
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
