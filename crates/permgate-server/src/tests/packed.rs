//! Permissions as one bit each, in documents and in tokens: they mean the same as names.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use permgate_claims::{ClaimRule, read_token};
use permgate_core::wire::{Document, Policies, Reading, Token};
use permgate_core::{Catalogue, Grant, Language, Pattern, PermissionSet, Requirement};
use serde_json::json;

use super::{Server, quick};
use crate::seed::DEMO_USERS;
use crate::store::Change;
use crate::{Config, MAX_TOKEN_BYTES, catalogue};

/// A page's reading of documents, with the server's catalogue.
async fn reading(server: &Server, token: &str) -> Reading {
    let body = server.get(token, "/api/catalogue").await.body;
    let catalogue = Catalogue::parse(&body.to_string(), Language::default()).unwrap();
    let policies = Policies { catalogue: Some(Arc::new(catalogue)), ..Policies::default() };
    Reading { policies, ..Reading::default() }
}

/// Asserts that the page decides as the server does, for every existing permission.
#[track_caller]
fn assert_same_decisions(server: &Server, subject: &str, page: &PermissionSet) {
    let standing = server.state.store().standing(subject).unwrap().unwrap();
    for name in catalogue::permissions() {
        let requirement = Requirement::parse(&name).unwrap();
        let (ours, theirs) =
            (standing.set.decide(&requirement, None), page.decide(&requirement, None));
        assert_eq!(theirs.outcome, ours.outcome, "{subject}: {name}");
    }
}

fn with_claims() -> Server {
    Server::with(Config { packed_claim: true, ..quick() })
}

#[tokio::test]
async fn a_packed_document_means_the_same_as_the_document_with_names() {
    let server = Server::start();
    for (number, user) in (1..).zip(DEMO_USERS) {
        let token = server.token(user.username).await;
        let plain = server.get(&token, "/api/me/permissions").await;
        let packed = server.get(&token, "/api/me/permissions?packed=1").await;
        assert_eq!(packed.status, 200);
        assert_eq!(packed.body["packed"]["catalogue"], catalogue::id());
        // Only patterns that bits cannot express are listed beside them.
        let beside = packed.body["permissions"].as_array().unwrap();
        assert!(beside.iter().all(|name| name.as_str().unwrap().contains('*')), "{beside:?}");
        for key in ["subject", "version", "ttl", "denied", "grants", "roles"] {
            assert_eq!(packed.body[key], plain.body[key], "{key}");
        }
        let reading = reading(&server, &token).await;
        let document = reading.document(&packed.body.to_string()).unwrap();
        assert_same_decisions(&server, &format!("u-{number}"), &document.into_set());
    }
}

#[tokio::test]
async fn each_representation_has_an_entity_tag_of_its_own() {
    let server = Server::start();
    let token = server.token("grace").await;
    let (plain, packed) = ("/api/me/permissions", "/api/me/permissions?packed=1");
    let tag = |answer: super::Answer| answer.header("etag").to_owned();
    let plain_tag = tag(server.get(&token, plain).await);
    let packed_tag = tag(server.get(&token, packed).await);
    assert_ne!(plain_tag, packed_tag);
    assert_eq!(tag(server.get(&token, "/api/me/permissions?packed=0").await), plain_tag);
    for (path, held, expected) in [
        (plain, &plain_tag, 304),
        (packed, &packed_tag, 304),
        (plain, &packed_tag, 200),
        (packed, &plain_tag, 200),
    ] {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {token}"))
            .header("if-none-match", held);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, expected, "{path}");
    }
}

#[tokio::test]
async fn a_switch_that_is_neither_on_nor_off_is_refused_with_advice() {
    let server = Server::start();
    let token = server.token("grace").await;
    for query in ["packed", "packed=", "packed=true", "packed=2", "packed=1&packed=1"] {
        let answer = server.get(&token, &format!("/api/me/permissions?{query}")).await;
        answer.assert_problem(400, "invalid-query");
        assert_eq!(answer.body["parameter"], "packed");
    }
    let answer = server.get(&token, "/api/me/permissions?pack=1&x").await;
    assert!(answer.body["permissions"].is_array(), "other parameters are ignored");
}

