//! JSON values read as what is needed, with errors that name their place.

use alloc::string::String;
use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use crate::json::Value;

/// `null` stands for an absent value where a value is optional.
pub(crate) fn optional_string(
    value: &Value,
    path: &Path<'_>,
) -> Result<Option<String>, DocumentError> {
    match value {
        Value::Null => Ok(None),
        value => string(value, path).map(|text| Some(text.into())),
    }
}

pub(crate) fn optional_whole(value: &Value, path: &Path<'_>) -> Result<Option<u64>, DocumentError> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) if number.whole().is_some() => Ok(number.whole()),
        Value::Number(_) => {
            let (needed, found) = ("a whole number", "another number");
            Err(DocumentError::new(path, Problem::WrongType { needed, found }))
        }
        other => Err(DocumentError::wrong_type(path, "a whole number", other)),
    }
}

pub(crate) fn boolean(value: &Value, path: &Path<'_>) -> Result<bool, DocumentError> {
    match value {
        Value::Bool(value) => Ok(*value),
        other => Err(DocumentError::wrong_type(path, "a boolean", other)),
    }
}

pub(crate) fn string<'a>(value: &'a Value, path: &Path<'_>) -> Result<&'a str, DocumentError> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(DocumentError::wrong_type(path, "a string", other)),
    }
}

pub(crate) fn items<'a>(value: &'a Value, path: &Path<'_>) -> Result<&'a [Value], DocumentError> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(DocumentError::wrong_type(path, "an array", other)),
    }
}

pub(crate) fn members<'a>(
    value: &'a Value,
    path: &Path<'_>,
) -> Result<&'a [(String, Value)], DocumentError> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(DocumentError::wrong_type(path, "an object", other)),
    }
}

pub(crate) fn strings(value: &Value, path: &Path<'_>) -> Result<Vec<String>, DocumentError> {
    let mut strings = Vec::new();
    for (index, item) in items(value, path)?.iter().enumerate() {
        strings.push(string(item, &Path::Index(path, index))?.into());
    }
    Ok(strings)
}

/// A word of a closed list.
pub(crate) fn word<T>(
    value: &Value,
    path: &Path<'_>,
    words: &'static str,
    meaning: impl Fn(&str) -> Option<T>,
) -> Result<T, DocumentError> {
    meaning(string(value, path)?)
        .ok_or_else(|| DocumentError::new(path, Problem::UnknownWord { words }))
}

/// The members of an object that has no others, each told to `read` with its key and path.
pub(crate) fn known_members(
    value: &Value,
    path: &Path<'_>,
    read: &mut dyn FnMut(&str, &Value, &Path<'_>) -> Result<bool, DocumentError>,
) -> Result<(), DocumentError> {
    for (key, value) in members(value, path)? {
        let path = Path::Key(path, key);
        if !read(key, value, &path)? {
            return Err(DocumentError::new(&path, Problem::UnknownOption));
        }
    }
    Ok(())
}
