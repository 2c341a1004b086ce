//! `shiro.json`: the answers of Apache Shiro itself.

use permgate_core::json::Value;
use permgate_core::{Dialect, Grant, Language, Pattern, PermissionSet, Requirement, Separator};

use crate::file::{check, differ, read, text_of};

const SHIRO: Language = Language { dialect: Dialect::Shiro, separator: Separator::Colon };

#[test]
fn the_dialect_shiro_reads_the_same_names_as_apache_shiro() {
    check(read("shiro.json").member("parses").unwrap(), 180, &|vector| {
        let text = text_of(vector, "text").unwrap();
        let expected = vector.member("ok") == Some(&Value::Bool(true));
        differ("read", &Pattern::parse_in(text, SHIRO).is_ok(), &expected).into_iter().collect()
    });
}

#[test]
fn the_dialect_shiro_implies_the_same_permissions_as_apache_shiro() {
    check(read("shiro.json").member("implies").unwrap(), 970, &|vector| {
        let [grant, question] = ["grant", "asked"]
            .map(|key| Pattern::parse_in(text_of(vector, key).unwrap(), SHIRO).unwrap());
        let expected = vector.member("implied") == Some(&Value::Bool(true));
        // The pattern is compared alone, and as a grant of a set.
        let set = PermissionSet::new([Grant::allow(grant.clone())]);
        let text = format!("\"{}\"", question.as_str().replace('\\', "\\\\").replace('"', "\\\""));
        let requirement = Requirement::parse_in(&text, SHIRO).unwrap();
        let what = |it: &str| format!("{it} of `{grant}` and `{question}`");
        let found = set.decide(&requirement, None).is_granted();
        let found = differ(&what("decision"), &found, &expected);
        let included = differ(&what("inclusion"), &grant.includes(&question), &expected);
        included.into_iter().chain(found).collect()
    });
}
