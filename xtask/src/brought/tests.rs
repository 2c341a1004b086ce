//! The lines of `cargo tree` that count as dependencies.

use super::{FORBIDDEN, MOST, brings, check, lines};

#[test]
fn a_crate_counts_once_and_by_its_whole_name() {
    let lines = lines("permgate-axum v0.1.0 (path)\naxum v0.8.9\naxum v0.8.9\nrsa-like v1.0.0\n\n");
    assert_eq!(lines.len(), 3);
    assert!(brings(&lines, "axum") && !brings(&lines, "rsa") && !brings(&lines, "0.8.9"));
}

#[test]
fn permgate_axum_brings_few_crates_and_none_of_a_server() {
    let found = check().unwrap_or_else(|error| panic!("{error}"));
    let count: usize = found.split(' ').next().unwrap().parse().unwrap();
    assert!((40..=MOST).contains(&count) && !FORBIDDEN.is_empty(), "{found}");
}
