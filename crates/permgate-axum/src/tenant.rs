//! A tenant, and the grants of a subject that apply in it.

use permgate_core::{Effect, Grant, ResourcePattern};

/// The longest name of a tenant, in bytes: as long as any other name.
const MAX_TENANT_BYTES: usize = 256;

/// The resources of each tenant are below this segment and its name: `tenants/acme/invoices/42`.
const TENANTS: &str = "tenants";

/// The name of a tenant.
///
/// There is no list of tenants and no table of their members: in a tenant to which a user does not
/// belong, the user gets a set without grants on its resources, not a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant(String);

impl Tenant {
    /// Checks a name.
    ///
    /// # Errors
    /// When it cannot be one segment of a resource; the error says what to do.
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

    /// Whether a grant is included for this tenant: grants on all resources or on resources of the
    /// tenant are, and so is every deny, since leaving out a deny would grant.
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
            // The last `*` covers all segments that follow.
            (Some("*"), None) => Place::Inside,
            (Some(TENANTS | "*"), Some(tenant)) if tenant == "*" || tenant == self.0 => {
                Place::Inside
            }
            (Some(TENANTS), Some(_)) => Place::Elsewhere,
            _ => Place::NoTenant,
        }
    }
}

/// Where the resources of a pattern are.
enum Place {
    /// In the tenant, but perhaps not only there.
    Inside,
    /// In another tenant.
    Elsewhere,
    /// In no tenant.
    NoTenant,
}

#[cfg(test)]
mod tests;
