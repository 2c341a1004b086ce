//! Lost updates (F71): a change names the revision that its author saw.

use axum::body::Body;
use axum::http::Request;
use permgate_core::{Grant, Pattern};
use serde_json::{Value, json};

use super::{Answer, Server};
use crate::store::Change;

/// Sends a request with these headers and a JSON body, unless it is null.
async fn send(
    server: &Server,
    token: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    request = request.header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Value::Null => Body::empty(),
        body => {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        }
    };
    server.send(request.body(body).unwrap()).await
}

/// Every change of an existing resource, with the address to read it and a valid body.
fn changes(server: &Server) -> Vec<(&'static str, String, String, Value)> {
    let id = server.state.store().records("invoice").unwrap()[0].id;
    let record = format!("/api/pages/invoice/records/{id}");
    let (alan, staff) = ("/api/admin/users/u-5".to_owned(), "/api/admin/roles/staff".to_owned());
    let content = json!({ "title": "Staff", "permissions": ["task:*"] });
    vec![
        ("PUT", record.clone(), record.clone(), json!({ "title": "x" })),
        ("DELETE", record.clone(), record, Value::Null),
        ("PUT", format!("{alan}/roles"), alan.clone(), json!({ "roles": ["sales"] })),
        ("PUT", format!("{alan}/grants"), alan.clone(), json!({ "grants": [] })),
        ("DELETE", alan.clone(), alan, Value::Null),
        ("PUT", staff.clone(), staff.clone(), content),
        ("DELETE", staff.clone(), staff, Value::Null),
    ]
}

#[tokio::test]
async fn f71_a_change_without_a_revision_is_refused_and_one_with_the_current_revision_is_made() {
    let count = changes(&Server::start()).len();
    for index in 0..count {
        let server = Server::start();
        let token = server.token("ada").await;
        let (method, path, look, body) = changes(&server).swap_remove(index);
        let current = server.get(&token, &look).await;
        let tag = current.header("etag");
        assert!(tag.starts_with('"'), "{look}: a strong tag");
        assert_eq!(current.body.get("etag").unwrap(), tag, "{look}");

        let answer = send(&server, &token, method, &path, &[], body.clone()).await;
        answer.assert_problem(428, "precondition-required");
        for wrong in ["\"0\"", "W/\"1\"", "\"x\"", &format!("W/{tag}")] {
            let headers = [("if-match", wrong)];
            let answer = send(&server, &token, method, &path, &headers, body.clone()).await;
            answer.assert_problem(412, "changed-meanwhile");
            assert_eq!(answer.body["current"], current.body, "{path}");
            assert_eq!(answer.header("etag"), tag);
        }
        assert_eq!(server.get(&token, &look).await.body, current.body, "nothing was changed");

        let several = format!("\"0\", {tag}");
        let headers = [("if-match", several.as_str())];
        let answer = send(&server, &token, method, &path, &headers, body.clone()).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.body);
        let after = server.get(&token, &look).await;
        if method == "PUT" {
            assert_ne!(after.header("etag"), tag);
            assert_eq!(answer.header("etag"), after.header("etag"));
        } else {
            assert_eq!(after.status, 404);
        }
        // The tag is no longer current.
        let answer = send(&server, &token, method, &path, &headers, body).await;
        let expected = if method == "PUT" { 412 } else { 404 };
        assert_eq!(answer.status, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn f71_a_list_that_is_saved_late_does_not_undo_a_revocation() {
    let server = Server::start();
    let token = server.token("ada").await;
    let path = "/api/admin/users/u-5";
    let current = server.get(&token, path).await;
    let stale = [("if-match", current.header("etag"))];
    let deny = Grant::deny(Pattern::parse("task:*").unwrap());
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants: vec![deny] });
    let body = json!({ "grants": [{ "permission": "task:delete", "effect": "allow" }] });
    let path = format!("{path}/grants");
    let answer = send(&server, &token, "PUT", &path, &stale, body.clone()).await;
    answer.assert_problem(412, "changed-meanwhile");
    let denied = json!([{ "permission": "task:*", "effect": "deny" }]);
    assert_eq!(answer.body["current"]["grants"], denied);
    // After reading the current state, the author decides again.
    let fresh = [("if-match", answer.header("etag"))];
    assert_eq!(send(&server, &token, "PUT", &path, &fresh, body).await.status, 200);
}

