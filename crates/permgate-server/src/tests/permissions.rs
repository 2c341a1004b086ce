//! The permission document, its headers, the decisions, and the catalogue.

use axum::body::Body;
use axum::http::Request;
use permgate_core::wire::Document;
use permgate_core::{Grant, Pattern, ResourcePattern};
use serde_json::{Value, json};

use super::{Answer, Server, quick};
use crate::Config;
use crate::catalogue;
use crate::seed::DEMO_USERS;
use crate::store::Change;

async fn if_none_match(server: &Server, token: &str, tag: &str) -> Answer {
    let request = Request::get("/api/me/permissions")
        .header("authorization", format!("Bearer {token}"))
        .header("if-none-match", tag);
    server.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_document_has_the_permissions_of_the_store() {
    let server = Server::start();
    for user in DEMO_USERS {
        let token = server.token(user.username).await;
        let answer = server.get(&token, "/api/me/permissions").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        let document = Document::parse(&answer.body.to_string()).unwrap();
        let subject = document.subject.clone().unwrap();
        assert_eq!((document.version, document.ttl_seconds), (Some(1), Some(300)));
        let standing = server.state.store().standing(&subject).unwrap().unwrap();
        assert_eq!(document.into_set(), standing.set);
        assert_eq!(answer.body["roles"], json!(standing.roles));
        assert_eq!(answer.body["denied"].as_array().unwrap().len(), user.denied.len());
    }
}

#[tokio::test]
async fn grants_on_resources_are_listed_apart_from_other_permissions() {
    let server = Server::start();
    let on = |text| ResourcePattern::parse(text).unwrap();
    let grant =
        Grant::allow(Pattern::parse("invoice:edit").unwrap()).on(on("pages/invoice/records/7"));
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants: vec![grant] });
    let token = server.token("alan").await;
    let body = server.get(&token, "/api/me/permissions").await.body;
    let expected = json!([
        { "permission": "invoice:edit", "resource": "pages/invoice/records/7", "effect": "allow" }
    ]);
    assert_eq!(body["grants"], expected);
}

#[tokio::test]
async fn a_document_that_the_client_has_is_not_sent_again_until_it_changes() {
    let server = Server::start();
    let (ada, grace) = (server.token("ada").await, server.token("grace").await);
    let first = server.get(&grace, "/api/me/permissions").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 40, "{tag}");

    for held in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let answer = if_none_match(&server, &grace, &held).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (304, &Value::Null), "{held}");
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(answer.header("permissions-version"), "1;sub=\"u-2\"");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for held in ["\"x\"", "", &tag.replace('"', "")] {
        assert_eq!(if_none_match(&server, &grace, held).await.status, 200, "{held}");
    }
    let other = if_none_match(&server, &ada, &tag).await;
    assert_eq!(other.status, 200, "a tag is never valid for another subject");
    assert_ne!(other.header("etag"), tag);

    server.change(&Change::SetUserRoles { id: "u-2".into(), roles: vec!["staff".into()] });
    let changed = if_none_match(&server, &grace, &tag).await;
    assert_eq!((changed.status.as_u16(), &changed.body["version"]), (200, &json!(2)));
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn every_authenticated_answer_has_the_version_and_must_not_be_cached() {
    let server = Server::start();
    let token = server.token("alan").await;
    for (method, path, body, expected) in [
        ("GET", "/api/me/permissions", Value::Null, 200),
        ("GET", "/api/session", Value::Null, 200),
        ("GET", "/api/catalogue", Value::Null, 200),
        ("HEAD", "/api/catalogue", Value::Null, 200),
        ("GET", "/api/pages/task/records", Value::Null, 200),
        ("GET", "/api/pages/payroll/records", Value::Null, 403),
        ("POST", "/api/me/decisions", json!({}), 400),
        ("PATCH", "/api/me/permissions", Value::Null, 405),
        ("GET", "/api/nothing/here", Value::Null, 404),
    ] {
        let answer = server.call(&token, method, path, body).await;
        assert_eq!(answer.status, expected, "{method} {path}");
        assert_eq!(answer.header("permissions-version"), "1;sub=\"u-5\"", "{method} {path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
        let vary = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
        let vary = vary.collect::<Vec<_>>().join(", ").to_lowercase();
        assert!(vary.contains("authorization, cookie"), "{method} {path}: {vary}");
        let exposed = answer.header("access-control-expose-headers");
        assert!(exposed.contains("permissions-version"), "{method} {path}");
    }
}

#[tokio::test]
async fn only_configured_origins_may_read_answers() {
    let origins = vec!["https://app.example".to_owned()];
    let server = Server::with(Config { origins, ..quick() });
    for (origin, allowed) in
        [("https://app.example", "https://app.example"), ("https://evil.example", "")]
    {
        let request = Request::get("/api/session").header("origin", origin);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        for path in ["/api/me/permissions", "/api/me/permissions/events"] {
            let preflight = Request::options(path)
                .header("origin", origin)
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "authorization,last-event-id");
            let answer = server.send(preflight.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("access-control-allow-origin"), allowed);
            let headers = answer.header("access-control-allow-headers").split(',');
            let headers: Vec<_> = headers.map(str::trim).collect();
            assert!(headers.contains(&"authorization") && headers.contains(&"last-event-id"));
        }
    }
}

