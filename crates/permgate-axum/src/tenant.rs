//! A tenant, and which of a subject's grants are seen in it.

use permgate_core::{Effect, Grant, ResourcePattern};

/// The longest name of a tenant in bytes, as long as any other name.
const MAX_TENANT_BYTES: usize = 256;

/// Below this segment, the resources of each tenant lie under its name: `tenants/acme/invoices/42`.
const TENANTS: &str = "tenants";

/// The name of a tenant.
///
/// There is no list of tenants and no table of their members: in a tenant in which a user
/// has nothing to do, they are given a set without grants on its resources, and no refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant(String);

impl Tenant {
    /// Checks a name.
    ///
    /// # Errors
    /// When it cannot be one segment of a resource; the error is advice.
    pub fn parse(text: String) -> Result<Self, &'static str> {
        if text.is_empty() {
            Err("it is empty; name a tenant, or leave the parameter out")
        } else if text.len() > MAX_TENANT_BYTES {
            Err("it is longer than 256 bytes; use the tenant's short name")
        } else if text.chars().any(char::is_control) {
            Err("it holds a control character; remove it")
        } else if text.contains(['/', '*']) {
            Err("it holds `/` or `*`; name one tenant, as in `acme`")
        } else {
            Ok(Self(text))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a grant is seen in this tenant: one on all resources, and one on resources of the
    /// tenant. Besides, every deny: to leave one out would give.
    pub fn sees(&self, grant: &Grant) -> bool {
        match grant.resource.as_ref().map(|resource| self.place(resource)) {
            None | Some(Place::Inside) => true,
            Some(Place::NoTenant | Place::Elsewhere) => grant.effect == Effect::Deny,
        }
    }

    fn place(&self, resource: &ResourcePattern) -> Place {
        let mut segments = resource.as_str().split('/');
        let (first, second) = (segments.next(), segments.next());
        match (first, second) {
            // The last `*` covers all that follows.
            (Some("*"), None) => Place::Inside,
            (Some(TENANTS | "*"), Some(tenant)) if tenant == "*" || tenant == self.0 => {
                Place::Inside
            }
            (Some(TENANTS), Some(_)) => Place::Elsewhere,
            _ => Place::NoTenant,
        }
    }
}

/// Where the resources of a pattern lie.
enum Place {
    /// In the tenant, if perhaps not only there.
    Inside,
    /// In another tenant.
    Elsewhere,
    /// In none.
    NoTenant,
}

#[cfg(test)]
mod tests;
