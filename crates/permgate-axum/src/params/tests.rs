//! Which values of path parameters name a segment of a resource.

use super::{Params, ParamsError};

fn params(pairs: &[(&str, &str)]) -> Params {
    pairs.iter().copied().collect()
}

#[test]
fn a_parameter_is_read_by_its_name_as_the_handler_sees_it() {
    let params = params(&[("tenant", "acme"), ("rest", "a/../b")]);
    assert_eq!(params.text("tenant"), Ok("acme"));
    assert_eq!(params.text("rest"), Ok("a/../b"));
    assert_eq!(params.segment("tenant"), Ok("acme"));
}

#[test]
fn a_parameter_that_is_absent_or_occurs_twice_is_an_error() {
    let params = params(&[("id", "1"), ("id", "2")]);
    assert_eq!(params.text("id"), Err(ParamsError::Twice("id".into())));
    assert_eq!(params.segment("name"), Err(ParamsError::Missing("name".into())));
}

#[test]
fn a_value_that_is_not_one_segment_is_an_error() {
    for value in ["", ".", "..", "a/b", "../42", "a\\b", "*", "4*", "4\n2", "42\0", "\u{85}"] {
        let params = params(&[("id", value)]);
        assert_eq!(params.segment("id"), Err(ParamsError::NoSegment("id".into())), "{value:?}");
    }
    for value in ["42", "...", "ä b", "%34", "a.b", "-"] {
        assert_eq!(params(&[("id", value)]).segment("id"), Ok(value));
    }
}
