//! What is in the file stays in the file, and what makes no sense in it fails closed.

use std::time::Duration;

use permgate_core::Language;
use rusqlite::Connection;

use super::{Change, Session, SqliteStore, Store, StoreError};
use crate::clock::Timestamp;
use crate::password::PasswordCost;
use crate::seed;

const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn file() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    (folder, path)
}

fn planted(path: &std::path::Path) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    assert!(
        store.plant(&seed::demo(NOW, PasswordCost::LEAST, Language::default()).unwrap()).unwrap()
    );
    store
}

#[test]
fn everything_is_there_after_the_file_is_opened_again() {
    let (_folder, path) = file();
    let store = planted(&path);
    let session = Session {
        digest: [1; 32],
        subject: "u-2".into(),
        expires_at: NOW.plus(Duration::from_secs(9)),
    };
    store.open_session(&session, NOW).unwrap();
    let change = Change::SetUserRoles { id: "u-5".into(), roles: vec!["sales".into()] };
    store.administer("u-1", &change).unwrap();
    let read = |store: &SqliteStore| {
        (
            store.signing_key().unwrap(),
            store.users().unwrap(),
            store.roles().unwrap(),
            store.records("invoice").unwrap(),
            store.session(&[1; 32], NOW).unwrap(),
            store.standing("u-5").unwrap(),
        )
    };
    let before = read(&store);
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(read(&store), before);
    assert_eq!(before.4, Some(session));
    assert!(
        !store.plant(&seed::demo(NOW, PasswordCost::LEAST, Language::default()).unwrap()).unwrap(),
        "only once"
    );
    assert_eq!(read(&store), before);
}

#[test]
fn two_stores_have_two_keys() {
    let key = || SqliteStore::in_memory().unwrap().signing_key().unwrap();
    assert_ne!(key(), key());
}

#[test]
fn a_session_is_over_at_its_end_and_then_forgotten() {
    let store = SqliteStore::in_memory().unwrap();
    store.plant(&seed::demo(NOW, PasswordCost::LEAST, Language::default()).unwrap()).unwrap();
    let end = NOW.plus(Duration::from_secs(1));
    let session = |digest| Session { digest, subject: "u-2".into(), expires_at: end };
    store.open_session(&session([1; 32]), NOW).unwrap();
    assert!(store.session(&[1; 32], NOW).unwrap().is_some());
    assert!(store.session(&[1; 32], end).unwrap().is_none());
    store.open_session(&session([2; 32]), end).unwrap();
    assert!(store.session(&[1; 32], NOW).unwrap().is_none(), "swept");
    assert_eq!(store.close_session(&[2; 32]).unwrap().as_deref(), Some("u-2"));
    assert_eq!(store.close_session(&[2; 32]).unwrap(), None);
    assert!(store.session(&[2; 32], NOW).unwrap().is_none());
}

#[test]
fn a_revoked_token_stays_so_after_a_restart_and_is_forgotten_once_it_has_expired() {
    let (_folder, path) = file();
    let end = NOW.plus(Duration::from_secs(1));
    let store = planted(&path);
    store.revoke_token(&[1; 32], end, NOW).unwrap();
    store.revoke_token(&[1; 32], end, NOW).unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert!(store.is_token_revoked(&[1; 32]).unwrap());
    assert!(!store.is_token_revoked(&[2; 32]).unwrap());
    store.revoke_token(&[2; 32], end.plus(Duration::from_secs(1)), end).unwrap();
    assert!(!store.is_token_revoked(&[1; 32]).unwrap(), "swept");
    assert!(store.is_token_revoked(&[2; 32]).unwrap());
}

#[test]
fn a_database_of_an_older_program_is_brought_up_to_date() {
    let (_folder, path) = file();
    drop(planted(&path));
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("DROP TABLE revoked_token; PRAGMA user_version = 1").unwrap();
    drop(raw);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.users().unwrap().len(), 5);
    store.revoke_token(&[1; 32], NOW.plus(Duration::from_secs(1)), NOW).unwrap();
}

#[test]
fn readers_see_what_was_written_before() {
    let (_folder, path) = file();
    let store = planted(&path);
    for round in 2..50 {
        let roles = if round % 2 == 0 { vec!["sales".into()] } else { Vec::new() };
        store.administer("u-1", &Change::SetUserRoles { id: "u-5".into(), roles }).unwrap();
        assert_eq!(store.standing("u-5").unwrap().unwrap().version, round);
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = file();
    let _store = planted(&path);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn a_grant_that_cannot_be_read_fails_the_whole_set_rather_than_lose_a_deny() {
    let (_folder, path) = file();
    let store = planted(&path);
    let raw = Connection::open(&path).unwrap();
    raw.execute("UPDATE user_grant SET pattern = 'inv*' WHERE user_id = 2", []).unwrap_err();
    raw.execute("DELETE FROM user_grant WHERE user_id = 2", []).unwrap();
    let damage = "INSERT INTO user_grant (user_id, pattern, effect) VALUES (2, 'inv*', 'deny')";
    raw.execute(damage, []).unwrap();
    assert!(matches!(store.standing("u-2"), Err(StoreError::Corrupt(_))));
    assert!(store.standing("u-1").is_ok());
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let (_folder, path) = file();
    drop(planted(&path));
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 999).unwrap();
    drop(raw);
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::TooNew(999))));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let (_folder, path) = file();
    std::fs::write(&path, "not a database, but long enough to be read as the header of one")
        .unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Database(_))));
}
