//! A flood of sign-ins against the real server (F70): its memory stays bounded, and users can sign
//! in. Also the start of the program: an empty database, the first administrator, and the Host
//! header.
#![cfg(target_os = "linux")]

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};
    use std::path::Path;
    use std::process::{Child, Command, Output, Stdio};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    /// The memory that the server may use in addition to its memory at rest: two hashes of 19 MiB
    /// each, the threads and buffers of the connections, and a reserve. Thirty-two threads with
    /// one hash each took 740 MB.
    const MAX_GROWTH_KIB: u64 = 96 * 1024;

    struct Server {
        child: Child,
        address: SocketAddr,
    }

    impl Server {
        fn start(database: &Path, more: &[&str]) -> Self {
            Self::launch(program(database, more))
        }

        fn launch(mut command: Command) -> Self {
            let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let address = line.trim().strip_prefix("listening on http://").unwrap();
            Self { address: address.parse().unwrap(), child }
        }

        /// The largest resident memory so far, in KiB.
        fn peak_kib(&self) -> u64 {
            let path = format!("/proc/{}/status", self.child.id());
            let status = std::fs::read_to_string(path).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
            line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }

    fn program(database: &Path, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_permgate-server"));
        command.args(["--port", "0", "--database"]).arg(database).args(more);
        command.stderr(Stdio::null());
        command
    }

    /// Sends a text, and returns the status and the whole answer.
    fn send(address: SocketAddr, text: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    }

    /// Tries to sign in from an address, through a proxy.
    fn sign_in(server: SocketAddr, from: &str, username: &str, password: &str) -> (u16, String) {
        let body = format!(r#"{{"username":"{username}","password":"{password}"}}"#);
        let length = body.len();
        send(
            server,
            &format!(
                "POST /api/session HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\
                 X-Forwarded-For: {from}\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            ),
        )
    }

    #[test]
    fn f70_240_sign_ins_at_once_take_the_memory_of_two_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("store.sqlite3"), &["--demo"]);
        let address = server.address;
        assert_eq!(sign_in(address, "", "ada", "ada-demo").0, 200);
        let before = server.peak_kib();
        let attempts: Vec<_> = (0..240)
            .map(|number| {
                std::thread::spawn(move || sign_in(address, "", &format!("user-{number}"), "wrong"))
            })
            .collect();
        let mut counts = [0, 0];
        for attempt in attempts {
            let (status, answer) = attempt.join().unwrap();
            match status {
                401 => counts[0] += 1,
                503 => {
                    assert!(answer.to_lowercase().contains("\r\nretry-after: "), "{answer}");
                    counts[1] += 1;
                }
                other => panic!("{other}: {answer}"),
            }
        }
        assert!(counts[0] >= 64, "a full line is served: {counts:?}");
        let growth = server.peak_kib() - before;
        assert!(growth < MAX_GROWTH_KIB, "{growth} KiB for {counts:?}");
    }

    #[test]
    fn f70_users_can_sign_in_during_a_flood_of_sign_ins_from_other_addresses() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let server = Server::start(&database, &["--demo", "--trusted-proxy", "127.0.0.1"]);
        let address = server.address;
        let (is_over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        // More clients than the line holds, each of which tries again as soon as it is answered:
        // more attempts a second than this machine could verify.
        let flood: Vec<_> = (0..150)
            .map(|_| {
                let (is_over, sent) = (Arc::clone(&is_over), Arc::clone(&sent));
                std::thread::spawn(move || {
                    while !is_over.load(Ordering::SeqCst) {
                        let number = sent.fetch_add(1, Ordering::SeqCst);
                        let name = format!("user-{number}");
                        let (status, answer) = sign_in(address, "192.0.2.1", &name, "wrong");
                        assert!([401, 429, 503].contains(&status), "{answer}");
                    }
                })
            })
            .collect();
        while sent.load(Ordering::SeqCst) < 300 {
            std::thread::yield_now();
        }
        for (index, username) in ["ada", "grace", "linus", "margaret", "alan"].iter().enumerate() {
            let from = format!("198.51.100.{index}");
            let (status, answer) = sign_in(address, &from, username, &format!("{username}-demo"));
            assert_eq!(status, 200, "{answer}");
        }
        is_over.store(true, Ordering::SeqCst);
        for flooding in flood {
            flooding.join().unwrap();
        }
    }

    /// Runs the program to its end, with an input.
    fn run(mut command: Command, input: &str) -> Output {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may end without reading its input.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    }

    fn init(database: &Path, more: &[&str], input: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_permgate-server"));
        command.args(["init", "--database"]).arg(database).args(more);
        run(command, input)
    }

    #[track_caller]
    fn assert_refused(output: &Output, text: &str) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(text), "{error}");
    }

    #[test]
    fn an_empty_database_is_refused_until_it_has_its_first_administrator() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        let refused = run(program(&database, &[]), "");
        assert_refused(&refused, "permgate-server init --database");
        assert_refused(&refused, "--demo");
        assert!(!database.exists(), "no file was created");
        assert_refused(&run(program(Path::new(":memory:"), &[]), ""), "has no users");

        assert_refused(&init(&database, &[], "short\n"), "at least 8");
        assert_refused(&init(&database, &[], ""), "there is no password");
        assert_refused(&init(&database, &["--username", "Root"], "long enough\n"), "`Root`");
        assert!(!database.exists(), "no file was created");

        let output = init(&database, &["--username", "root"], "correct horse\r\nanother line\n");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_refused(&init(&database, &[], "correct horse\n"), "has users already");

        let server = Server::start(&database, &[]);
        assert_eq!(sign_in(server.address, "", "root", "correct horse").0, 200);
        assert_eq!(sign_in(server.address, "", "ada", "ada-demo").0, 401);
        let second = run(program(&database, &[]), "");
        assert_refused(&second, "another process has the database");
        assert_refused(&init(&database, &[], "correct horse\n"), "another process");
        drop(server);

        // The password may be in a file; a demo on a database with users adds no users.
        let (other, file) = (folder.path().join("other.sqlite3"), folder.path().join("password"));
        std::fs::write(&file, "from a file\n").unwrap();
        let output = init(&other, &["--password-file", file.to_str().unwrap()], "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let server = Server::start(&other, &["--demo"]);
        assert_eq!(sign_in(server.address, "", "admin", "from a file").0, 200);
        assert_eq!(sign_in(server.address, "", "ada", "ada-demo").0, 401);
    }

    #[test]
    fn a_response_and_its_line_in_the_log_have_the_same_request_id() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let database = folder.path().join("store.sqlite3");
        let mut command = program(&database, &["--demo", "--log", "json"]);
        command.env("RUST_LOG", "debug").stderr(std::fs::File::create(&log).unwrap());
        let server = Server::launch(command);
        let ask = |path: &str| {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let (_, answer) = send(server.address, &request);
            let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: "));
            id.unwrap().to_owned()
        };
        let (first, second) = (ask("/healthz"), ask("/api/session?tenant=acme"));
        assert_ne!(first, second);
        assert!(first.len() == 16 && first.chars().all(|c| c.is_ascii_hexdigit()), "{first}");
        let text = std::fs::read_to_string(&log).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let lines: Vec<serde_json::Value> = lines.collect();
        for (id, path, status) in [(first, "/healthz", 200), (second, "/api/session", 401)] {
            let line = lines.iter().find(|line| line["request"]["id"] == id).unwrap();
            assert_eq!(line["request"]["path"], path);
            assert_eq!(line["fields"]["status"], status);
        }
    }

    #[test]
    fn an_origin_that_can_never_match_is_refused_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("store.sqlite3");
        for origin in
            ["https://app.example/", "https://App.example", "https://app.example:443", "*"]
        {
            let output = run(program(&database, &["--demo", "--origin", origin]), "");
            assert_refused(&output, &format!("`{origin}`"));
        }
    }

    #[test]
    fn a_request_that_does_not_name_exactly_one_host_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("store.sqlite3"), &["--demo"]);
        for (hosts, expected) in [
            ("Host: localhost\r\n", 401),
            ("Host: 127.0.0.1:8787\r\n", 401),
            ("Host: [::1]:8787\r\n", 401),
            ("", 400),
            ("Host: a.example\r\nHost: a.example\r\n", 400),
            ("Host: a.example\r\nHost: b.example\r\n", 400),
            ("Host:\r\n", 400),
            ("Host: a b\r\n", 400),
            ("Host: user@a.example\r\n", 400),
            ("Host: a.example/path\r\n", 400),
        ] {
            let request = format!("GET /api/session HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            let (status, answer) = send(server.address, &request);
            assert_eq!(status, expected, "{hosts}: {answer}");
        }
        for (address, expected) in [("http://a.example", 401), ("http://b.example", 400)] {
            let head = format!("GET {address}/api/session HTTP/1.1\r\nHost: a.example\r\n");
            let (status, answer) =
                send(server.address, &format!("{head}Connection: close\r\n\r\n"));
            assert_eq!(status, expected, "{address}: {answer}");
        }
        let old = "GET /api/session HTTP/1.0\r\n\r\n";
        assert_eq!(send(server.address, old).0, 401, "HTTP/1.0 has no Host");
    }
}
