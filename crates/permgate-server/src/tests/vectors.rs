//! The shared vectors of decisions, put to a server: it decides as the core does.

use std::collections::{BTreeMap, BTreeSet};

use permgate_core::requirement::Kind;
use permgate_core::set::Memberships;
use permgate_core::wire::{Document, Layout, Policies, Reading, RoleMap};
use permgate_core::{Dialect, Grant, Language, Pattern, Requirement, Separator};
use serde_json::{Value, json};

use super::{Server, quick};
use crate::Config;
use crate::seed::{Seed, SeedRole, SeedUser};

fn read(file: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A server with one user for each list of grants: `u-1`, `u-2` and so on, all with the same roles.
fn server(language: Language, users: Vec<Vec<Grant>>, roles: BTreeSet<String>) -> Server {
    let names: Vec<_> = roles.iter().cloned().collect();
    let role = |name: String| SeedRole { title: name.clone(), name, permissions: Vec::new() };
    let user = |(number, grants): (usize, Vec<Grant>)| SeedUser {
        username: format!("user-{number}"),
        name: "User".into(),
        // No user signs in.
        password_hash: String::new(),
        roles: names.clone(),
        grants,
    };
    let users = users.into_iter().enumerate().map(user).collect();
    let seed = Seed { roles: roles.into_iter().map(role).collect(), users, records: Vec::new() };
    Server::planted(Config { language, ..quick() }, &seed)
}

/// The decisions of the server.
async fn decide(server: &Server, subject: &str, questions: Vec<Value>) -> Vec<Value> {
    let count = questions.len();
    let body = json!({ "requirements": questions });
    let token = server.minted(subject);
    let answer = server.call(&token, "POST", "/api/me/decisions", body).await;
    assert_eq!(answer.status, 200, "{subject}: {}", answer.body);
    let decisions = answer.body["decisions"].as_array().unwrap().clone();
    assert_eq!(decisions.len(), count);
    decisions
}

fn language(vector: &Value) -> Language {
    let options = &vector["language"];
    let dialect = options["dialect"].as_str().map(|word| Dialect::from_word(word).unwrap());
    let separator = options["separator"].as_str().map(|word| Separator::from_word(word).unwrap());
    Language { dialect: dialect.unwrap_or_default(), separator: separator.unwrap_or_default() }
}

/// The document of a vector, with its roles resolved.
fn document(vector: &Value) -> Document {
    let language = language(vector);
    let layout = vector["layout"].as_str().map(|word| Layout::from_word(word).unwrap());
    let roles = vector.get("roles").filter(|roles| !roles.is_null());
    let roles = roles.map(|roles| RoleMap::parse(&roles.to_string(), language).unwrap());
    let policies = Policies { roles, ..Policies::default() };
    let layout = layout.unwrap_or_default();
    let reading = Reading { language, layout, policies, ..Reading::default() };
    reading.document(&vector["document"].to_string()).unwrap()
}

/// Whether a server can be asked this question. It cannot store groups and scopes, which stay
/// unknown, and always includes roles; and questions have one resource or none, never
/// `somewhere`.
fn can_be_asked(case: &Value, memberships: &Memberships, language: Language) -> bool {
    if case["somewhere"] == true {
        return false;
    }
    let Ok(requirement) = Requirement::parse_in(case["ask"].as_str().unwrap(), language) else {
        return true;
    };
    let mut can = true;
    requirement.for_each_atom(&mut |atom| match atom.kind() {
        Kind::Permission(_) => {}
        Kind::Role(_) => can &= memberships.roles.is_some(),
        Kind::Group(_) => can &= memberships.groups.is_none(),
        Kind::Scope(_) => can &= memberships.scopes.is_none(),
    });
    can
}

#[tokio::test]
async fn the_server_decides_as_the_vectors_say() {
    let (mut ran, mut wrong) = (0, Vec::new());
    for vector in read("decisions.json").as_array().unwrap() {
        // The server has its own catalogue, and permissions outside of it are not granted.
        if vector.get("catalogue").is_some_and(|catalogue| !catalogue.is_null()) {
            continue;
        }
        let (language, document) = (language(vector), document(vector));
        // The server always sends permissions, so it cannot leave them unknown.
        if document.is_silent {
            continue;
        }
        let memberships = document.memberships;
        let cases = vector["cases"].as_array().unwrap().iter();
        let cases: Vec<_> =
            cases.filter(|case| can_be_asked(case, &memberships, language)).collect();
        let roles = memberships.roles.iter().flatten().cloned().collect();
        let server = server(language, vec![document.grants], roles);
        let questions = cases.iter().map(|case| match case["on"].as_str() {
            Some(on) => json!({ "requirement": case["ask"], "resource": on }),
            None => json!({ "requirement": case["ask"] }),
        });
        let decisions = decide(&server, "u-1", questions.collect()).await;
        for (case, decision) in cases.into_iter().zip(decisions) {
            ran += 1;
            let same = |key: &str| case.get(key).is_none_or(|expected| *expected == decision[key]);
            if !same("outcome") || !same("reason") {
                wrong.push(format!("{}: {case} but {decision}", vector["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {ran} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran >= 450, "only {ran} cases ran");
}

fn shiro() -> Language {
    Language { dialect: Dialect::Shiro, ..Language::default() }
}

/// A name as a requirement: in quotes, whatever characters it contains.
fn quoted(name: &str) -> Value {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    json!({ "requirement": format!("\"{name}\"") })
}

#[tokio::test]
async fn the_server_implies_the_same_permissions_as_apache_shiro() {
    let file = read("shiro.json");
    let mut by_grant: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for case in file["implies"].as_array().unwrap() {
        by_grant.entry(case["grant"].as_str().unwrap()).or_default().push(case);
    }
    let grant = |text: &&str| vec![Grant::allow(Pattern::parse_in(text, shiro()).unwrap())];
    let server = server(shiro(), by_grant.keys().map(grant).collect(), BTreeSet::new());
    let mut ran = 0;
    for (number, cases) in (1..).zip(by_grant.into_values()) {
        let questions = cases.iter().map(|case| quoted(case["asked"].as_str().unwrap()));
        let decisions = decide(&server, &format!("u-{number}"), questions.collect()).await;
        for (case, decision) in cases.into_iter().zip(decisions) {
            ran += 1;
            let expected = if case["implied"] == true { "granted" } else { "denied" };
            assert_eq!(decision["outcome"], expected, "{case}: {decision}");
        }
    }
    assert!(ran >= 970, "only {ran} cases ran");
}

#[tokio::test]
async fn the_server_reads_the_same_names_as_apache_shiro() {
    let file = read("shiro.json");
    let cases = file["parses"].as_array().unwrap();
    let grants = vec![Grant::allow(Pattern::parse_in("user,role", shiro()).unwrap())];
    let server = server(shiro(), vec![grants], BTreeSet::new());
    let token = server.minted("u-1");
    let questions = cases.iter().map(|case| quoted(case["text"].as_str().unwrap()));
    let decisions = decide(&server, "u-1", questions.collect()).await;
    for (case, decision) in cases.iter().zip(decisions) {
        let is_read = decision["reason"] != "malformed-requirement";
        assert_eq!(is_read, case["ok"] == true, "{case}: {decision}");
        if is_read {
            continue;
        }
        let grants = json!({ "grants": [{ "permission": case["text"], "effect": "allow" }] });
        let answer = server.call(&token, "PUT", "/api/admin/users/u-1/grants", grants).await;
        answer.assert_problem(400, "invalid-body");
        assert_eq!(answer.body["path"], "grants[0].permission", "{case}");
    }
    assert!(cases.len() >= 180, "only {} cases ran", cases.len());
}
