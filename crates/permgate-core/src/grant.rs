//! One allow or deny of a permission pattern, optionally limited to resources.

use core::fmt;

use crate::pattern::Pattern;
use crate::resource::{Resource, ResourcePattern};

/// Whether a grant gives or takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The grant gives what it covers.
    Allow,
    /// The grant takes what it covers, whatever else gives it.
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
    /// Which permissions it is about.
    pub pattern: Pattern,
    /// Which resources it is limited to; without one it is about every resource.
    pub resource: Option<ResourcePattern>,
    /// Whether it gives or takes.
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

    /// Whether it counts when `resource` is asked about.
    ///
    /// A question without a resource is about the permission in general: there only grants
    /// without a resource count, so that a right on one invoice lights up nothing for all.
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
