//! The grants that apply in a tenant, and texts that are not tenants.

use permgate_core::{Effect, Grant, Pattern, ResourcePattern};

use super::Tenant;

fn grant(resource: &str, effect: Effect) -> Grant {
    let resource = (!resource.is_empty()).then(|| ResourcePattern::parse(resource).unwrap());
    Grant { pattern: Pattern::parse("invoice:edit").unwrap(), resource, effect }
}

#[test]
fn grants_on_all_resources_or_on_resources_of_the_tenant_are_included() {
    let acme = Tenant::parse("acme".into()).unwrap();
    for (resource, allow, deny) in [
        ("", true, true),
        ("*", true, true),
        ("tenants/acme", true, true),
        ("tenants/acme/invoices/42", true, true),
        ("tenants/acme/*", true, true),
        ("tenants/*", true, true),
        ("tenants/*/invoices/42", true, true),
        ("*/acme/invoices", true, true),
        ("*/*/invoices", true, true),
        ("tenants/globex/invoices/42", false, true),
        ("tenants/Acme/invoices/42", false, true),
        ("tenants/acmeplus/invoices/42", false, true),
        ("tenants/", false, true),
        ("tenants", false, true),
        ("pages/invoice/records/7", false, true),
        ("acme/tenants/acme", false, true),
        // Grants of another tenant, or of a resource with a similar name elsewhere.
        ("*/globex/invoices", false, true),
    ] {
        assert_eq!(acme.sees(&grant(resource, Effect::Allow)), allow, "allow on {resource}");
        assert_eq!(acme.sees(&grant(resource, Effect::Deny)), deny, "deny on {resource}");
    }
}

#[test]
fn a_text_that_cannot_be_a_segment_is_not_a_tenant() {
    let longest = "x".repeat(256);
    for good in ["acme", "a b", "Ünïted", "..", longest.as_str()] {
        assert_eq!(Tenant::parse(good.into()).unwrap().as_str(), good);
    }
    let longer = "x".repeat(257);
    for bad in ["", "*", "a*", "a/b", "/", "a\nb", "\0", "\u{85}", longer.as_str()] {
        assert!(Tenant::parse(bad.into()).is_err(), "{bad:?}");
    }
}
