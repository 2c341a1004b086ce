//! Runs the real server as a separate process, and sends requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server process, which is killed when this is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    /// The host and port on which it listens.
    pub(crate) address: String,
}

impl Server {
    /// Starts the demo on a database, with further options.
    pub(crate) fn start(database: &Path, options: &[&str]) -> Self {
        let mut command = program();
        command.args(["--demo", "--port", "0", "--database"]).arg(database).args(options);
        Self::launch(command)
    }

    /// Starts a server, and reads its address from its first line.
    pub(crate) fn launch(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
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

/// The program, without variables of the developer's environment.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_permgate-server"));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PERMGATE_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Sends one request on its own connection; none when the server ended before the answer.
pub(crate) fn call(address: &str, head: &str, token: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let length = body.len();
    write!(
        stream,
        "{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         If-Match: *\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// The token of a user of the demo.
pub(crate) fn sign_in(address: &str, username: &str) -> String {
    let body = format!(r#"{{"username":"{username}","password":"{username}-demo"}}"#);
    let (status, answer) = call(address, "POST /api/session", "", &body).unwrap();
    assert_eq!(status, 200, "{answer}");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    answer["token"].as_str().unwrap().to_owned()
}
