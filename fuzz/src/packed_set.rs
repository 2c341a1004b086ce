//! Catalogues and packed sets: packing and unpacking give the same set.

use crate::input::Input;
use permgate_core::{Catalogue, Dialect, Grant, Outcome, Pattern, PermissionSet, Requirement};
use std::sync::Arc;

/// An input: dialect, separator, number of further names; then lines: a catalogue, bits, and the
/// pattern of a question.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let more = input.choice(&[0, 9, 100, 400]);
    let text = input.text();
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (catalogue, bits, question) = (line(), line(), line());
    let catalogue = match Catalogue::parse(catalogue, language) {
        Ok(catalogue) => catalogue,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut names = catalogue.names().to_vec();
    names.extend((0..more).map(|n| Pattern::parse_in(&format!("n{n}"), language).unwrap()));
    let Ok(catalogue) = Catalogue::new(catalogue.id(), names).map(Arc::new) else { return };
    let names = catalogue.names();
    let all = catalogue.pack_names(names).unwrap();
    assert_eq!(catalogue.unpack(&all).unwrap(), names.iter().collect::<Vec<_>>());
    if let Ok(question) = Pattern::parse_in(question, language) {
        check_question(&catalogue, &question);
    }
    let unpacked = match catalogue.unpack(bits) {
        Ok(unpacked) => unpacked,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let canonical = catalogue.pack_names(unpacked.iter().copied()).unwrap();
    assert_eq!(catalogue.unpack(&canonical).as_ref(), Ok(&unpacked));
    assert!(canonical.len() <= bits.len());
    let set = PermissionSet::new(unpacked.iter().map(|name| Grant::allow((*name).clone())));
    let packed = catalogue.pack(&set);
    let repacked = catalogue.unpack(&packed).unwrap();
    if language.dialect == Dialect::Shiro {
        // In this dialect a name covers the names below it.
        assert!(unpacked.iter().all(|name| repacked.contains(name)));
    } else {
        assert_eq!(packed, canonical);
    }
}

/// The catalogue holds exactly the names that it lists; other names are unknown.
fn check_question(catalogue: &Arc<Catalogue>, question: &Pattern) {
    let listed = catalogue.names().iter().any(|name| question.overlaps(name));
    assert_eq!(catalogue.holds(question), listed, "{question}");
    let quoted = question.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    let requirement = Requirement::parse_in(&format!("\"{quoted}\""), question.language()).unwrap();
    let set = PermissionSet::default().with_catalogue(Arc::clone(catalogue));
    let expected = if listed { Outcome::Denied } else { Outcome::Unknown };
    assert_eq!(set.decide(&requirement, None).outcome, expected);
}
