//! A server with another language than the default uses it everywhere.

use std::sync::Arc;

use permgate_core::{Dialect, Language, Pattern, Separator};
use serde_json::{Value, json};

use super::{START, Server, quick};
use crate::routes::table;
use crate::seed::{Seed, SeedRole, SeedUser};
use crate::{AppState, Config, LocalBus, SettableClock, SqliteStore, StartError};

/// A server in a language with one user `u-1`, whose role allows these patterns.
fn server(language: Language, patterns: &[&str]) -> Server {
    let permissions =
        patterns.iter().map(|text| Pattern::parse_in(text, language).unwrap()).collect();
    let role = SeedRole { name: "all".into(), title: "All".into(), permissions };
    let user = SeedUser {
        username: "ada".into(),
        name: "Ada".into(),
        password_hash: String::new(),
        roles: vec!["all".into()],
        grants: Vec::new(),
    };
    let seed = Seed { roles: vec![role], users: vec![user], records: Vec::new() };
    Server::planted(Config { language, ..quick() }, &seed)
}

fn shiro() -> Language {
    Language { dialect: Dialect::Shiro, ..Language::default() }
}

#[tokio::test]
async fn the_dialect_of_shiro_applies_to_routes_decisions_administration_and_packed_sets() {
    let server = server(shiro(), &["Invoice,payment:view,EDIT", "user", "role"]);
    let token = server.minted("u-1");
    for (path, expected) in [
        ("/api/pages/invoice/records", 200),
        ("/api/pages/payment/records", 200),
        ("/api/pages/customer/records", 403),
        // A missing part stands for every value.
        ("/api/admin/users", 200),
    ] {
        assert_eq!(server.get(&token, path).await.status, expected, "{path}");
    }

    let requirements =
        ["INVOICE:Edit", "\"invoice:view,edit\"", "invoice:delete", "user:delete", "a::b:"];
    let questions = requirements.map(|requirement| json!({ "requirement": requirement }));
    let body = json!({ "requirements": questions });
    let answer = server.call(&token, "POST", "/api/me/decisions", body).await;
    let decisions = answer.body["decisions"].as_array().unwrap().iter();
    let outcomes: Vec<_> = decisions.map(|decision| decision["outcome"].clone()).collect();
    assert_eq!(outcomes, ["granted", "granted", "denied", "granted", "denied"]);

    // Only permissions that the actor holds in this language can be given.
    for (permission, expected) in
        [("user:view", 200), ("Invoice:EDIT", 200), ("invoice", 403), ("*", 403), (":,", 400)]
    {
        let grants = json!({ "grants": [{ "permission": permission, "effect": "allow" }] });
        let answer = server.call(&token, "PUT", "/api/admin/users/u-1/grants", grants).await;
        assert_eq!(answer.status, expected, "{permission}: {}", answer.body);
    }
    let users = server.get(&token, "/api/admin/users").await.body;
    assert_eq!(users[0]["grants"][0]["permission"], "invoice:edit", "in lower case");

    let packed = server.get(&token, "/api/me/permissions?packed=1").await.body;
    let bits = packed["packed"]["bits"].as_str().unwrap();
    let names = crate::catalogue::list().unpack(bits).unwrap();
    let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
    assert!(names.contains(&"payment:edit") && names.contains(&"role:delete"), "{names:?}");
    assert!(!names.contains(&"invoice:delete"), "{names:?}");
}

#[tokio::test]
async fn in_a_language_without_wildcards_a_star_covers_only_itself() {
    let language = Language { dialect: Dialect::Exact, ..Language::default() };
    let server = server(language, &["*", "invoice:*", "task:view"]);
    let token = server.minted("u-1");
    for (page, expected) in [("invoice", 403), ("task", 200), ("customer", 403)] {
        let path = format!("/api/pages/{page}/records");
        assert_eq!(server.get(&token, &path).await.status, expected, "{page}");
    }
    assert_eq!(server.get(&token, "/api/me/permissions").await.body["permissions"][0], "*");
}

#[tokio::test]
async fn a_language_with_another_separator_has_other_segments() {
    let language = Language { separator: Separator::Dot, ..Language::default() };
    let server = server(language, &["invoice.*"]);
    let token = server.minted("u-1");
    let body = json!({ "requirements": [
        { "requirement": "invoice.edit" },
        { "requirement": "invoice:edit" },
        { "requirement": "invoice:*" },
    ] });
    let answer = server.call(&token, "POST", "/api/me/decisions", body).await;
    let decisions = answer.body["decisions"].as_array().unwrap().iter();
    let reasons: Vec<_> = decisions.map(|decision| decision["reason"].clone()).collect();
    assert_eq!(reasons, ["granted-by", "not-granted", "malformed-requirement"]);
}

#[test]
fn every_route_exists_in_every_language() {
    let all = table(Language::default()).len();
    for dialect in [Dialect::Segments, Dialect::Shiro, Dialect::Exact] {
        for separator in [Separator::Colon, Separator::Dot, Separator::Slash] {
            assert_eq!(table(Language { dialect, separator }).len(), all);
        }
    }
}

#[test]
fn a_store_of_another_language_is_refused_at_the_start() {
    let config = Config { language: shiro(), ..quick() };
    let (store, clock) = (SqliteStore::in_memory().unwrap(), SettableClock::new(START));
    let bus = Arc::new(LocalBus::new());
    let error = AppState::new(Arc::new(store), Arc::new(clock), bus, config).unwrap_err();
    assert!(matches!(error, StartError::Language));
    assert!(error.to_string().contains("in_language"));
}

#[test]
fn the_demo_is_refused_in_a_language_in_which_its_patterns_are_not_valid() {
    let separator = Separator::Dot;
    let config = Config { language: Language { separator, ..Language::default() }, ..quick() };
    let error = AppState::in_memory(Arc::new(SettableClock::new(START)), config).unwrap_err();
    assert!(matches!(error, StartError::Seed(_)), "{error}");
}

#[tokio::test]
async fn the_demo_runs_in_the_dialect_of_shiro() {
    let server = Server::with(Config { language: shiro(), ..quick() });
    let token = server.token("grace").await;
    assert_eq!(server.get(&token, "/api/pages/invoice/records").await.status, 200);
    let answer = server.call(&token, "DELETE", "/api/admin/users/u-5", Value::Null).await;
    assert_eq!(answer.status, 403);
}
