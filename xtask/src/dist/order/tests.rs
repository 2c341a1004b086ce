//! Functions that look alike get neighbouring names, and every function gets one.

use super::*;

const LIKE_THIS: &[u8] = b"0123456789abcdefghij";
const LIKE_THAT: &[u8] = b"ABCDEFGHIJKLMNOPQRST";

/// A module that imports one function, and defines the given ones.
fn module(bodies: &[&[u8]]) -> Vec<u8> {
    let imports = [1, 1, b'm', 1, b'f', 0, 0];
    let mut code = Vec::new();
    write_number(&mut code, bodies.len());
    let mut functions = Vec::new();
    write_number(&mut functions, bodies.len() + 1);
    for (number, body) in std::iter::once(&&b""[..]).chain(bodies).enumerate() {
        if number > 0 {
            write_sized(&mut code, body);
        }
        write_number(&mut functions, number);
        write_sized(&mut functions, format!("f{number}").as_bytes());
    }
    let mut names = Vec::new();
    write_sized(&mut names, b"name");
    names.push(FUNCTION_NAMES);
    write_sized(&mut names, &functions);
    write_module(&[(IMPORTS, &imports), (CODE, &code), (CUSTOM, &names)])
}

/// The names in a module, by the numbers of the functions.
fn names(module: &[u8]) -> Vec<String> {
    let sections = sections(module).unwrap();
    let (_, names) = sections.last().unwrap();
    let mut names: Vec<_> = names_of(names).unwrap().into_iter().collect();
    names.sort_unstable();
    names.into_iter().map(|(_, name)| name.to_owned()).collect()
}

#[test]
fn similar_functions_are_placed_side_by_side() {
    let longer = [LIKE_THIS, b"!"].concat();
    let bodies = [&longer, LIKE_THAT, LIKE_THIS, LIKE_THAT, LIKE_THIS];
    assert_eq!(order(&bodies), [0, 2, 4, 1, 3]);
}

#[test]
fn each_function_is_named_by_its_rank_and_its_earlier_name() {
    let longer = [LIKE_THIS, b"!"].concat();
    let ordered = ordered(&module(&[LIKE_THAT, &longer, LIKE_THIS])).unwrap();
    assert_eq!(names(&ordered), ["00002 f1", "00000 f2", "00001 f3"]);
}

#[test]
fn functions_that_are_shorter_than_a_sequence_are_ordered_too() {
    assert_eq!(order(&[b"a", b"b", b"long enough"]), [2, 0, 1]);
    assert_eq!(order(&[]), Vec::<usize>::new());
}

#[test]
fn a_module_without_names_or_code_or_with_other_imports_is_an_error() {
    assert!(ordered(b"").is_err());
    let whole = module(&[LIKE_THIS]);
    let sections = sections(&whole).unwrap();
    assert!(ordered(&write_module(&sections)).is_ok());
    assert!(ordered(&write_module(&sections[1..])).is_ok(), "nothing is imported");
    assert!(ordered(&write_module(&sections[..2])).is_err(), "no names");
    assert!(ordered(&write_module(&[sections[0], sections[2]])).is_err(), "no code");
    let memory = [1, 1, b'm', 1, b'f', 2, 0];
    assert!(ordered(&write_module(&[(IMPORTS, &memory), sections[1], sections[2]])).is_err());
}
