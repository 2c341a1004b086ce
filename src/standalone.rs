//! The functions without an instance, which only the whole build has. They return JSON: either a result
//! or an error.

use permgate_core::json::Writer;
use permgate_core::requirement::{Kind, Node};
use permgate_core::wire::Token;
use permgate_core::{Dialect, Language, Requirement, Separator};
use wasm_bindgen::prelude::wasm_bindgen;

/// The tree of a requirement: `{"tree": …}` or `{"error", "position"}`, in UTF-16 code units.
#[wasm_bindgen(js_name = parseRequirement)]
#[must_use]
pub fn parse_requirement(text: &str, dialect: &str, separator: &str) -> String {
    let Some(language) = language(dialect, separator) else {
        return error(
            "`dialect` is one of `segments`, `shiro`, `exact`, and `separator` of `:`, `.`, `/`",
        );
    };
    let mut json = Writer::default();
    json.open_object();
    match Requirement::parse_in(text, language) {
        Ok(requirement) => {
            json.key("tree");
            write(&mut json, requirement.root());
        }
        Err(error) => {
            let before = text.get(..error.position).unwrap_or(text);
            json.key("error");
            json.string(&error.to_string());
            json.key("position");
            json.number(before.encode_utf16().count() as u64);
        }
    }
    json.close_object();
    json.finish()
}

// Recursion is bounded by the parser's depth limit.
fn write(json: &mut Writer, node: &Node) {
    let (form, name, parts) = match node {
        Node::Atom(atom) => match atom.kind() {
            Kind::Permission(pattern) => ("permission", Some(pattern.as_str()), &[][..]),
            Kind::Role(name) => ("role", Some(name.as_str()), &[][..]),
            Kind::Group(name) => ("group", Some(name.as_str()), &[][..]),
            Kind::Scope(name) => ("scope", Some(name.as_str()), &[][..]),
        },
        Node::Not(inner) => ("not", None, std::slice::from_ref(&**inner)),
        Node::All(parts) => ("all", None, parts.as_slice()),
        Node::Any(parts) => ("any", None, parts.as_slice()),
    };
    json.open_object();
    json.key("type");
    json.string(form);
    if let Some(name) = name {
        json.key("name");
        json.string(name);
    } else {
        json.key("of");
        json.open_array();
        for part in parts {
            write(json, part);
        }
        json.close_array();
    }
    json.close_object();
}

/// The parts of a token, not verified: `{"texts": [header, claims]}` or `{"error"}`.
#[wasm_bindgen(js_name = decodeUnverified)]
#[must_use]
pub fn decode_unverified(token: &str) -> String {
    match Token::texts_unverified(token) {
        Ok(texts) => {
            let mut json = Writer::default();
            json.open_object();
            json.key("texts");
            json.strings(texts.iter().map(String::as_str));
            json.close_object();
            json.finish()
        }
        Err(problem) => error(&problem.to_string()),
    }
}

fn language(dialect: &str, separator: &str) -> Option<Language> {
    let dialect = Dialect::from_word(dialect)?;
    Some(Language { dialect, separator: Separator::from_word(separator)? })
}

fn error(message: &str) -> String {
    let mut json = Writer::default();
    json.open_object();
    json.key("error");
    json.string(message);
    json.close_object();
    json.finish()
}
