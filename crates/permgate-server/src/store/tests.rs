//! The database file: its content is kept, and content that cannot be read grants nothing.

use std::time::Duration;

use permgate_core::Language;
use rusqlite::Connection;

use super::audit::{Act, Wanted};
use super::{
    Accounts as _, Audit as _, Author, Change, IfMatch, Keys as _, PasswordChange, RecordFields,
    Records as _, Rights as _, Session, Sessions as _, SqliteStore, StoreError, TokenMark, schema,
    trail,
};
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

/// A session of Grace.
fn session(digest: [u8; 32], expires_at: Timestamp) -> Session {
    let (id, agent) = (format!("{digest:?}"), "Firefox".to_owned());
    let subject = "u-2".to_owned();
    Session { digest, id, subject, created_at: NOW, seen_at: NOW, agent, expires_at }
}

#[test]
fn a_file_that_is_opened_again_has_all_its_content() {
    let (_folder, path) = file();
    let store = planted(&path);
    let session = session([1; 32], NOW.plus(Duration::from_secs(9)));
    store.open_session(&session, NOW).unwrap();
    let change = Change::SetUserRoles { id: "u-5".into(), roles: vec!["sales".into()] };
    store.administer("u-1", &change).unwrap();
    let read = |store: &SqliteStore| {
        (
            (store.signing_keys().unwrap(), store.root_key().unwrap()),
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
fn each_store_has_its_own_keys() {
    let key = || SqliteStore::in_memory().unwrap().signing_keys().unwrap();
    assert_ne!(key(), key());
}

#[test]
fn a_session_that_has_expired_is_refused_and_then_deleted() {
    let store = SqliteStore::in_memory().unwrap();
    store.plant(&seed::demo(NOW, PasswordCost::LEAST, Language::default()).unwrap()).unwrap();
    let end = NOW.plus(Duration::from_secs(1));
    let session = |digest| session(digest, end);
    store.open_session(&session([1; 32]), NOW).unwrap();
    assert!(store.session(&[1; 32], NOW).unwrap().is_some());
    assert!(store.session(&[1; 32], end).unwrap().is_none());
    store.open_session(&session([2; 32]), end).unwrap();
    assert!(store.session(&[1; 32], NOW).unwrap().is_none(), "deleted");
    assert_eq!(store.close_session(&[2; 32], NOW).unwrap().as_deref(), Some("u-2"));
    assert_eq!(store.close_session(&[2; 32], NOW).unwrap(), None);
    assert!(store.session(&[2; 32], NOW).unwrap().is_none());
}

#[test]
fn a_password_is_changed_only_while_its_hash_is_the_one_that_was_verified() {
    let (_folder, path) = file();
    let store = planted(&path);
    let hash = || store.account("grace").unwrap().unwrap().password_hash;
    let change = |old_hash: &str| PasswordChange {
        subject: "u-2".into(),
        old_hash: old_hash.into(),
        new_hash: "new".into(),
        but: None,
    };
    let verified = hash();
    assert!(!store.change_password(&change("of another moment"), NOW).unwrap());
    assert_eq!(hash(), verified);
    assert!(store.change_password(&change(&verified), NOW).unwrap());
    assert_eq!(hash(), "new");
    assert!(
        !store.change_password(&change(&verified), NOW).unwrap(),
        "another change that was verified at the same time won"
    );
}

#[test]
fn a_revoked_token_stays_revoked_after_a_restart_and_after_it_is_forgotten() {
    let (_folder, path) = file();
    let end = NOW.plus(Duration::from_secs(1));
    let store = planted(&path);
    store.revoke_token(&[1; 32], "u-1", 0, end, NOW).unwrap();
    store.revoke_token(&[1; 32], "u-1", 0, end, NOW).unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let mark = TokenMark::default();
    let is_good =
        |digest, end| store.token_version(&[digest; 32], "u-2", mark, end).unwrap().is_some();
    assert!(!is_good(1, end));
    assert!(is_good(2, end));
    let later = end.plus(Duration::from_secs(1));
    store.revoke_token(&[2; 32], "u-1", 0, later, end).unwrap();
    let raw = Connection::open(&path).unwrap();
    let held: u64 =
        raw.query_row("SELECT count(*) FROM revoked_token", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 1, "swept");
    assert!(!is_good(1, end) && !is_good(2, later));
    assert!(is_good(3, later), "it ends after the forgotten tokens");
    assert!(!is_good(3, end), "it may be a forgotten token");
    let next = TokenMark { epoch: 1, ..mark };
    assert!(
        store.token_version(&[3; 32], "u-2", next, end).unwrap().is_some(),
        "it was made afterwards"
    );
    assert!(
        store.token_version(&[3; 32], "u-9", mark, later).unwrap().is_none(),
        "there is no such subject"
    );
}

#[test]
fn f72_a_new_token_that_would_be_taken_for_a_forgotten_one_begins_a_new_epoch() {
    let store = SqliteStore::in_memory().unwrap();
    store.plant(&seed::demo(NOW, PasswordCost::LEAST, Language::default()).unwrap()).unwrap();
    let at = |seconds| NOW.plus(Duration::from_secs(seconds));
    let epoch = |end| store.token_mark("u-2", end).unwrap().unwrap().epoch;
    assert_eq!(store.token_mark("u-9", at(5)).unwrap(), None);
    assert_eq!(epoch(at(5)), 0);
    store.revoke_token(&[1; 32], "u-1", 0, at(5), at(0)).unwrap();
    store.revoke_token(&[2; 32], "u-1", 0, at(9), at(6)).unwrap();
    assert_eq!(epoch(at(6)), 0);
    assert_eq!((epoch(at(5)), epoch(at(5)), epoch(at(6))), (1, 1, 1));
    // The mark of forgotten tokens counts only in their epoch, and there for good.
    store.revoke_token(&[3; 32], "u-1", 1, at(3), at(10)).unwrap();
    store.revoke_token(&[4; 32], "u-1", 1, at(20), at(10)).unwrap();
    let is_good = |epoch, end| {
        let mark = TokenMark { epoch, generation: 0 };
        store.token_version(&[7; 32], "u-2", mark, end).unwrap().is_some()
    };
    assert!(!is_good(0, at(9)) && is_good(0, at(10)));
    assert!(!is_good(1, at(3)) && is_good(1, at(4)));
}

#[test]
fn a_database_of_an_older_program_is_migrated() {
    let (_folder, path) = file();
    let raw = Connection::open(&path).unwrap();
    let (first, _) = schema::STEPS.split_first().unwrap();
    raw.execute_batch(first).unwrap();
    raw.execute_batch(
        "INSERT INTO user (username, name, password_hash) VALUES ('ada', 'Ada', ''), ('bob', 'Bob', '');
         INSERT INTO session (digest, user_id, expires_ms) VALUES (zeroblob(32), 2, 4102444800000);
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(raw);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.users().unwrap().len(), 2);
    assert_eq!(
        store.sessions("u-2", NOW).unwrap()[0].id.len(),
        32,
        "the old session has an id, so that it can be ended"
    );
    store.revoke_token(&[1; 32], "u-1", 0, NOW.plus(Duration::from_secs(1)), NOW).unwrap();
}

#[test]
fn readers_see_all_earlier_writes() {
    let (_folder, path) = file();
    let store = planted(&path);
    for round in 2..50 {
        let roles = if round % 2 == 0 { vec!["sales".into()] } else { Vec::new() };
        store.administer("u-1", &Change::SetUserRoles { id: "u-5".into(), roles }).unwrap();
        assert_eq!(store.standing("u-5").unwrap().unwrap().version, round);
    }
}

/// Only the owner may read and write each file in the folder.
#[cfg(unix)]
fn is_private(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    let (folder, path) = file();
    let _store = planted(&path);
    is_private(folder.path());
}

#[cfg(unix)]
#[test]
fn a_file_that_others_could_read_is_made_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = file();
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _store = planted(&path);
    is_private(folder.path());
}

#[cfg(unix)]
#[test]
fn f72_two_names_of_one_file_are_one_database() {
    let (folder, path) = file();
    let other = folder.path().join("other.sqlite3");
    let _store = planted(&path);
    std::os::unix::fs::symlink(&path, &other).unwrap();
    assert!(matches!(SqliteStore::open(&other), Err(StoreError::InUse(_))));
}

#[test]
fn f72_of_several_first_starts_at_once_one_serves_and_the_others_are_refused() {
    let (_folder, path) = file();
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || SqliteStore::open(&path))
        })
        .collect();
    let starts: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
    let opened = starts.iter().filter(|start| start.is_ok()).count();
    assert_eq!(opened, 1);
    for start in &starts {
        assert!(matches!(start, Ok(_) | Err(StoreError::InUse(_))), "{start:?}");
    }
}

