//! The properties of the catalogue on which routes, seed data and the demo rely.

use std::collections::BTreeSet;

use permgate_core::{Dialect, Language, Separator};

use super::{Action, PAGES, id, list, list_in, permissions};

#[test]
fn there_are_about_a_hundred_permissions_on_more_than_fifty_pages() {
    let names: BTreeSet<_> = permissions().collect();
    assert!(PAGES.len() > 50, "{} pages", PAGES.len());
    assert!((95..=115).contains(&names.len()), "{} permissions", names.len());
    assert_eq!(names.len(), permissions().count(), "no name is listed twice");
}

#[test]
fn every_page_can_be_viewed_and_has_a_plain_key() {
    for page in PAGES {
        assert_eq!(page.actions.first(), Some(&Action::View), "{}", page.key);
        assert!(page.key.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", page.key);
        assert!(!page.sample.titles.is_empty() && !page.sample.statuses.is_empty(), "{}", page.key);
    }
}

#[test]
fn the_list_has_all_names_in_their_order_in_every_language() {
    let names: Vec<_> = permissions().collect();
    for dialect in [Dialect::Segments, Dialect::Shiro, Dialect::Exact] {
        for separator in [Separator::Colon, Separator::Dot, Separator::Slash] {
            let list = list_in(Language { dialect, separator }).unwrap();
            assert_eq!(list.id(), id());
            let listed: Vec<_> = list.names().iter().map(|name| name.as_str().to_owned()).collect();
            assert_eq!(listed, names);
        }
    }
    assert_eq!(**list(), list_in(Language::default()).unwrap());
}
