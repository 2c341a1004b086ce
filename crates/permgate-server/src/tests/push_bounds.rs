//! The bound of the number of streams, and that many streams do not delay other requests (F56).

use std::time::Duration;

use serde_json::json;

use super::{Events, Server, quick};
use crate::Config;
use crate::store::Change;

async fn opened(server: &Server, subject: &str) -> Events {
    let mut events = server.events_by_token(&server.minted(subject)).await;
    assert_eq!(events.next().await.unwrap().0, "version");
    events
}

#[tokio::test(start_paused = true)]
async fn f56_a_stream_beyond_the_bound_is_refused_until_another_ends() {
    let all = Config { max_streams: 2, ..quick() };
    let each = Config { max_streams_per_subject: 2, ..quick() };
    for (config, others_get_in) in [(all, false), (each, true)] {
        let server = Server::with(config);
        let token = server.minted("u-5");
        let first = opened(&server, "u-5").await;
        let _second = opened(&server, "u-5").await;
        for path in ["/api/me/permissions/events", "/api/me/permissions?wait=25&version=1"] {
            let answer = server.get(&token, path).await;
            answer.assert_problem(503, "too-many-streams");
            let seconds: u64 = answer.header("retry-after").parse().unwrap();
            assert!((5..=15).contains(&seconds), "{seconds}");
        }
        let other = server.minted("u-2");
        let answer = server.get(&other, "/api/me/permissions?wait=1&version=1").await;
        assert_eq!(answer.status, if others_get_in { 204 } else { 503 });
        // Requests that do not wait need no place.
        for path in ["/api/me/permissions", "/api/me/permissions?wait=25&version=9"] {
            assert_eq!(server.get(&token, path).await.status, 200);
        }
        drop(first);
        opened(&server, "u-5").await;
        assert_eq!(server.state.backend().streams().open(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn f30_streams_that_are_refused_get_different_times_to_try_again() {
    let server = Server::with(Config { max_streams: 0, ..quick() });
    let token = server.minted("u-5");
    let mut seconds = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let answer = server.get(&token, "/api/me/permissions/events").await;
        seconds.insert(answer.header("retry-after").parse::<u64>().unwrap());
    }
    assert_eq!(seconds, (5..=15).collect());
}

#[tokio::test]
async fn f56_a_thousand_idle_streams_delay_no_request_and_get_their_changes() {
    let server = Server::with(Config { max_streams_per_subject: 500, ..quick() });
    let mut streams = Vec::new();
    for number in 0..1000 {
        streams.push(opened(&server, if number % 2 == 0 { "u-2" } else { "u-5" }).await);
    }
    assert_eq!(server.state.backend().streams().open(), 1000);
    // Far less than the 30 s after which a request is given up.
    let served = async {
        let token = server.token("ada").await;
        for _ in 0..20 {
            assert_eq!(server.get(&token, "/api/admin/users").await.status, 200);
        }
        let body = json!({ "roles": ["warehouse"] });
        let answer = server.call(&token, "PUT", "/api/admin/users/u-5/roles", body).await;
        assert_eq!(answer.status, 200);
    };
    tokio::time::timeout(Duration::from_secs(20), served).await.unwrap();
    for events in streams.iter_mut().skip(1).step_by(2) {
        assert_eq!(events.next().await.unwrap().1["version"], 2);
    }
    server.announced(Change::SetUserRoles { id: "u-2".into(), roles: Vec::new() }).await;
    for events in streams.iter_mut().step_by(2) {
        assert_eq!(events.next().await.unwrap().1["version"], 2);
    }
    drop(streams);
    assert_eq!(server.state.backend().streams().open(), 0);
}
