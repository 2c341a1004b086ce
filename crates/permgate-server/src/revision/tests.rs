//! Which entity tags a precondition accepts.

use axum::http::{HeaderMap, HeaderValue, header};

use super::{IfMatch, tag};

fn read(values: &[&'static str]) -> Option<IfMatch> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(header::IF_MATCH, HeaderValue::from_static(value));
    }
    IfMatch::read(&headers).ok()
}

#[test]
fn a_precondition_is_a_star_or_a_list_of_strong_tags() {
    let of = |wanted: &[u64]| Some(IfMatch::OneOf(wanted.into()));
    for (values, expected) in [
        (&[][..], None),
        (&["*"][..], Some(IfMatch::Any)),
        (&["\"7\""][..], of(&[7])),
        (&["\"7\", \"8\""][..], of(&[7, 8])),
        (&["\"7\"", "\"8\""][..], of(&[7, 8])),
        // `*` counts only as the whole field.
        (&["*, \"7\""][..], of(&[7])),
        (&["\"7\"", "*"][..], of(&[7])),
        (&["*", "*"][..], of(&[])),
        (&["\"*\""][..], of(&[])),
        // These are not tags of this server, so they match nothing.
        (&[""][..], of(&[])),
        (&["W/\"7\""][..], of(&[])),
        (&["7"][..], of(&[])),
        (&["\"07\""][..], of(&[])),
        (&["\"+7\""][..], of(&[])),
        (&["\"x\""][..], of(&[])),
    ] {
        assert_eq!(read(values), expected, "{values:?}");
    }
}

#[test]
fn the_tag_of_a_revision_matches_only_that_revision() {
    assert_eq!(tag(7), "\"7\"");
    let wanted = read(&["\"7\""]).unwrap();
    assert!(wanted.allows(7) && !wanted.allows(8));
    assert!(IfMatch::Any.allows(8));
}
