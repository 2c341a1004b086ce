//! Reads a file of vectors with the core's own reader, and checks all vectors before a test fails.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use permgate_core::json::{Value, Writer};
use permgate_core::wire::{Layout, Policies, Reading, RoleMap};
use permgate_core::{Catalogue, Dialect, Language, Separator};

/// Reads a file of vectors.
pub(crate) fn read(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    Value::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Calls `check`, which returns errors, with every vector. Fails with all errors, and when there
/// are fewer vectors than expected.
pub(crate) fn check(vectors: &Value, minimum: usize, check: &dyn Fn(&Value) -> Vec<String>) {
    let vectors = items(vectors);
    let mut complaints = String::new();
    let mut failed = 0;
    for (index, vector) in vectors.iter().enumerate() {
        let wrong = check(vector);
        failed += usize::from(!wrong.is_empty());
        let name = text_of(vector, "name").or_else(|| text_of(vector, "text"));
        for complaint in wrong {
            writeln!(complaints, "{index} `{}`: {complaint}", name.unwrap_or("?")).unwrap();
        }
    }
    assert!(complaints.is_empty(), "{failed} of {} vectors fail:\n{complaints}", vectors.len());
    assert!(vectors.len() >= minimum, "only {} vectors of {minimum}", vectors.len());
}

/// The items of an array; a missing member has none.
pub(crate) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        other => panic!("an array is needed, not {}", other.kind()),
    }
}

/// A member that is a string.
pub(crate) fn text_of<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    match value.member(key)? {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => panic!("`{key}` must be a string, not {}", other.kind()),
    }
}

/// The strings of an array, or none for `null` or a missing member.
pub(crate) fn strings_of(value: &Value, key: &str) -> Option<Vec<String>> {
    let list = match value.member(key)? {
        Value::Null => return None,
        list => items(list),
    };
    let text = |item: &Value| match item {
        Value::String(text) => text.clone(),
        other => panic!("`{key}` holds {}", other.kind()),
    };
    Some(list.iter().map(text).collect())
}

/// A value as JSON text.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        // The text of a number is public only in its `Debug` form.
        Value::Number(number) => {
            let shown = format!("{number:?}");
            shown.trim_start_matches("Number(\"").trim_end_matches("\")").into()
        }
        Value::String(value) => quoted(value),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let member =
                |(key, value): &(String, Value)| format!("{}:{}", quoted(key), text(value));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut writer = Writer::default();
    writer.string(text);
    writer.finish()
}

/// The language of a vector.
pub(crate) fn language(vector: &Value) -> Language {
    let Some(language) = vector.member("language") else { return Language::default() };
    let word = |key| text_of(language, key);
    Language {
        dialect: word("dialect").map_or(Dialect::Segments, |it| Dialect::from_word(it).unwrap()),
        separator: word("separator")
            .map_or(Separator::Colon, |it| Separator::from_word(it).unwrap()),
    }
}

/// The options for reading the document or token of a vector.
pub(crate) fn reading(vector: &Value) -> Reading {
    let language = language(vector);
    let catalogue = vector.member("catalogue").map(|value| {
        Arc::new(Catalogue::parse(&text(value), language).unwrap_or_else(|error| panic!("{error}")))
    });
    let roles = vector.member("roles").map(|value| {
        RoleMap::parse(&text(value), language).unwrap_or_else(|error| panic!("{error}"))
    });
    Reading {
        subject_claim: Vec::new(),
        language,
        layout: text_of(vector, "layout").map_or_else(Layout::default, |word| {
            Layout::from_word(word).unwrap_or_else(|| panic!("no layout `{word}`"))
        }),
        policies: Policies { catalogue, roles },
        tenant: text_of(vector, "tenant").map(String::from),
    }
}

/// Describes the difference between two values, if there is one.
pub(crate) fn differ<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> Option<String> {
    (found != expected).then(|| format!("{what}: {found:?}, not {expected:?}"))
}

/// A text, or a text that is described by `{"before", "repeat", "times", "after"}`.
pub(crate) fn long(value: &Value) -> String {
    if let Value::String(text) = value {
        return text.clone();
    }
    let part = |key| text_of(value, key).unwrap_or_default();
    let Some(Value::Number(times)) = value.member("times") else { panic!("no `times`") };
    let times = usize::try_from(times.whole().unwrap()).unwrap();
    [part("before"), &part("repeat").repeat(times), part("after")].concat()
}
