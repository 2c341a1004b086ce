//! The grammar: texts and their trees, refused texts and the positions of their errors, and writing
//! as the inverse of reading.

use alloc::string::{String, ToString};

use proptest::prelude::*;

use super::RequirementErrorKind as Problem;
use super::*;
use crate::pattern::Pattern;

fn canonical(text: &str) -> String {
    Requirement::parse(text).unwrap().to_string()
}

fn problem(text: &str) -> (Problem, usize) {
    let error = Requirement::parse(text).unwrap_err();
    (error.kind, error.position)
}

#[test]
fn the_operator_not_binds_tighter_than_and_which_binds_tighter_than_or() {
    assert_eq!(canonical("a&b|c"), "a & b | c");
    assert_eq!(canonical("a & (b|c)"), "a & (b | c)");
    assert_eq!(canonical("!a&!(b|c)"), "!a & !(b | c)");
    assert_eq!(canonical("a && b || c"), "a & b | c");
    assert_eq!(canonical("((a))"), "a");
    assert_eq!(canonical("!!a"), "!!a");
    let tree = Requirement::parse("a|b&c").unwrap();
    assert!(
        matches!(tree.root(), Node::Any(parts) if matches!(parts.as_slice(), [Node::Atom(_), Node::All(_)]))
    );
}

#[test]
fn names_with_operators_or_spaces_are_quoted() {
    assert_eq!(canonical("\"read all\""), "\"read all\"");
    assert_eq!(canonical("\"plain\""), "plain");
    assert_eq!(canonical(r#""a\"b\\c d""#), r#""a\"b\\c d""#);
}

#[test]
fn roles_groups_and_scopes_are_written_with_parentheses() {
    assert_eq!(
        canonical("role(admin) | group(\"all staff\")"),
        "role(admin) | group(\"all staff\")"
    );
    let role = Requirement::parse("role(edit)").unwrap();
    assert!(matches!(role.root(), Node::Atom(atom) if *atom.kind() == Kind::Role("edit".into())));
    let name = Requirement::parse("role:edit").unwrap();
    assert!(matches!(name.root(), Node::Atom(atom) if matches!(atom.kind(), Kind::Permission(_))));
    assert_eq!(canonical("role"), "role");
}

#[test]
fn errors_name_the_kind_and_the_position() {
    assert_eq!(problem(""), (Problem::MissingName, 0));
    assert_eq!(problem("   "), (Problem::MissingName, 3));
    assert_eq!(problem("a b"), (Problem::MissingOperator, 2));
    assert_eq!(problem("a, b"), (Problem::MissingOperator, 3));
    assert_eq!(problem("a &"), (Problem::MissingName, 3));
    assert_eq!(problem("a & | b"), (Problem::MissingName, 4));
    assert_eq!(problem("(a"), (Problem::MissingClose, 2));
    assert_eq!(problem("a)"), (Problem::UnexpectedClose, 1));
    assert_eq!(problem("(a b)"), (Problem::MissingOperator, 3));
    assert_eq!(problem("\"a"), (Problem::UnclosedQuote, 0));
    assert_eq!(problem("\"a\\n\""), (Problem::UnknownEscape, 0));
    assert_eq!(problem("can(a)"), (Problem::UnknownForm, 0));
    assert_eq!(problem("()"), (Problem::MissingName, 1));
    assert!(matches!(problem("a & inv*"), (Problem::Name(_), 4)));
    assert!(matches!(problem("a & \u{7}"), (Problem::Name(_), 4)));
}

#[test]
fn a_requirement_that_is_too_long_or_too_deep_is_refused() {
    let deep = |depth: usize| ["(".repeat(depth), "a".into(), ")".repeat(depth)].concat();
    assert!(Requirement::parse(&deep(MAX_DEPTH - 1)).is_ok());
    assert_eq!(problem(&deep(MAX_DEPTH)).0, Problem::TooDeep);
    assert_eq!(problem(&"!".repeat(4000)).0, Problem::TooDeep);
    assert_eq!(problem(&"a".repeat(1_000_000)).0, Problem::TooLong);
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,5}:[a-z]{1,5}", "[a-z &|!()\"\\\\é]{1,6}"]
        .prop_filter("a name", |name| Pattern::parse(name).is_ok())
}

fn tree() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        name().prop_map(|n| Node::Atom(Atom(Kind::Permission(Pattern::parse(&n).unwrap())))),
        name().prop_map(|n| Node::Atom(Atom(Kind::Role(n)))),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|node| Node::Not(alloc::boxed::Box::new(node))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::All),
            prop::collection::vec(inner, 2..4).prop_map(Node::Any),
        ]
    })
}

proptest! {
    #[test]
    fn a_tree_that_is_written_is_read_as_the_same_tree(tree in tree()) {
        let requirement = Requirement(tree);
        prop_assert_eq!(Requirement::parse(&requirement.to_string()).unwrap(), requirement);
    }

    #[test]
    fn arbitrary_text_causes_no_panic_and_errors_have_positions_inside_it(text in "\\PC{0,40}|[a-c&|!()\" \\\\*:]{0,40}") {
        if let Err(error) = Requirement::parse(&text) {
            prop_assert!(error.position <= text.len());
        }
    }
}