#[test]
fn a_change_of_a_role_is_computed_once_for_members_with_the_same_rights() {
    let store = SqliteStore::in_memory().unwrap();
    let demo = seed::demo(NOW, PasswordCost::LEAST, Language::default()).unwrap();
    let (roles, alan) = (demo.roles, demo.users[4].clone());
    let ada = demo.users[0].clone();
    let crowd = (0..8000).map(|number| seed::SeedUser {
        username: format!("member-{number}"),
        grants: if number % 2 == 0 { Vec::new() } else { demo.users[2].grants.clone() },
        ..alan.clone()
    });
    let users = std::iter::once(ada).chain(crowd).collect();
    store.plant(&seed::Seed { roles, users, records: Vec::new() }).unwrap();
    assert_eq!(store.groups_of("staff").unwrap(), [4000, 4000]);
    let change = Change::SetRole { name: "staff".into(), title: "S".into(), permissions: vec![] };
    let applied = store.administer("u-1", &change).unwrap();
    assert_eq!(applied.affected.len(), 8000);
    for affected in [&applied.affected[0], &applied.affected[7999]] {
        assert_eq!(affected.version, 2);
        assert!(affected.revoked.contains(&"task:view".to_owned()));
    }
    assert_eq!(store.standing("u-2").unwrap().unwrap().version, 2);
}