#[tokio::test]
async fn the_claims_of_a_token_match_the_decisions_of_the_server() {
    let server = with_claims();
    let rules = r#"[{ "path": ["permissions"], "shape": "packed" },
                    { "path": ["roles"], "target": "roles" }]"#;
    let rules = ClaimRule::parse_all(rules).unwrap();
    for (number, user) in (1..).zip(DEMO_USERS) {
        let subject = format!("u-{number}");
        let text = server.token(user.username).await;
        let token = Token::decode_unverified(&text).unwrap();
        let reading = reading(&server, &text).await;
        let document = read_token(&reading, &token, &rules).unwrap().document;
        assert_eq!(document.subject.as_deref(), Some(subject.as_str()));
        let roles = document.memberships.roles.clone().unwrap();
        let standing = server.state.store().standing(&subject).unwrap().unwrap();
        assert_eq!(*roles, *standing.roles);
        assert_same_decisions(&server, &subject, &document.into_set());
    }
}

#[tokio::test]
async fn a_hundred_permissions_are_at_most_24_characters() {
    let server = with_claims();
    assert!(catalogue::permissions().count() >= 100);
    let mut longest = 0;
    for user in DEMO_USERS {
        let token = Token::decode_unverified(&server.token(user.username).await).unwrap();
        let claim = match token.claims.member("permissions") {
            Some(permgate_core::json::Value::String(text)) => text.clone(),
            other => panic!("{other:?}"),
        };
        let bits = claim.strip_prefix(&format!("{}.", catalogue::id())).unwrap();
        longest = longest.max(bits.len());
    }
    // Ada may do everything: 104 bits, 13 bytes, 18 characters.
    assert!((18..=24).contains(&longest), "{longest}");
}

#[tokio::test]
async fn without_the_option_a_token_has_no_claims_about_permissions() {
    let server = Server::start();
    let token = Token::decode_unverified(&server.token("ada").await).unwrap();
    assert!(token.claims.member("permissions").is_none());
    assert!(token.claims.member("roles").is_none());
}

#[tokio::test]
async fn the_server_ignores_the_permissions_in_a_token() {
    let server = with_claims();
    let token = server.token("ada").await;
    assert_eq!(server.get(&token, "/api/pages/payroll/records").await.status, 200);
    // A second keeper, since the last one cannot give up a permission.
    let everything = vec![Grant::allow(Pattern::parse("*").unwrap())];
    server.change(&Change::SetUserGrants { id: "u-2".into(), grants: everything });
    let deny = json!({ "grants": [{ "permission": "payroll:view", "effect": "deny" }] });
    let answer = server.call(&token, "PUT", "/api/admin/users/u-1/grants", deny).await;
    assert_eq!(answer.status, 200);
    assert_eq!(server.get(&token, "/api/pages/payroll/records").await.status, 403);
}

#[tokio::test]
async fn the_token_of_a_user_with_too_many_roles_leaves_the_roles_out() {
    let server = with_claims();
    let roles: Vec<_> = (0..100).map(|number| format!("{}-{number}", "r".repeat(50))).collect();
    for name in &roles {
        let (name, title) = (name.clone(), "R".into());
        server.change(&Change::AddRole { name, title, permissions: Vec::new() });
    }
    server.change(&Change::SetUserRoles { id: "u-5".into(), roles });
    let text = server.token("alan").await;
    assert!(text.len() <= MAX_TOKEN_BYTES);
    let token = Token::decode_unverified(&text).unwrap();
    assert!(token.claims.member("roles").is_none(), "absent roles are unknown, not empty");
    assert!(token.claims.member("permissions").is_some());
    let answer = server.get(&text, "/api/me/permissions").await;
    let document = Document::parse(&answer.body.to_string()).unwrap();
    assert_eq!(document.memberships.roles.unwrap().len(), 100);
}
