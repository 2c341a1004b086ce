//! The answers for a supervisor and a load balancer.

use super::{Server, quick};
use crate::Config;

#[tokio::test]
async fn a_server_is_healthy_and_ready_until_it_is_about_to_stop() {
    // The server also serves pages, whose router answers every address.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "home").unwrap();
    let server = Server::with(Config { www: Some(folder.path().into()), ..quick() });
    for (path, expected) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = server.get("", path).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &expected.into()), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    server.state.stop();
    assert_eq!(server.get("", "/healthz").await.status, 200);
    assert_eq!(server.get("", "/readyz").await.status, 503);
}

#[tokio::test]
async fn a_server_whose_database_cannot_be_read_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let server = Server::in_file(&path);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("ALTER TABLE user RENAME TO user_of_another_program").unwrap();
    assert_eq!(server.get("", "/healthz").await.status, 200);
    assert_eq!(server.get("", "/readyz").await.status, 503);
}
