//! `requirements.json`: the trees of requirements, and the errors of malformed ones with their
//! place.

use permgate_core::Requirement;
use permgate_core::json::Value;
use permgate_core::requirement::{Kind, Node};

use crate::file::{check, differ, language, read, text, text_of};

#[test]
fn requirements_are_read_as_the_vectors_say() {
    check(&read("requirements.json"), 80, &|vector| {
        let requirement_text = text_of(vector, "text").unwrap();
        let language = language(vector);
        match (
            Requirement::parse_in(requirement_text, language),
            vector.member("tree"),
            vector.member("error"),
        ) {
            (Ok(requirement), Some(expected), None) => {
                let found = differ("tree", &text(&tree(requirement.root())), &text(expected));
                // The text of the tree is read as the same tree.
                let again = Requirement::parse_in(&requirement.to_string(), language);
                found.into_iter().chain(differ("shown", &again, &Ok(requirement))).collect()
            }
            (Err(error), None, Some(expected)) => {
                let units = requirement_text.get(..error.position).unwrap().encode_utf16().count();
                let position = text(expected.member("position").unwrap());
                let message = text_of(expected, "message").unwrap();
                let position = differ("position", &units.to_string(), &position);
                let message = differ("message", &error.to_string().as_str(), &message);
                position.into_iter().chain(message).collect()
            }
            (Ok(_), _, _) => vec!["it was read".into()],
            (Err(error), _, _) => vec![format!("it was refused: {error}")],
        }
    });
}

fn tree(node: &Node) -> Value {
    let of = |word: &str, (key, value): (&str, Value)| {
        Value::Object(vec![("type".into(), Value::String(word.into())), (key.into(), value)])
    };
    let name = |name: &str| ("name", Value::String(name.into()));
    let parts = |parts: &[Node]| ("of", Value::Array(parts.iter().map(tree).collect()));
    match node {
        Node::Not(inner) => of("not", parts(std::slice::from_ref(&**inner))),
        Node::All(all) => of("all", parts(all)),
        Node::Any(any) => of("any", parts(any)),
        Node::Atom(atom) => match atom.kind() {
            Kind::Permission(pattern) => of("permission", name(pattern.as_str())),
            Kind::Role(role) => of("role", name(role)),
            Kind::Group(group) => of("group", name(group)),
            Kind::Scope(scope) => of("scope", name(scope)),
        },
    }
}
