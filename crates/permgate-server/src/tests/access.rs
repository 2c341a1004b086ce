//! Every route refuses users without its permission, and admits users with only this permission (F55).

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::get;
use permgate_core::{Grant, Language, Pattern};
use tower::ServiceExt as _;

use serde_json::{Value, json};

use super::Server;
use crate::catalogue;
use crate::routes::{Access, table};
use crate::store::Change;
use permgate_axum::Require;

/// An address of a route whose parameters name nothing that exists.
fn address(path: &str) -> String {
    path.replace("{id}", "999999").replace("{name}", "nobody")
}

fn body(method: &str) -> Value {
    if ["POST", "PUT"].contains(&method) { json!({}) } else { Value::Null }
}

#[test]
fn every_permission_of_the_catalogue_guards_a_route_and_only_sign_in_and_out_are_public() {
    let table = table(Language::default());
    let needed: BTreeSet<_> = table
        .iter()
        .filter_map(|route| match &route.access {
            Access::Needs(requirement) => Some(requirement.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(needed, catalogue::permissions().collect());
    let open = table.iter().filter(|route| route.access == Access::Public);
    let open: Vec<_> = open.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(open, ["POST /api/session", "DELETE /api/session"]);
    // Records that can be changed can be read one by one, too.
    let edits = catalogue::permissions().filter(|name| name.ends_with(":edit")).count();
    assert_eq!(table.len(), 30 + catalogue::permissions().count() + edits);
}

#[tokio::test]
async fn every_route_except_sign_in_and_out_refuses_anonymous_requests() {
    let server = Server::start();
    for route in
        table(Language::default()).into_iter().filter(|route| route.access != Access::Public)
    {
        let method = route.method.as_str();
        let answer = server.call("", method, &address(&route.path), body(method)).await;
        answer.assert_problem(401, "unauthenticated");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{}", route.path);
        assert_eq!(answer.header("permissions-version"), "");
    }
}

#[tokio::test]
async fn every_route_admits_exactly_the_users_with_its_permission() {
    let server = Server::start();
    let token = server.token("alan").await;
    server.change(&Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() });
    for route in table(Language::default()) {
        let Access::Needs(requirement) = route.access else { continue };
        let pattern = Pattern::parse(&requirement).unwrap();
        let everything = Grant::allow(Pattern::parse("*").unwrap());
        let (method, path) = (route.method.as_str(), address(&route.path));

        let grants = vec![everything, Grant::deny(pattern.clone())];
        server.change(&Change::SetUserGrants { id: "u-5".into(), grants });
        let answer = server.call(&token, method, &path, body(method)).await;
        answer.assert_problem(403, "forbidden");
        assert_eq!(answer.body["required"], requirement);
        let header = format!("{};sub=\"u-5\"", answer.body["permissions_version"]);
        assert_eq!(answer.header("permissions-version"), header, "{method} {path}");

        server.change(&Change::SetUserGrants { id: "u-5".into(), grants: Vec::new() });
        let answer = server.call(&token, method, &path, body(method)).await;
        answer.assert_problem(403, "forbidden");

        server.change(&Change::SetUserGrants {
            id: "u-5".into(),
            grants: vec![Grant::allow(pattern)],
        });
        let answer = server.call(&token, method, &path, body(method)).await;
        assert!(![401, 403].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_removed_subject_is_refused() {
    let server = Server::start();
    let token = server.token("alan").await;
    server.change(&Change::RemoveUser { id: "u-5".into() });
    server.get(&token, "/api/me/permissions").await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_require_layer_without_an_identify_layer_admits_no_request() {
    let require = Require::new("invoice:view").unwrap();
    let app = Router::new().route("/", get(async || "secret").route_layer(require));
    let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(
        Require::new("invoice:view invoice:edit").is_err(),
        "a requirement that does not parse makes no layer"
    );
}
