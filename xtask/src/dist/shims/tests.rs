//! Shims are removed from the table, all other functions stay, and a module without shims is an error.

use super::super::sections::write_sized;
use super::*;

/// The bytes before the first section.
const PREAMBLE: usize = 8;

const INVOKE: &str = "wasm_bindgen[3f63]::convert::closures::_::invoke::<(), true>";

fn sized(content: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    write_sized(&mut written, content);
    written
}

/// A module with one more section, and a table that begins at 63 and has functions with these names.
fn module(names: &[&str]) -> Vec<u8> {
    let count = u8::try_from(names.len()).unwrap();
    let mut functions = vec![count];
    for (number, name) in (0..).zip(names) {
        functions.push(number);
        functions.extend(sized(name.as_bytes()));
    }
    let mut elements = vec![1, 0, I32_CONST, 63, END, count];
    elements.extend(0..count);
    let mut custom = sized(b"name");
    custom.push(FUNCTION_NAMES);
    custom.extend(sized(&functions));
    [
        b"\0asm\x01\0\0\0".to_vec(),
        vec![ELEMENTS],
        sized(&elements),
        vec![10],
        sized(b"code"),
        vec![0],
        sized(&custom),
    ]
    .concat()
}

/// The element section of a module that [`module`] has made.
fn elements_of(module: &[u8]) -> &[u8] {
    let mut reader = Reader(module.get(PREAMBLE..).unwrap());
    assert_eq!(reader.byte(), Some(ELEMENTS));
    let elements = reader.sized().unwrap();
    assert_eq!((reader.byte(), reader.sized()), (Some(10), Some(&b"code"[..])), "it is as it was");
    elements
}

#[test]
fn a_shim_in_the_middle_of_the_table_leaves_the_others_at_their_places() {
    let written = without_shims(&module(&["a", INVOKE, INVOKE, "b", "c"])).unwrap();
    // 66 takes two bytes, since its seventh bit would be read as a sign.
    let expected = [2, 0, I32_CONST, 63, END, 1, 0, 0, I32_CONST, 0xc2, 0, END, 2, 3, 4];
    assert_eq!(elements_of(&written), expected);
}

#[test]
fn shims_at_both_ends_of_the_table_leave_one_segment() {
    let written = without_shims(&module(&[INVOKE, "a", INVOKE])).unwrap();
    assert_eq!(elements_of(&written), [1, 0, I32_CONST, 0xc0, 0, END, 1, 1]);
}

#[test]
fn a_function_that_only_has_a_shim_in_its_name_keeps_its_place() {
    let other = ["<wasm_bindgen[3f63]::convert::closures::_::invoke::<()>>::x", "a::invoke::<()>"];
    let written = without_shims(&module(&[other[0], INVOKE, other[1]])).unwrap();
    assert_eq!(
        elements_of(&written),
        [2, 0, I32_CONST, 63, END, 1, 0, 0, I32_CONST, 0xc1, 0, END, 1, 2]
    );
}

#[test]
fn a_module_without_shims_or_names_or_with_another_table_is_an_error() {
    assert!(without_shims(&module(&["a"])).is_err());
    assert!(without_shims(b"\0asm\x01\0\0\0").is_err());
    assert!(without_shims(b"").is_err());
    let mut passive = module(&["a", INVOKE]);
    // The kind of the segment.
    *passive.get_mut(PREAMBLE + 3).unwrap() = 1;
    assert!(without_shims(&passive).is_err());
    let mut cut = module(&["a", INVOKE]);
    cut.pop();
    assert!(without_shims(&cut).is_err());
}
