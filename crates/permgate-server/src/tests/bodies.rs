//! Invalid requests: each is answered with a problem that names the place and says what to do.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::{Answer, Server};
use crate::MAX_BODY_BYTES;

async fn send(server: &Server, token: &str, target: &str, kind: &str, body: String) -> Answer {
    let (method, path) = target.split_once(' ').unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", kind)
        .header("if-match", "*");
    server.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn an_invalid_body_is_refused_with_its_path_and_advice() {
    let server = Server::start();
    let token = server.token("ada").await;
    let (session, roles, grants) =
        ("POST /api/session", "PUT /api/admin/users/u-5/roles", "PUT /api/admin/users/u-5/grants");
    let (role, users) = ("PUT /api/admin/roles/staff", "POST /api/admin/users");
    let record = "POST /api/pages/invoice/records";
    for (target, body, path, advice) in [
        (session, "", "body", "send for example {\"username\""),
        (session, "{", "body", "EOF"),
        (session, "[]", "body", "expected an object"),
        (session, "<html>", "body", "expected value"),
        (session, "{\"username\":1}", "username", "expected a string"),
        (session, "{\"username\":\"a\"}", "body", "missing field `password`"),
        (
            session,
            "{\"username\":\"a\",\"password\":\"b\",\"mode\":\"x\"}",
            "mode",
            "`token` or `cookie`",
        ),
        (session, "{\"username\":\"a\",\"username\":\"b\"}", "body", "duplicate field"),
        (session, "{\"username\":\"a\",\"password\":\"b\"} x", "body", "trailing characters"),
        (roles, "{\"roles\":\"staff\"}", "roles", "expected a sequence"),
        (roles, "{\"roles\":[\"staff\",7]}", "roles[1]", "expected a string"),
        (roles, "{\"roles\":[\"nobody\"]}", "roles", "there is no role `nobody`"),
        (roles, "{\"role\":[]}", "role", "expected `roles`"),
        (
            grants,
            "{\"grants\":[{\"permission\":\"inv*\",\"effect\":\"allow\"}]}",
            "grants[0].permission",
            "whole segment",
        ),
        (
            grants,
            "{\"grants\":[{\"permission\":\"\",\"effect\":\"allow\"}]}",
            "grants[0].permission",
            "empty",
        ),
        (
            grants,
            "{\"grants\":[{\"permission\":\"invoice:edti\",\"effect\":\"deny\"}]}",
            "grants[0].permission",
            "covers no existing permission",
        ),
        (
            grants,
            "{\"grants\":[{\"permission\":\"*\",\"effect\":\"maybe\"}]}",
            "grants[0].effect",
            "`allow` or `deny`",
        ),
        (
            grants,
            "{\"grants\":[{\"permission\":\"*\",\"effect\":\"deny\",\"resource\":\"\"}]}",
            "grants[0].resource",
            "leave it out",
        ),
        (role, "{\"title\":\" \",\"permissions\":[]}", "title", "one line"),
        (
            role,
            "{\"title\":\"x\",\"permissions\":[\"*\",\"a b c\"]}",
            "permissions[1]",
            "covers no existing permission",
        ),
        (
            users,
            "{\"username\":\"Ada\",\"name\":\"x\",\"password\":\"12345678\"}",
            "username",
            "start with a letter",
        ),
        (
            users,
            "{\"username\":\"x\",\"name\":\"x\",\"password\":\"1234567\"}",
            "password",
            "at least 8",
        ),
        (record, "{\"title\":\"\"}", "title", "empty"),
        (record, "{\"title\":\"x\",\"amount\":1.5}", "amount", "expected i64"),
        (record, "{\"title\":\"x\",\"amount\":1000000000001}", "amount", "write cents"),
        (record, "{\"title\":\"x\",\"status\":\"\"}", "status", "empty"),
    ] {
        let answer = send(&server, &token, target, "application/json", body.into()).await;
        answer.assert_problem(400, "invalid-body");
        assert_eq!(answer.body["path"], path, "{target} {body}: {}", answer.body);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(advice), "{target} {body}: {detail}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_or_too_large_is_refused() {
    let server = Server::start();
    let token = server.token("ada").await;
    let target = "POST /api/me/decisions";
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        send(&server, &token, target, kind, "{}".into()).await.assert_problem(415, "not-json");
    }
    let json = "application/json; charset=utf-8";
    let padded = |length: usize| {
        let body = json!({ "requirements": [] }).to_string();
        let padding = " ".repeat(length - body.len());
        body + &padding
    };
    let answer = send(&server, &token, target, json, padded(MAX_BODY_BYTES)).await;
    assert_eq!(answer.status, 200);
    let answer = send(&server, &token, target, json, padded(MAX_BODY_BYTES + 1)).await;
    answer.assert_problem(413, "body-too-large");
}

#[tokio::test]
async fn an_unknown_address_of_the_api_is_answered_with_a_problem_document() {
    let server = Server::start();
    let token = server.token("ada").await;
    for path in ["/api", "/api/", "/api/nothing", "/api/pages/nothing/records", "/api/session/x"] {
        for token in ["", token.as_str()] {
            let answer = server.get(token, path).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            answer.assert_problem(404, "not-found");
        }
    }
    let of_pages = server.get(&token, "/apis").await;
    assert_eq!((of_pages.status.as_u16(), of_pages.header("cache-control")), (404, ""));
}

#[tokio::test]
async fn another_site_cannot_make_a_browser_change_anything() {
    let server = Server::start();
    for (name, value, expected) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 204),
        ("origin", "https://evil.example", 403),
        ("x", "x", 204),
    ] {
        let request =
            Request::delete("/api/session").header("host", "demo.example").header(name, value);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, expected, "{name}: {value}");
        if expected == 403 {
            answer.assert_problem(403, "cross-origin");
            assert_eq!(answer.body["required"], Value::Null);
        }
    }
}
