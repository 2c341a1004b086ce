//! One allow or deny of a permission pattern, optionally limited to resources.

use core::fmt;

use crate::pattern::Pattern;
use crate::resource::{Resource, ResourcePattern};

/// Whether a grant allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The grant allows the permissions that it covers.
    Allow,
    /// The grant denies the permissions that it covers, which overrides every allow.
    Deny,
}

impl Effect {
    /// The word of the permission document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// An allow or deny of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// The permissions of the grant.
    pub pattern: Pattern,
    /// The resources of the grant; without a pattern, all resources.
    pub resource: Option<ResourcePattern>,
    /// Whether the grant allows or denies.
    pub effect: Effect,
}

impl Grant {
    /// An allow for every resource.
    #[must_use]
    pub fn allow(pattern: Pattern) -> Self {
        Self { pattern, resource: None, effect: Effect::Allow }
    }

    /// A deny for every resource.
    #[must_use]
    pub fn deny(pattern: Pattern) -> Self {
        Self { pattern, resource: None, effect: Effect::Deny }
    }

    /// The same grant, limited to resources.
    #[must_use]
    pub fn on(self, resource: ResourcePattern) -> Self {
        Self { resource: Some(resource), ..self }
    }

    /// Whether the grant applies to a question about `resource`.
    ///
    /// A question without a resource is about the permission in general: only grants
    /// without a resource apply, so that a right on one invoice is not a right on all.
    #[must_use]
    pub fn applies_to(&self, resource: Option<&Resource>) -> bool {
        match (&self.resource, resource) {
            (None, _) => true,
            (Some(pattern), Some(resource)) => pattern.covers(resource),
            (Some(_), None) => false,
        }
    }
}

/// As in the sentence of a decision: `invoice:edit` or `invoice:edit` on `tenants/acme/*`.
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.pattern)?;
        match &self.resource {
            Some(resource) => write!(f, " on `{}`", resource.as_str()),
            None => Ok(()),
        }
    }
}
