//! The metrics for Prometheus: which clients may read them, and that they count.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::{Answer, Server};
use crate::sign_in::Connected;

/// Requests the metrics from an address, with a header.
async fn ask(server: &Server, from: Option<&str>, header: (&str, &str)) -> Answer {
    let request = Request::get("/metrics").header(header.0, header.1).body(Body::empty());
    let mut request = request.unwrap();
    if let Some(from) = from {
        request.extensions_mut().insert(Connected(from.parse().unwrap()));
    }
    server.send(request).await
}

const PLAIN: (&str, &str) = ("accept", "*/*");

async fn number(server: &Server, name: &str) -> u64 {
    let answer = ask(server, Some("127.0.0.1"), PLAIN).await;
    let text = answer.body.as_str().unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("no `{name}` in {text}")).parse().unwrap()
}

#[tokio::test]
async fn the_metrics_are_served_to_the_same_machine_only() {
    let server = Server::start();
    for from in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        let answer = ask(&server, Some(from), PLAIN).await;
        assert_eq!(answer.status, 200, "{from}");
        assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.body.as_str().unwrap().ends_with("# EOF\n"));
    }
    for from in [Some("10.0.0.7"), Some("192.0.2.1"), Some("2001:db8::1"), None] {
        assert_eq!(ask(&server, from, PLAIN).await.status, 404, "{from:?}");
    }
    // A proxy on the same machine passes on requests from elsewhere.
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "via"] {
        let answer = ask(&server, Some("127.0.0.1"), (name, "127.0.0.1")).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[tokio::test]
async fn sign_ins_streams_and_requests_are_counted() {
    let server = Server::start();
    let count = async |result: &str| {
        number(&server, &format!("permgate_sign_ins_total{{result=\"{result}\"}}")).await
    };
    let token = server.token("ada").await;
    for number in 0..11 {
        let body = json!({ "username": "grace", "password": "wrong", "mode": "token" });
        let answer = server.call("", "POST", "/api/session", body).await;
        assert_eq!(answer.status, if number < 10 { 401 } else { 429 });
    }
    let counts = (count("succeeded").await, count("failed").await, count("refused").await);
    assert_eq!(counts, (1, 10, 1));
    assert_eq!(number(&server, "permgate_streams").await, 0);
    let mut events = server.events_by_token(&token).await;
    events.next().await;
    assert_eq!(number(&server, "permgate_streams").await, 1);
    assert_eq!(number(&server, "permgate_writes_waiting").await, 0);
    assert_eq!(number(&server, "permgate_sign_ins_waiting").await, 0);
    let before = number(&server, "permgate_http_request_seconds_count").await;
    server.get(&token, "/api/me/permissions").await;
    // A long poll is not counted: it takes as long as it was asked to.
    server.get(&token, "/api/me/permissions?wait=1&version=0").await;
    assert_eq!(number(&server, "permgate_http_request_seconds_count").await, before + 1);
}
