//! The catalogue keeps the promises that routes, seed data and the demo rely on.

use std::collections::BTreeSet;

use super::{Action, PAGES, permissions};

#[test]
fn there_are_about_a_hundred_permissions_on_more_than_fifty_pages() {
    let names: BTreeSet<_> = permissions().collect();
    assert!(PAGES.len() > 50, "{} pages", PAGES.len());
    assert!((95..=115).contains(&names.len()), "{} permissions", names.len());
    assert_eq!(names.len(), permissions().count(), "no name stands twice");
}

#[test]
fn every_page_can_be_viewed_and_has_a_plain_key() {
    for page in PAGES {
        assert_eq!(page.actions.first(), Some(&Action::View), "{}", page.key);
        assert!(page.key.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", page.key);
        assert!(!page.sample.titles.is_empty() && !page.sample.statuses.is_empty(), "{}", page.key);
    }
}
