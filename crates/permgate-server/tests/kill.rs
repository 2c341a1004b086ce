//! Kills the real server in the middle of changes: what it acknowledged is there, nothing is half
//! there (F53). Also the program as such: its first line, and its stop at SIGTERM.
#![cfg(unix)]

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpStream;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use permgate_server::{SqliteStore, Store as _};

    /// A server process and where it listens.
    struct Server {
        child: Child,
        address: String,
    }

    impl Server {
        fn start(database: &Path) -> Self {
            let mut child = Command::new(env!("CARGO_BIN_EXE_permgate-server"))
                .args(["--port", "0", "--database"])
                .arg(database)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
            Self { child, address }
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            // It may have stopped already.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }

    /// Sends one request on its own connection; none when the server was gone before the answer.
    fn call(address: &str, head: &str, token: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }

    fn sign_in(address: &str) -> String {
        let request = call_without_token(address);
        let (status, body) = request.unwrap();
        assert_eq!(status, 200, "{body}");
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        json["token"].as_str().unwrap().to_owned()
    }

    fn call_without_token(address: &str) -> Option<(u16, String)> {
        call(address, "POST /api/session", "", r#"{"username":"ada","password":"ada-demo"}"#)
    }

    /// Version `n` of Alan's permissions has the role `sales` when `n` is even, and none when odd;
    /// his grants never change. Version 1 is the seed.
    fn roles_at(version: u64) -> &'static str {
        if version.is_multiple_of(2) { r#"{"roles":["sales"]}"# } else { r#"{"roles":[]}"# }
    }

    #[test]
    fn acknowledged_changes_survive_a_kill_and_none_is_half_there() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let mut version = 1;
        for round in 1..=4_u64 {
            let mut server = Server::start(&database);
            let token = sign_in(&server.address);
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
            // The kill falls wherever the writer is then: another place in every round.
            while acknowledged.load(Ordering::SeqCst) < version + 5 * round {
                std::thread::yield_now();
            }
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            writer.join().unwrap();

            let acknowledged = acknowledged.load(Ordering::SeqCst);
            let store = SqliteStore::open(&database).unwrap();
            let standing = store.standing("u-5").unwrap().unwrap();
            // The last change may have been committed without the answer getting out.
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

    #[test]
    fn the_program_stops_cleanly_when_it_is_asked_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(&folder.path().join("store.sqlite3"));
        assert!(server.address.starts_with("127.0.0.1:"));
        // An idle connection does not hold it up.
        let _idle = TcpStream::connect(&server.address).unwrap();
        sign_in(&server.address);
        let id = server.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(server.child.wait().unwrap().success());
    }
}