#[tokio::test]
async fn the_decisions_of_the_server_are_those_of_the_core() {
    let server = Server::start();
    let token = server.token("grace").await;
    let cases = [
        ("invoice:edit", None, "granted", "granted-by"),
        ("journal-entry:delete", None, "denied", "denied-by"),
        ("payroll:view", None, "denied", "not-granted"),
        ("invoice:edit & !payroll:view", None, "granted", "granted-by"),
        ("role(accountant)", None, "granted", "member"),
        ("group(staff)", None, "unknown", "not-loaded"),
        ("invoice:edit &", None, "denied", "malformed-requirement"),
        ("invoice:edit", Some("pages/invoice/records/1"), "granted", "granted-by"),
        ("invoice:edit", Some("pages/*"), "denied", "malformed-requirement"),
    ];
    let question = |requirement: &str, resource: Option<&str>| match resource {
        Some(resource) => json!({ "requirement": requirement, "resource": resource }),
        None => json!({ "requirement": requirement }),
    };
    let questions: Vec<_> = cases.iter().map(|case| question(case.0, case.1)).collect();
    let body = json!({ "requirements": questions });
    let answer = server.call(&token, "POST", "/api/me/decisions", body).await;
    assert_eq!((&answer.body["subject"], &answer.body["version"]), (&json!("u-2"), &json!(1)));
    for (index, (requirement, resource, outcome, reason)) in cases.into_iter().enumerate() {
        let mut expected = question(requirement, resource);
        expected["outcome"] = outcome.into();
        expected["reason"] = reason.into();
        assert_eq!(answer.body["decisions"][index], expected);
    }

    let many = vec![question("a", None); 2001];
    let answer =
        server.call(&token, "POST", "/api/me/decisions", json!({ "requirements": many })).await;
    answer.assert_problem(400, "invalid-body");
}

#[tokio::test]
async fn the_catalogue_lists_every_page_and_permission() {
    let server = Server::start();
    let token = server.token("alan").await;
    let body = server.get(&token, "/api/catalogue").await.body;
    assert_eq!(body["id"], catalogue::id());
    assert_eq!(body["permissions"], json!(catalogue::permissions().collect::<Vec<_>>()));
    let invoice = body["pages"].as_array().unwrap().iter().find(|page| page["key"] == "invoice");
    let expected = json!({
        "key": "invoice", "title": "Invoices", "section": "Sales",
        "permissions": ["invoice:view", "invoice:create", "invoice:edit", "invoice:delete"]
    });
    assert_eq!(invoice, Some(&expected));
}
