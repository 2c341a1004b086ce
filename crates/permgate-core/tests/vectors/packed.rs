//! `packed.json`: bits of a catalogue, read and written.

use permgate_core::json::Value;
use permgate_core::{Catalogue, Language, Pattern};

fn texts(value: Option<&Value>) -> Vec<&str> {
    let Some(Value::Array(items)) = value else { panic!("an array is needed") };
    items.iter().map(|item| text(Some(item))).collect()
}

fn text(value: Option<&Value>) -> &str {
    match value {
        Some(Value::String(text)) => text,
        _ => panic!("a string is needed"),
    }
}

fn vectors<'a>(file: &'a Value, key: &str) -> &'a [Value] {
    match file.member(key) {
        Some(Value::Array(vectors)) if vectors.len() > 3 => vectors,
        _ => panic!("`{key}` has too few vectors"),
    }
}

#[test]
fn bits_are_read_and_written_as_the_vectors_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/packed.json");
    let file = Value::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let parts = file.member("catalogue").unwrap();
    let names = texts(parts.member("permissions"));
    let patterns = |names: &[&str]| -> Result<Vec<Pattern>, _> {
        names.iter().map(|name| Pattern::parse_in(name, Language::default())).collect()
    };
    let catalogue = Catalogue::new(text(parts.member("id")), patterns(&names).unwrap()).unwrap();
    for vector in vectors(&file, "read") {
        let bits = text(vector.member("bits"));
        let read = catalogue.unpack(bits).ok();
        let read = read.map(|names| names.iter().map(|name| name.as_str()).collect::<Vec<_>>());
        let expected = vector.member("names").map(|names| texts(Some(names)));
        assert_eq!(read, expected, "{bits}");
    }
    for vector in vectors(&file, "written") {
        let names = texts(vector.member("names"));
        let written = catalogue.pack_names(&patterns(&names).unwrap()).ok();
        let expected = vector.member("bits").map(|bits| text(Some(bits)).to_owned());
        assert_eq!(written, expected, "{names:?}");
    }
}
