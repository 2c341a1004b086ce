//! The dialect `segments`, case by case and compared with the set of words that a pattern covers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::permission::PermissionError;

fn check(pattern: &str, permission: &str, expected: bool) {
    let pattern = Pattern::parse(pattern).unwrap();
    let permission = Permission::parse(permission).unwrap();
    assert_eq!(pattern.covers(&permission), expected, "{pattern} covers {permission}");
}

#[test]
fn a_star_covers_one_segment_and_a_trailing_one_covers_more() {
    check("invoice:edit", "invoice:edit", true);
    check("invoice:edit", "invoice:view", false);
    check("invoice", "invoice:edit", false);
    check("invoice:*", "invoice", false);
    check("invoice:*", "invoice:edit", true);
    check("invoice:*", "invoice:line:edit", true);
    check("*:edit", "invoice:edit", true);
    check("*:edit", "invoice:line:edit", false);
    check("*", "invoice", true);
    check("*", "invoice:line:edit", true);
    check("invoice:*", "invoices:edit", false);
    check("user", "user-delete", false);
    check("Invoice:edit", "invoice:edit", false);
    check("invoice:*", "invoice:", false);
}

#[test]
fn a_star_inside_a_segment_is_refused() {
    assert_eq!(Pattern::parse("inv*"), Err(PatternError::PartialWildcard));
    assert_eq!(Pattern::parse("a:**"), Err(PatternError::PartialWildcard));
    assert_eq!(Pattern::parse(""), Err(PatternError::Name(PermissionError::Empty)));
}

#[test]
fn a_question_with_a_wildcard_needs_a_pattern_that_is_at_least_as_wide() {
    let includes =
        |a: &str, b: &str| Pattern::parse(a).unwrap().includes(&Pattern::parse(b).unwrap());
    assert!(includes("invoice:*", "invoice:*"));
    assert!(includes("*", "invoice:*"));
    assert!(!includes("invoice:edit", "invoice:*"));
    assert!(!includes("*:edit", "invoice:*"));
    assert!(includes("*:*", "invoice:*"));
    assert!(!includes("a:*:c", "a:*"));
}

/// All words of up to three segments over two letters: a reference that would be too slow for
/// production.
fn words() -> Vec<String> {
    let mut words = Vec::new();
    for a in ["x", "y"] {
        words.push(a.to_string());
        for b in ["x", "y"] {
            words.push([a, b].join(":"));
            for c in ["x", "y"] {
                words.push([a, b, c].join(":"));
                for d in ["x", "y"] {
                    words.push([a, b, c, d].join(":"));
                }
            }
        }
    }
    words
}

/// The definition of a match, as a recursion over lists of segments.
fn matches(pattern: &[&str], word: &[&str]) -> bool {
    match (pattern, word) {
        ([], []) | (["*"], [_, ..]) => true,
        ([p, ps @ ..], [w, ws @ ..]) => (*p == "*" || p == w) && matches(ps, ws),
        _ => false,
    }
}

fn naive(pattern: &str) -> Vec<String> {
    let pattern: Vec<_> = pattern.split(':').collect();
    words().into_iter().filter(|w| matches(&pattern, &w.split(':').collect::<Vec<_>>())).collect()
}

proptest! {
    #[test]
    fn inclusion_and_overlap_agree_with_the_sets_of_covered_words(a in "[xy*](:[xy*]){0,2}", b in "[xy*](:[xy*]){0,2}") {
        let (wide, narrow) = (naive(&a), naive(&b));
        let (pa, pb) = (Pattern::parse(&a).unwrap(), Pattern::parse(&b).unwrap());
        prop_assert_eq!(pa.includes(&pb), narrow.iter().all(|w| wide.contains(w)));
        prop_assert_eq!(pa.overlaps(&pb), narrow.iter().any(|w| wide.contains(w)));
    }
}
