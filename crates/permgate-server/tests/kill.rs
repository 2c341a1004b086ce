//! Kills the real server in the middle of changes: acknowledged changes survive, and no change is
//! half applied (F53). Also the behaviour of the program: its first line, its stop at SIGTERM, and
//! the demo's crash.
#![cfg(unix)]

#[cfg(test)]
mod process;

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpStream;
    use std::path::Path;
    use std::process::Command;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use permgate_server::SqliteStore;
    use permgate_server::store::Rights as _;

    use crate::process::{Server, call, sign_in};

    /// Version `n` of Alan's permissions has the role `sales` when `n` is even, and none when odd;
    /// his grants never change. Version 1 is the seed.
    fn roles_at(version: u64) -> &'static str {
        if version.is_multiple_of(2) { r#"{"roles":["sales"]}"# } else { r#"{"roles":[]}"# }
    }

    #[test]
    fn acknowledged_changes_survive_a_kill_and_no_change_is_half_applied() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let mut version = 1;
        for round in 1..=4_u64 {
            let mut server = Server::start(&database, &[]);
            let token = sign_in(&server.address, "ada");
            let acknowledged = Arc::new(AtomicU64::new(version));
            let writer = {
                let (address, acknowledged) = (server.address.clone(), Arc::clone(&acknowledged));
                std::thread::spawn(move || {
                    let path = "PUT /api/admin/users/u-5/roles";
                    loop {
                        let next = acknowledged.load(Ordering::SeqCst) + 1;
                        match call(&address, path, &token, roles_at(next)) {
                            Some((200, _)) => acknowledged.store(next, Ordering::SeqCst),
                            Some((status, body)) => panic!("{status} {body}"),
                            None => return,
                        }
                    }
                })
            };
            // The kill hits the writer at a different place in every round.
            while acknowledged.load(Ordering::SeqCst) < version + 5 * round {
                std::thread::yield_now();
            }
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            writer.join().unwrap();

            let acknowledged = acknowledged.load(Ordering::SeqCst);
            let store = SqliteStore::open(&database).unwrap();
            let standing = store.standing("u-5").unwrap().unwrap();
            // The last change may have been committed without its answer being sent.
            assert!(
                (acknowledged..=acknowledged + 1).contains(&standing.version),
                "{acknowledged}"
            );
            let expected: &[&str] =
                if standing.version.is_multiple_of(2) { &["sales"] } else { &[] };
            assert_eq!(standing.roles, expected, "version {}", standing.version);
            version = standing.version;
        }
    }

    /// Opens an event stream, and reads up to its first message.
    fn listen(address: &str, token: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(
            stream,
            "GET /api/me/permissions/events HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        )
        .unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "event: version\n" {
            line.clear();
            assert_ne!(stream.read_line(&mut line).unwrap(), 0, "the stream ended");
        }
        stream
    }

    fn terminate(server: &mut Server) {
        let id = server.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(server.child.wait().unwrap().success());
    }

    /// Asks until the server, which is restarting, answers.
    fn until_it_answers(address: &str, head: &str, token: &str) -> (u16, String) {
        loop {
            if let Some(answer) = call(address, head, token, "") {
                return answer;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_server_that_is_stopped_ends_its_streams_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(&folder.path().join("store.sqlite3"), &[]);
        let token = sign_in(&server.address, "ada");
        let mut streams: Vec<_> = (0..20).map(|_| listen(&server.address, &token)).collect();
        terminate(&mut server);
        for stream in &mut streams {
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            // The end of the body is sent, so that it differs from a broken connection, and no
            // message was sent about the credentials.
            assert!(rest.ends_with("\r\n0\r\n\r\n"), "{rest:?}");
            assert!(!rest.contains("session-revoked"), "{rest:?}");
        }
    }

    #[test]
    fn the_demo_starts_again_after_a_crash_at_the_same_address_with_the_same_data() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let mut server = Server::start(&database, &["--demo-controls"]);
        let address = server.address.clone();
        let token = sign_in(&address, "ada");
        let mut stream = listen(&address, &token);
        let change = "PUT /api/admin/users/u-5/roles";
        assert_eq!(call(&address, change, &token, r#"{"roles":["sales"]}"#).unwrap().0, 200);

        let crash = "POST /api/demo/crash";
        assert_eq!(call(&address, crash, &token, r#"{"seconds":0}"#).unwrap().0, 400);
        assert_eq!(call(&address, crash, &token, r#"{"seconds":1}"#).unwrap().0, 202);
        // The stream breaks off without the end of its body.
        let mut rest = String::new();
        drop(stream.read_to_string(&mut rest));
        assert!(!rest.ends_with("0\r\n\r\n"), "{rest:?}");

        let (status, body) = until_it_answers(&address, "GET /api/admin/users", &token);
        assert_eq!(status, 200, "{body}");
        assert!(body.contains(r#""username":"alan","name":"Alan Turing","roles":["sales"]"#));
        // A second crash, by a kill of the operating system.
        let child = only_child_of(server.child.id());
        assert!(Command::new("kill").args(["-KILL", &child]).status().unwrap().success());
        while Path::new("/proc").join(&child).exists() {
            std::thread::yield_now();
        }
        assert_eq!(until_it_answers(&address, "GET /api/admin/users", &token).0, 200);

        let child = only_child_of(server.child.id());
        terminate(&mut server);
        assert!(!Path::new("/proc").join(child).exists());
    }

    #[test]
    fn the_server_of_the_demo_does_not_outlive_its_supervisor() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let mut server = Server::start(&database, &["--demo-controls"]);
        let child = only_child_of(server.child.id());
        assert_eq!(call(&server.address, "GET /healthz", "", "").unwrap().0, 200);
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        // A zombie that nobody reaps no longer listens.
        while call(&server.address, "GET /healthz", "", "").is_some() {
            std::thread::yield_now();
        }
        assert_ne!(child, "");
    }

    #[test]
    fn without_the_option_no_user_can_crash_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("store.sqlite3"), &[]);
        let token = sign_in(&server.address, "ada");
        let crash = call(&server.address, "POST /api/demo/crash", &token, r#"{"seconds":1}"#);
        assert_eq!(crash.unwrap().0, 404);
    }

    /// The only child of a process.
    fn only_child_of(id: u32) -> String {
        let listed = Command::new("pgrep").args(["-P", &id.to_string()]).output();
        let children = String::from_utf8(listed.unwrap().stdout).unwrap();
        assert_eq!(children.lines().count(), 1, "{children}");
        children.trim().to_owned()
    }

    #[test]
    fn the_program_stops_cleanly_when_it_is_asked_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(&folder.path().join("store.sqlite3"), &[]);
        assert!(server.address.starts_with("127.0.0.1:"));
        // An idle connection does not delay the stop.
        let _idle = TcpStream::connect(&server.address).unwrap();
        sign_in(&server.address, "ada");
        terminate(&mut server);
    }
}