#[test]
fn a_grant_that_cannot_be_read_fails_the_whole_set() {
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
fn a_database_of_a_newer_program_is_refused_and_left_unchanged() {
    let (_folder, path) = file();
    drop(planted(&path));
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 999).unwrap();
    drop(raw);
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::TooNew(999))));
}

#[test]
fn a_file_that_is_not_a_database_is_refused() {
    let (_folder, path) = file();
    std::fs::write(&path, "not a database, but long enough to be read as the header of one")
        .unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Database(_))));
}

#[test]
fn entries_of_users_are_bounded_and_entries_of_administrators_are_kept() {
    let (_folder, path) = file();
    let store = planted(&path);
    let by = |ms| Author { subject: "u-1".into(), at: NOW.plus(Duration::from_millis(ms)) };
    let title = |number: u64| RecordFields {
        title: format!("{number}"),
        amount: 0,
        status: "new".into(),
        note: String::new(),
    };
    for number in 0..10 {
        store.add_record("task", &title(number), &by(number)).unwrap();
        let roles = vec![if number % 2 == 0 { "sales" } else { "staff" }.to_owned()];
        let change = Change::SetUserRoles { id: "u-5".into(), roles };
        store.administer_if(&by(number), &change, &IfMatch::Any).unwrap();
    }
    let raw = Connection::open(&path).unwrap();
    trail::forget_beyond(&raw, Act::AddRecord, 3).unwrap();
    let entries = |act: Act| {
        let wanted = Wanted { act: Some(act.as_str().into()), ..Wanted::default() };
        store.trail(&wanted, 100).unwrap()
    };
    let titles: Vec<_> =
        entries(Act::AddRecord).iter().map(|entry| entry.after["title"].clone()).collect();
    assert_eq!(titles, ["9", "8", "7"], "the newest");
    assert_eq!(entries(Act::SetUserRoles).len(), 10);
    assert!(Act::AddRecord.is_bounded() && !Act::SetUserRoles.is_bounded());
}
