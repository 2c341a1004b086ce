//! Packing and unpacking, and the catalogues and bits that are refused.

use alloc::format;

use super::*;
use crate::{Grant, PermissionSet};

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap()
}

fn catalogue(length: usize) -> Catalogue {
    Catalogue::new("1", (0..length).map(|n| pattern(&format!("p:{n}"))).collect()).unwrap()
}

#[test]
fn packed_names_are_unpacked_again() {
    let list = catalogue(100);
    let set = PermissionSet::new(["p:0", "p:9", "p:99"].map(|name| Grant::allow(pattern(name))));
    let bits = list.pack(&set);
    assert_eq!(bits, "AQIAAAAAAAAAAAAACA");
    let names: Vec<&str> = list.unpack(&bits).unwrap().iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["p:0", "p:9", "p:99"]);
    let names = [pattern("p:99"), pattern("p:0"), pattern("p:9")];
    assert_eq!(list.pack_names(&names).unwrap(), bits);
}

#[test]
fn a_hundred_permissions_take_at_most_eighteen_characters() {
    let everything = PermissionSet::new([Grant::allow(pattern("*"))]);
    assert_eq!(catalogue(100).pack(&everything).len(), 18);
    assert_eq!(catalogue(100).pack(&PermissionSet::default()), "");
}

#[test]
fn bits_beyond_the_list_are_refused() {
    let list = catalogue(10);
    assert_eq!(list.unpack("_wM").unwrap().len(), 10);
    assert_eq!(list.unpack("_wc"), Err(CatalogueError::BeyondTheList));
    assert_eq!(list.unpack("AAAAAAAAAAAA"), Err(CatalogueError::BeyondTheList));
    assert_eq!(list.unpack("_wM="), Err(CatalogueError::NotBase64Url));
    assert_eq!(list.unpack("_w+"), Err(CatalogueError::NotBase64Url));
    assert_eq!(list.unpack(&"A".repeat(1_000_000)), Err(CatalogueError::BeyondTheList));
    assert_eq!(list.unpack(""), Ok(Vec::new()));
    assert_eq!(list.pack_names(&[pattern("p:10")]), Err(CatalogueError::NotListed { index: 0 }));
}

#[test]
fn a_list_with_duplicates_or_wildcards_is_refused() {
    let new = |names: &[&str]| {
        Catalogue::new("1", names.iter().map(|name| pattern(name)).collect()).unwrap_err()
    };
    assert_eq!(new(&["a", "b", "a"]), CatalogueError::Twice { index: 2 });
    assert_eq!(new(&["a", "b:*"]), CatalogueError::Wildcard { index: 1 });
    assert_eq!(new(&["*"]), CatalogueError::Wildcard { index: 0 });
}

#[test]
fn a_catalogue_holds_a_pattern_that_covers_one_of_its_names() {
    let list = catalogue(3);
    for (question, is_held) in
        [("p:1", true), ("p:3", false), ("p:*", true), ("q:*", false), ("*", true)]
    {
        assert_eq!(list.holds(&pattern(question)), is_held, "{question}");
    }
}

#[test]
fn bits_without_a_document_contain_only_names_granted_on_every_resource() {
    let list = catalogue(3);
    let one = crate::ResourcePattern::parse("t/1").unwrap();
    let set = PermissionSet::new([
        Grant::allow(pattern("p:0")),
        Grant::allow(pattern("p:1")),
        Grant::deny(pattern("p:1")).on(one.clone()),
        Grant::allow(pattern("p:2")).on(one),
    ]);
    let names = |bits: &str| list.unpack(bits).unwrap().len();
    assert_eq!((list.pack(&set).as_str(), names(&list.pack(&set))), ("Aw", 2));
    assert_eq!((list.pack_alone(&set).as_str(), names(&list.pack_alone(&set))), ("AQ", 1));
}
