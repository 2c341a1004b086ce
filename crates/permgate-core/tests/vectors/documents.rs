//! `documents.json`: the content of documents, and the errors of texts that are not documents.

use permgate_core::json::Value;
use permgate_core::wire::{Document, DocumentErrorKind as Kind};
use permgate_core::{Effect, Grant};

use crate::file::{check, differ, items, long, read, reading, strings_of, text_of};

#[test]
fn documents_are_read_as_the_vectors_say() {
    check(&read("documents.json"), 150, &|vector| {
        let document = reading(vector).document(&long(vector.member("text").unwrap()));
        match (document, vector.member("expected"), vector.member("error")) {
            (Ok(document), Some(expected), None) => compare(document, expected),
            (Err(error), None, Some(expected)) => {
                let (path, kind) = (text_of(expected, "path"), text_of(expected, "kind"));
                let path = differ("path", &Some(error.path.as_str()), &path);
                path.into_iter().chain(differ("kind", &Some(word(&error.kind)), &kind)).collect()
            }
            (Ok(_), _, _) => vec!["it was read".into()],
            (Err(error), _, _) => vec![format!("it was refused: {error}")],
        }
    });
}

fn compare(document: Document, expected: &Value) -> Vec<String> {
    let number = |key| {
        expected.member(key).and_then(|value| match value {
            Value::Number(number) => number.whole(),
            _ => None,
        })
    };
    let first = [
        differ("subject", &document.subject.as_deref(), &text_of(expected, "subject")),
        differ("tenant", &document.tenant.as_deref(), &text_of(expected, "tenant")),
        differ("version", &document.version, &number("version")),
        differ("ttl", &document.ttl_seconds, &number("ttl")),
    ];
    let set = document.into_set();
    let plain = |effect| {
        let grants =
            set.grants().filter(|it: &&Grant| it.effect == effect && it.resource.is_none());
        sorted(grants.map(|it| it.pattern.to_string()).collect())
    };
    let scoped = set.grants().filter_map(|grant| {
        let resource = grant.resource.as_ref()?.as_str();
        Some([grant.pattern.as_str(), resource, grant.effect.as_str()].join(" "))
    });
    let grants = expected.member("grants").map_or(&[][..], items).iter().map(|grant| {
        ["permission", "resource", "effect"].map(|key| text_of(grant, key).unwrap()).join(" ")
    });
    let memberships = set.memberships();
    let list = |key| strings_of(expected, key).map(sorted);
    let held = |names: &Option<Box<[String]>>| names.as_deref().map(|it| sorted(it.into()));
    let second = [
        differ("permissions", &plain(Effect::Allow), &list("permissions").unwrap_or_default()),
        differ("denied", &plain(Effect::Deny), &list("denied").unwrap_or_default()),
        differ("grants", &sorted(scoped.collect()), &sorted(grants.collect())),
        differ("roles", &held(&memberships.roles), &list("roles")),
        differ("groups", &held(&memberships.groups), &list("groups")),
        differ("scopes", &held(&memberships.scopes), &list("scopes")),
    ];
    first.into_iter().chain(second).flatten().collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// The kind of an error, in the words of the vectors.
fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Json(_) => "json",
        Kind::Html => "html",
        Kind::WrongType { .. } => "wrong-type",
        Kind::NoPermissions => "no-permissions",
        Kind::Pattern(_) => "pattern",
        Kind::Resource(_) => "resource",
        Kind::UnknownWord { .. } => "unknown-word",
        Kind::UnknownCatalogue { .. } => "unknown-catalogue",
        Kind::Catalogue(_) => "catalogue",
        Kind::UnknownCondition => "unknown-condition",
        Kind::MeansDenied => "means-denied",
        Kind::TooManyGrants | Kind::TooManyMembers => "too-many",
        _ => "something else",
    }
}

#[test]
fn written_documents_are_read_as_the_same() {
    check(&read("documents.json"), 150, &|vector| {
        let reading = reading(vector);
        let Ok(document) = reading.document(&long(vector.member("text").unwrap())) else {
            return Vec::new();
        };
        // In the layout of lists, and without the roles' grants a second time.
        let written = document.to_json();
        let language = reading.language;
        let plain = permgate_core::wire::Reading { language, ..Default::default() };
        match plain.document(&written) {
            Err(error) => vec![format!("{written}: {error}")],
            Ok(again) if again.version != document.version => vec!["another version".into()],
            Ok(again) => {
                differ("set", &again.into_set(), &document.into_set()).into_iter().collect()
            }
        }
    });
}
