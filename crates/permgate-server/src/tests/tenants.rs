//! Documents for one tenant: no grants of other tenants, and no entity tag that is valid for two.

use axum::body::Body;
use axum::http::Request;
use permgate_core::{Grant, Pattern, ResourcePattern};
use serde_json::{Value, json};

use super::{Answer, Server};
use crate::store::Change;

/// A server on which Alan may edit invoices in some places, and his token.
async fn alan() -> (Server, String) {
    let server = Server::start();
    let grants = [
        ("invoice:edit", "tenants/acme/invoices/*"),
        ("invoice:edit", "tenants/globex/invoices/7"),
        ("risk:view", "tenants/*"),
        ("task:delete", "pages/task/records/1"),
    ];
    let scoped = grants.map(|(permission, resource)| {
        Grant::allow(Pattern::parse(permission).unwrap())
            .on(ResourcePattern::parse(resource).unwrap())
    });
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants: scoped.into() });
    let token = server.token("alan").await;
    (server, token)
}

async fn ask(server: &Server, token: &str, query: &str, held: &str) -> Answer {
    let request = Request::get(format!("/api/me/permissions{query}"))
        .header("authorization", format!("Bearer {token}"))
        .header("if-none-match", held);
    server.send(request.body(Body::empty()).unwrap()).await
}

fn resources(answer: &Answer) -> Vec<&str> {
    let grants = answer.body["grants"].as_array().unwrap().iter();
    grants.map(|grant| grant["resource"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_document_for_a_tenant_leaves_out_grants_in_other_tenants() {
    let (server, token) = alan().await;
    let all = ask(&server, &token, "", "").await;
    assert!(all.body.get("tenant").is_none());
    assert_eq!(resources(&all).len(), 4);
    for (tenant, expected) in [
        ("acme", vec!["tenants/acme/invoices/*", "tenants/*"]),
        ("globex", vec!["tenants/globex/invoices/7", "tenants/*"]),
        // No user is refused: there is no list of members of a tenant.
        ("initech", vec!["tenants/*"]),
    ] {
        for packed in ["", "&packed=1"] {
            let answer = ask(&server, &token, &format!("?tenant={tenant}{packed}"), "").await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.body["tenant"], tenant);
            assert_eq!(resources(&answer), expected, "{tenant}");
            for key in ["subject", "version", "ttl", "denied", "roles"] {
                assert_eq!(answer.body[key], all.body[key], "{key}");
            }
            if packed.is_empty() {
                assert_eq!(answer.body["permissions"], all.body["permissions"]);
            } else {
                assert!(answer.body["packed"]["bits"].is_string());
            }
        }
    }
}

#[tokio::test]
async fn an_entity_tag_is_never_valid_for_another_tenant() {
    let (server, token) = alan().await;
    // The documents of the last two tenants differ only in the name of the tenant.
    let queries = ["", "?tenant=acme", "?tenant=globex", "?tenant=initech", "?tenant=umbrella"];
    let mut tags = Vec::new();
    for query in queries {
        tags.push(ask(&server, &token, query, "").await.header("etag").to_owned());
    }
    for (query, own) in queries.iter().zip(&tags) {
        for held in &tags {
            let answer = ask(&server, &token, query, held).await;
            let expected = if held == own { 304 } else { 200 };
            assert_eq!(answer.status, expected, "{query}");
        }
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), queries.len());
}

#[tokio::test]
async fn a_tenant_is_decoded_from_the_query() {
    let (server, token) = alan().await;
    for (query, expected) in [
        ("?tenant=a%20b", json!("a b")),
        ("?tenant=a+b", json!("a b")),
        ("?%74enant=%C3%9Cber&x=1", json!("Über")),
        ("?x=tenant", Value::Null),
        ("?Tenant=acme", Value::Null),
    ] {
        let answer = ask(&server, &token, query, "").await;
        assert_eq!((answer.status.as_u16(), &answer.body["tenant"]), (200, &expected), "{query}");
    }
}

#[tokio::test]
async fn a_value_that_is_not_a_tenant_is_refused_with_advice() {
    let (server, token) = alan().await;
    let long = format!("tenant={}", "x".repeat(257));
    for query in [
        "tenant",
        "tenant=",
        "tenant=%00",
        "tenant=a%0Ab",
        "tenant=a/b",
        "tenant=a%2Fb",
        "tenant=*",
        "tenant=%FF",
        "tenant=acme&tenant=globex",
        "tenant=acme&tenant=acme",
        &long,
    ] {
        let answer = ask(&server, &token, &format!("?{query}"), "").await;
        answer.assert_problem(400, "invalid-query");
        assert_eq!(answer.body["parameter"], "tenant", "{query}");
        assert!(answer.body["detail"].as_str().unwrap().contains("; "), "{query}");
        assert_eq!(answer.header("etag"), "");
    }
}
