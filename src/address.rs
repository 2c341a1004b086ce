//! The address that a tenant's set is fetched from.

/// The endpoint for a tenant. `after` is what follows the place that it has for one; without a
/// place, the tenant is a query. None when there is a place, and no tenant.
pub(crate) fn at_tenant(
    before: String,
    after: Option<String>,
    tenant: Option<String>,
) -> Option<String> {
    let tenant = tenant.map(|tenant| String::from(js_sys::encode_uri_component(&tenant)));
    if let Some(after) = after {
        return tenant.map(|tenant| [before, tenant, after].concat());
    }
    let Some(tenant) = tenant else { return Some(before) };
    let (address, fragment) = before.split_once('#').unwrap_or((&before, ""));
    let joint = if address.contains('?') { "&" } else { "?" };
    let hash = if fragment.is_empty() { "" } else { "#" };
    Some([address, joint, "tenant=", &tenant, hash, fragment].concat())
}
