//! Reads JSON values as the needed type, with errors that name the path.

use alloc::string::String;
use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use crate::json::Value;
pub use crate::order::sorted;

/// A string, or `null` for none.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn optional_string(value: &Value, path: &Path<'_>) -> Result<Option<String>, DocumentError> {
    match value {
        Value::Null => Ok(None),
        value => string(value, path).map(|text| Some(text.into())),
    }
}

/// A whole number, or `null` for none.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn optional_whole(value: &Value, path: &Path<'_>) -> Result<Option<u64>, DocumentError> {
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

/// A boolean.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn boolean(value: &Value, path: &Path<'_>) -> Result<bool, DocumentError> {
    match value {
        Value::Bool(value) => Ok(*value),
        other => Err(DocumentError::wrong_type(path, "a boolean", other)),
    }
}

/// A string.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn string<'a>(value: &'a Value, path: &Path<'_>) -> Result<&'a str, DocumentError> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(DocumentError::wrong_type(path, "a string", other)),
    }
}

/// The items of an array.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn items<'a>(value: &'a Value, path: &Path<'_>) -> Result<&'a [Value], DocumentError> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(DocumentError::wrong_type(path, "an array", other)),
    }
}

/// The members of an object.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn members<'a>(
    value: &'a Value,
    path: &Path<'_>,
) -> Result<&'a [(String, Value)], DocumentError> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(DocumentError::wrong_type(path, "an object", other)),
    }
}

/// An array of strings.
///
/// # Errors
/// When the value is of another type; the error names the path.
pub fn strings(value: &Value, path: &Path<'_>) -> Result<Vec<String>, DocumentError> {
    let mut strings = Vec::new();
    for (index, item) in items(value, path)?.iter().enumerate() {
        strings.push(string(item, &Path::Index(path, index))?.into());
    }
    Ok(strings)
}

/// A word from a list of allowed words.
///
/// # Errors
/// When the word is not in the list.
pub fn word<T>(
    value: &Value,
    path: &Path<'_>,
    words: &'static str,
    meaning: impl Fn(&str) -> Option<T>,
) -> Result<T, DocumentError> {
    meaning(string(value, path)?)
        .ok_or_else(|| DocumentError::new(path, Problem::UnknownWord { words }))
}

/// Calls `read` with the key and path of each member of an object that may have no other members.
///
/// # Errors
/// The errors of `read`, and an error when `read` does not know a key.
pub fn known_members(
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
