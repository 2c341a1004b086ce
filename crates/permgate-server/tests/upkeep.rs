//! The maintenance of a database: backups that are made while the server writes, restored and
//! compared; new signing keys; and the environment variables for options.
#![cfg(unix)]

#[cfg(test)]
mod process;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpStream;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};
    use std::process::{Output, Stdio};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use permgate_server::SqliteStore;
    use permgate_server::store::audit::Wanted;
    use permgate_server::store::{Accounts as _, Audit as _, Keys as _, Records as _, Rights as _};

    use crate::process::{self, Server, program, sign_in};

    fn run(arguments: &[&str], database: &Path) -> Output {
        program().args(arguments).arg("--database").arg(database).output().unwrap()
    }

    #[track_caller]
    fn succeeds(output: &Output) -> String {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout.clone()).unwrap()
    }

    #[track_caller]
    fn fails(output: &Output, text: &str) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(text), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }

    fn call(address: &str, head: &str, token: &str, body: &str) -> (u16, String) {
        process::call(address, head, token, body).unwrap()
    }

    fn titles(store: &SqliteStore, page: &str) -> BTreeSet<String> {
        let records = store.records(page).unwrap().into_iter();
        records.map(|record| record.fields.title).filter(|title| title.starts_with("w-")).collect()
    }

    #[test]
    fn backups_during_writes_contain_all_changes_acknowledged_before_and_no_partial_change() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let server = Server::start(&database, &[]);
        let token = sign_in(&server.address, "ada");
        let (is_over, acknowledged) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let writer = {
            let (is_over, acknowledged) = (Arc::clone(&is_over), Arc::clone(&acknowledged));
            let (address, token) = (server.address.clone(), token.clone());
            std::thread::spawn(move || {
                let mut number = 0;
                while !is_over.load(Ordering::SeqCst) && number < 450 {
                    number += 1;
                    let body = format!(r#"{{"title":"w-{number}"}}"#);
                    let (status, answer) =
                        call(&address, "POST /api/pages/task/records", &token, &body);
                    assert_eq!(status, 201, "{answer}");
                    acknowledged.store(number, Ordering::SeqCst);
                }
            })
        };
        let mut backups: Vec<(u64, PathBuf)> = Vec::new();
        for number in 0..5 {
            // Each backup is made in the middle of writes.
            while acknowledged.load(Ordering::SeqCst) < 20 * (number + 1) {
                std::thread::yield_now();
            }
            let target = folder.path().join(format!("backup-{number}.sqlite3"));
            let before = acknowledged.load(Ordering::SeqCst);
            succeeds(&run(&["backup", target.to_str().unwrap()], &database));
            backups.push((before, target));
        }
        is_over.store(true, Ordering::SeqCst);
        writer.join().unwrap();
        drop(server);

        let original = SqliteStore::open(&database).unwrap();
        let all = titles(&original, "task");
        for (before, path) in backups {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "a backup contains hashes and keys");
            let copy = SqliteStore::open(&path).unwrap();
            let held = titles(&copy, "task");
            assert!(held.len() as u64 >= before, "{} of {before}", held.len());
            // A prefix of the written records, each with its entry in the trail.
            let expected: BTreeSet<_> =
                (1..=held.len()).map(|number| format!("w-{number}")).collect();
            assert!(held == expected && held.is_subset(&all));
            let wanted = Wanted { act: Some("record.add".into()), ..Wanted::default() };
            assert_eq!(copy.trail(&wanted, 500).unwrap().len(), held.len());
        }
        assert!(!folder.path().join("backup-0.sqlite3.partial").exists());
    }

    #[test]
    fn a_restored_backup_has_the_same_content_with_higher_numbers_and_no_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let (database, copy) = (folder.path().join("a.sqlite3"), folder.path().join("b.sqlite3"));
        let server = Server::start(&database, &[]);
        let (ada, grace) = (sign_in(&server.address, "ada"), sign_in(&server.address, "grace"));
        let roles = |address: &str, id: &str, roles: &str| {
            let head = format!("PUT /api/admin/users/{id}/roles");
            let (status, answer) = call(address, &head, &ada, &format!(r#"{{"roles":{roles}}}"#));
            assert_eq!(status, 200, "{answer}");
        };
        roles(&server.address, "u-5", r#"["sales"]"#);
        succeeds(&run(&["backup", copy.to_str().unwrap()], &database));
        // After the backup: a version that pages see, a new user, and a token that is signed out.
        roles(&server.address, "u-5", "[]");
        let user = r#"{"username":"emmy","name":"Emmy","password":"long enough"}"#;
        let (status, emmy) = call(&server.address, "POST /api/admin/users", &ada, user);
        assert_eq!(status, 201);
        assert!(emmy.contains(r#""id":"u-6""#), "{emmy}");
        assert_eq!(call(&server.address, "DELETE /api/session", &grace, "").0, 204);
        drop(server);
        let original = SqliteStore::open(&database).unwrap();

        let server = Server::start(&copy, &[]);
        for token in [&ada, &grace] {
            let (status, _) = call(&server.address, "GET /api/me/permissions", token, "");
            assert_eq!(status, 401, "a token that was ended since must stay invalid");
        }
        let again = sign_in(&server.address, "ada");
        let (_, emmy) = call(&server.address, "POST /api/admin/users", &again, user);
        assert!(!emmy.contains(r#""id":"u-6""#), "a subject was reused for another user: {emmy}");
        let (_, trail) =
            call(&server.address, "GET /api/admin/audit?act=database.restore", &again, "");
        assert!(trail.contains(r#""subject":"operator""#), "{trail}");
        drop(server);

        let restored = SqliteStore::open(&copy).unwrap();
        for old in original.users().unwrap().into_iter().filter(|user| user.username != "emmy") {
            let new = restored.user(&old.id).unwrap().unwrap();
            assert!(new.version > old.version, "versions never go back");
            assert_eq!((new.username, new.name), (old.username, old.name));
            if old.id != "u-5" {
                assert_eq!((new.roles, new.grants), (old.roles, old.grants));
            }
        }
        assert_eq!(restored.standing("u-5").unwrap().unwrap().roles, ["sales"]);
        assert_eq!(restored.roles().unwrap().len(), original.roles().unwrap().len());
        assert_eq!(restored.records("invoice").unwrap(), original.records("invoice").unwrap());
        let before = restored.user("u-5").unwrap().unwrap().version;
        drop(restored);
        let restored = SqliteStore::open(&copy).unwrap();
        assert_eq!(
            restored.user("u-5").unwrap().unwrap().version,
            before,
            "only the first start raises the numbers"
        );
    }

    #[test]
    fn a_backup_overwrites_no_file_and_leaves_none_behind_when_the_source_is_not_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let text = |name: &str| path(name).to_str().unwrap().to_owned();
        drop(SqliteStore::open(&path("a.sqlite3")).unwrap());
        std::fs::write(path("there"), "precious").unwrap();
        fails(&run(&["backup", &text("there")], &path("a.sqlite3")), "already exists");
        assert_eq!(std::fs::read_to_string(path("there")).unwrap(), "precious");
        std::os::unix::fs::symlink(path("nowhere"), path("link")).unwrap();
        fails(&run(&["backup", &text("link")], &path("a.sqlite3")), "already exists");
        for (source, error) in [
            ("absent.sqlite3", "cannot copy"),
            ("there", "not a database"),
            ("empty", "schema `0`"),
        ] {
            if source == "empty" {
                std::fs::write(path(source), "").unwrap();
            }
            fails(&run(&["backup", &text("new")], &path(source)), error);
            let files = std::fs::read_dir(folder.path()).unwrap();
            let files = files.filter(|entry| {
                entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("new")
            });
            assert_eq!(files.count(), 0, "{source}");
        }
        assert!(!path("absent.sqlite3").exists(), "no file was created");
        // A partial file that a killed copy left behind is replaced.
        std::fs::write(path("new.partial"), "half of it").unwrap();
        succeeds(&run(&["backup", &text("new")], &path("a.sqlite3")));
        assert!(path("new").exists() && !path("new.partial").exists());
    }

    #[test]
    fn rotate_keys_runs_only_without_a_server_and_end_all_ends_all_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        fails(&run(&["rotate-keys"], &database), "there is no database");
        let server = Server::start(&database, &[]);
        let token = sign_in(&server.address, "ada");
        fails(&run(&["rotate-keys"], &database), "POST /api/admin/keys");
        drop(server);
        let output = succeeds(&run(&["rotate-keys"], &database));
        let server = Server::start(&database, &[]);
        assert_eq!(call(&server.address, "GET /api/me/permissions", &token, "").0, 200);
        drop(server);
        let keys = SqliteStore::open(&database).unwrap().signing_keys().unwrap();
        assert!(output.contains(&keys.current.kid) && keys.retired.len() == 1, "{output}");
        let output = succeeds(&run(&["rotate-keys", "--end-all"], &database));
        assert!(output.contains("all sessions and tokens were ended"), "{output}");
        let server = Server::start(&database, &[]);
        assert_eq!(call(&server.address, "GET /api/me/permissions", &token, "").0, 401);
    }

    /// The metrics of a server whose line begins with a name.
    fn numbers(address: &str, path: &str, name: &str) -> Vec<(String, u64)> {
        let (status, text) = call(address, &format!("GET {path}"), "", "");
        assert_eq!(status, 200, "{text}");
        let lines = text.lines().filter(|line| line.starts_with(name));
        let split = lines.map(|line| line.rsplit_once(' ').unwrap());
        split.map(|(name, number)| (name.to_owned(), number.parse().unwrap())).collect()
    }

    #[test]
    fn metrics_count_requests_and_connections_at_the_server_and_at_an_address_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = program();
        command.args(["--demo", "--port", "0", "--metrics", "127.0.0.1:0", "--database"]);
        let mut child = command
            .arg(folder.path().join("store.sqlite3"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = |prefix: &str| {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            line.trim().strip_prefix(prefix).unwrap().to_owned()
        };
        let server = Server { child, address: line("listening on http://") };
        let metrics = line("metrics on http://");
        let metrics = metrics.strip_suffix("/metrics").unwrap();
        for _ in 0..3 {
            assert_eq!(call(&server.address, "GET /healthz", "", "").0, 200);
            assert_eq!(call(&server.address, "GET /api/me/permissions", "", "").0, 401);
        }
        let requests = numbers(metrics, "/metrics", "permgate_http_requests_total");
        let of = |class: &str| requests.iter().find(|(name, _)| name.contains(class)).unwrap().1;
        assert_eq!((of("2xx"), of("4xx"), of("5xx")), (3, 3, 0));
        // At the server itself, the connection that asks is the only one.
        let open = numbers(&server.address, "/metrics", "permgate_connections ");
        assert!(open[0].1 >= 1, "{open:?}");
        let memory = numbers(metrics, "/metrics", "permgate_resident_memory_bytes");
        assert!(memory[0].1 > 1_000_000 || !cfg!(target_os = "linux"), "{memory:?}");
        assert_eq!(
            call(metrics, "GET /api/me/permissions", "", "").0,
            404,
            "that address serves nothing else"
        );
    }

    #[test]
    fn environment_variables_set_options_and_the_command_line_has_precedence() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let mut command = program();
        command
            .env("PERMGATE_DATABASE", &database)
            .env("PERMGATE_PORT", "1")
            .env("PERMGATE_DEMO", "1")
            .env("PERMGATE_SECURE_COOKIES", "true")
            .env("PERMGATE_TTL", "77")
            .env("PERMGATE_ORIGIN", "https://a.example,https://b.example")
            .args(["--port", "0"]);
        let server = Server::launch(command);
        assert!(database.exists() && !server.address.ends_with(":1"));
        let token = sign_in(&server.address, "ada");
        let (status, document) = call(&server.address, "GET /api/me/permissions", &token, "");
        assert!(status == 200 && document.contains(r#""ttl":77"#), "{document}");
        for origin in ["https://a.example", "https://b.example", "https://c.example"] {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            let head = "OPTIONS /api/me/permissions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
            let request = "Access-Control-Request-Method: GET\r\n\r\n";
            write!(stream, "{head}Origin: {origin}\r\n{request}").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            let is_allowed = answer.contains(&format!("access-control-allow-origin: {origin}"));
            assert_eq!(is_allowed, origin != "https://c.example", "{answer}");
        }
        drop(server);
        // Another command reads the variables that it knows, and ignores the others.
        let target = folder.path().join("copy.sqlite3");
        let mut command = program();
        command.env("PERMGATE_DATABASE", &database).env("PERMGATE_PORT", "1").arg("backup");
        succeeds(&command.arg(&target).output().unwrap());
        let mut command = program();
        fails(&command.env("PERMGATE_DEMO", "maybe").output().unwrap(), "'maybe'");
    }
}