#[tokio::test]
async fn removing_a_role_changes_the_revisions_of_its_members_and_a_new_role_has_another_one() {
    let server = Server::start();
    let token = server.token("ada").await;
    let tag = async |path: &str| server.get(&token, path).await.header("etag").to_owned();
    let (alan, staff) = ("/api/admin/users/u-5", "/api/admin/roles/staff");
    let (before, old) = (tag(alan).await, tag(staff).await);
    // New content of the role changes Alan's permissions, but nothing that saving a list of his
    // would undo.
    let content = json!({ "title": "Staff", "permissions": [] });
    assert_eq!(server.call(&token, "PUT", staff, content).await.status, 200);
    assert_eq!(tag(alan).await, before);
    assert_eq!(server.call(&token, "DELETE", staff, Value::Null).await.status, 200);
    assert_ne!(tag(alan).await, before);
    let new = json!({ "name": "staff", "title": "Staff", "permissions": [] });
    let made = server.call(&token, "POST", "/api/admin/roles", new).await;
    assert_eq!(made.status, 201);
    assert_ne!(made.header("etag"), old);
}

#[tokio::test]
async fn the_current_state_in_a_conflict_is_shown_only_to_users_who_may_see_it() {
    let server = Server::start();
    server.change(&Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() });
    let grants =
        ["user:edit", "invoice:edit"].map(|name| Grant::allow(Pattern::parse(name).unwrap()));
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants: grants.into() });
    let token = server.token("alan").await;
    let id = server.state.store().records("invoice").unwrap()[0].id;
    for (path, body) in [
        ("/api/admin/users/u-5/roles".to_owned(), json!({ "roles": [] })),
        (format!("/api/pages/invoice/records/{id}"), json!({ "title": "x" })),
    ] {
        let answer = send(&server, &token, "PUT", &path, &[("if-match", "\"0\"")], body).await;
        answer.assert_problem(412, "changed-meanwhile");
        assert_eq!(answer.body.get("current"), None, "{path}");
        assert_eq!(answer.header("etag"), "");
    }
}

#[tokio::test]
async fn lists_of_users_come_in_pages_with_the_tag_of_each() {
    let server = Server::start();
    let token = server.token("ada").await;
    let mut names = Vec::new();
    let mut next = Some("/api/admin/users?limit=2".to_owned());
    while let Some(path) = next {
        let answer = server.get(&token, &path).await;
        let users = answer.body.as_array().unwrap();
        assert!(users.len() <= 2);
        for user in users {
            let path = format!("/api/admin/users/{}", user["id"].as_str().unwrap());
            assert_eq!(&server.get(&token, &path).await.body, user);
            names.push(user["username"].as_str().unwrap().to_owned());
        }
        let link = answer.header("link");
        let link = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
        next = link.map(str::to_owned);
    }
    assert_eq!(names, ["ada", "alan", "grace", "linus", "margaret"]);
    assert_eq!(server.get(&token, "/api/admin/users").await.header("link"), "", "all fit");
    for query in ["limit=0", "limit=501", "limit=x", "limit=1&limit=2"] {
        let answer = server.get(&token, &format!("/api/admin/users?{query}")).await;
        answer.assert_problem(400, "invalid-query");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_send_and_read_revisions() {
    let origin = "https://app.example";
    let config = crate::Config { origins: vec![origin.into()], ..super::quick() };
    let server = Server::with(config);
    let preflight = Request::builder()
        .method("OPTIONS")
        .uri("/api/admin/users/u-5/roles")
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "if-match")
        .body(Body::empty());
    let answer = server.send(preflight.unwrap()).await;
    assert!(answer.header("access-control-allow-headers").contains("if-match"));
    let request = Request::get("/api/session").header("origin", origin).body(Body::empty());
    let exposed = server.send(request.unwrap()).await;
    let exposed = exposed.header("access-control-expose-headers").to_owned();
    assert!(exposed.contains("etag") && exposed.contains("link"), "{exposed}");
}
