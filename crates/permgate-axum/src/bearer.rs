//! Reads bearer tokens from the `Authorization` header (RFC 6750 §2.1).

use axum::http::{HeaderMap, header};

/// The bearer token of a request; none when there is no `Authorization` header.
///
/// # Errors
/// When there are several such headers, or the scheme is not `Bearer`. The text says what to do.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, &'static str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err("there are several `Authorization` headers; send one");
    }
    match value.to_str().ok().and_then(|text| text.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Some(token.trim_matches(' ')))
        }
        _ => Err("the `Authorization` header must be `Bearer` and a token"),
    }
}

#[cfg(test)]
mod tests;
