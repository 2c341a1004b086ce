//! The cache: the sets that it keeps, those that it drops, and its size.

use std::cell::Cell;
use std::convert::Infallible;

use permgate_core::{Grant, Pattern, PermissionSet};

use super::SetCache;
use crate::SharedSet;

fn set(names: &[&str]) -> SharedSet {
    let grants = names.iter().map(|name| Grant::allow(Pattern::parse(name).unwrap()));
    PermissionSet::new(grants).into()
}

fn sized(count: usize) -> SharedSet {
    let names: Vec<_> = (0..count).map(|number| format!("p{number}:view")).collect();
    set(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_set_is_built_once_for_each_subject_and_version() {
    let cache = SetCache::default();
    let built = Cell::new(0);
    let get = |subject, version| {
        let build = || {
            built.set(built.get() + 1);
            Ok::<_, Infallible>(set(&["a:view"]))
        };
        cache.get_or_build(subject, version, build).unwrap()
    };
    for (subject, version, expected) in
        [("u-1", 1, 1), ("u-1", 1, 1), ("u-2", 1, 2), ("u-1", 2, 3), ("u-1", 2, 3), ("u-1", 1, 4)]
    {
        get(subject, version);
        assert_eq!(built.get(), expected, "{subject} at {version}");
    }
}

#[test]
fn f57_a_set_of_another_version_is_never_returned() {
    let cache = SetCache::default();
    cache.insert("u-1", 2, set(&["a:view"]));
    for version in [0, 1, 3, u64::MAX] {
        assert!(cache.get("u-1", version).is_none(), "{version}");
    }
    assert!(cache.get("u-1", 2).is_some());
}

#[test]
fn a_build_that_fails_stores_nothing() {
    let cache = SetCache::default();
    assert!(matches!(cache.get_or_build("u-1", 1, || Err("no store")), Err("no store")));
    assert!(cache.get("u-1", 1).is_none());
}

#[test]
fn f56_the_cache_stays_within_its_limit_of_grants_and_keeps_the_sets_in_use() {
    let cache = SetCache::new(1_000);
    for number in 0..10_000 {
        cache.insert(&format!("u-{number}"), 1, sized(10));
        cache.insert(&format!("e-{number}"), 1, sized(0));
        assert!(number == 0 || cache.get("u-0", 1).is_some(), "asked for after {number} others");
        let held = cache.lock();
        let grants: usize = held
            .younger
            .values()
            .chain(held.older.values())
            .map(|(_, set)| super::weight(set))
            .sum();
        assert!(grants <= 1_000, "{grants} grants after {number}");
    }
    // A set that is too large is not stored.
    cache.insert("wide", 1, sized(501));
    assert!(cache.get("wide", 1).is_none());
}
