//! Permission documents: a document that is written again, plain or packed, has the same meaning.

use crate::input::Input;
use permgate_core::wire::{Document, Layout, Policies, Reading, RoleMap};
use permgate_core::{Catalogue, Grant, Language, PermissionSet, Requirement, Resource};
use std::sync::Arc;

/// An input: dialect, separator, layout; then lines: the document, a catalogue, and the grants of
/// roles.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let layout = input.choice(&[Layout::Document, Layout::ByResource, Layout::ByAction]);
    let text = input.text();
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (document, catalogue, roles) = (line(), line(), line());
    let catalogue = Catalogue::parse(catalogue, language).ok().map(Arc::new);
    let roles = RoleMap::parse(roles, language).ok();
    let policies = Policies { catalogue, roles };
    let reading = Reading { language, layout, policies, ..Reading::default() };
    let document = match reading.document(document) {
        Ok(document) => document,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(!document.is_silent);
    let set = document.clone().into_set();
    let reversed: Vec<Grant> = document.grants.iter().rev().cloned().collect();
    let reversed = PermissionSet::new(reversed).with_memberships(document.memberships.clone());
    assert_eq!(set, reversed, "the order of grants changes the set");
    let questions = questions(&document, language);
    let plain = Reading { layout: Layout::Document, ..reading };
    let again = plain.document(&document.to_json()).unwrap();
    assert_eq!(again.subject, document.subject);
    assert_eq!(again.tenant, document.tenant);
    assert_eq!(again.version, document.version);
    assert_eq!(again.ttl_seconds, document.ttl_seconds);
    assert_eq!(again.into_set(), set);
    for question in &questions {
        assert!(!set.decide(question, None).to_string().is_empty());
        assert!(!set.somewhere(question).to_string().is_empty());
    }
    let Some(catalogue) = plain.policies.catalogue.clone() else { return };
    let packed = plain.document(&document.to_packed_json(&catalogue)).unwrap().into_set();
    let resources = ["a", "a/b", "tenants/acme/7"].map(|text| Resource::parse(text).unwrap());
    for name in catalogue.names() {
        let quoted = name.as_str().replace('\\', "\\\\").replace('"', "\\\"");
        let question = Requirement::parse_in(&format!("\"{quoted}\""), language).unwrap();
        for resource in [None].into_iter().chain(resources.iter().map(Some)) {
            let (expected, packed) =
                (set.decide(&question, resource), packed.decide(&question, resource));
            assert_eq!(packed.outcome, expected.outcome, "{name} on {resource:?}");
        }
    }
}

/// Some fixed requirements, and one for each of the first grants.
fn questions(document: &Document, language: Language) -> Vec<Requirement> {
    let fixed = ["a", "a & !b", "role(a) | group(b) & scope(c)", "*"].into_iter().map(String::from);
    let own = document.grants.iter().take(8).map(|grant| grant.pattern.to_string());
    fixed.chain(own).filter_map(|text| Requirement::parse_in(&text, language).ok()).collect()
}
