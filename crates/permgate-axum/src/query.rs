//! Reads the query of an address: every parameter at most once.

use axum::http::Uri;
use percent_encoding::percent_decode_str;

use crate::problem::Problem;

/// The value of a parameter in the encoding of forms (WHATWG URL §5.1): `+` is a space, and bytes
/// of UTF-8 are percent-encoded. Other parameters are ignored.
///
/// # Errors
/// When the parameter appears twice, since parsers differ on which one they take, or is not UTF-8.
pub fn parameter(uri: &Uri, name: &str) -> Result<Option<String>, Problem> {
    let Some(query) = uri.query() else { return Ok(None) };
    let mut found = None;
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decode(key).as_deref() != Some(name) {
            continue;
        }
        let Some(value) = decode(value) else {
            return Err(Problem::invalid_query(name, "it is not UTF-8; percent-encode UTF-8"));
        };
        if found.replace(value).is_some() {
            return Err(Problem::invalid_query(name, "it appears twice; send it once"));
        }
    }
    Ok(found)
}

fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// Reads a switch: `1` is on, `0` or an absent parameter is off.
///
/// # Errors
/// When the parameter has another value.
pub fn switch(uri: &Uri, name: &str) -> Result<bool, Problem> {
    match parameter(uri, name)?.as_deref() {
        Some("1") => Ok(true),
        None | Some("0") => Ok(false),
        Some(_) => Err(Problem::invalid_query(name, "write `1`, or leave it out")),
    }
}

/// Reads a whole number, written only in digits.
///
/// # Errors
/// When the parameter has another form.
pub fn whole(uri: &Uri, name: &str) -> Result<Option<u64>, Problem> {
    let Some(text) = parameter(uri, name)? else { return Ok(None) };
    let digits = text.chars().all(|character| character.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok(Some(number)),
        _ => Err(Problem::invalid_query(name, "write a whole number in digits, or leave it out")),
    }
}
