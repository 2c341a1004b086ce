//! The foreign application of `examples/foreign.rs`, started as a program and called over HTTP.

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Stdio;
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpStream;
    use tokio::process::{Child, Command};
    use tokio::time::timeout;

    const DEADLINE: Duration = Duration::from_secs(30);

    struct App {
        address: String,
        _child: Child,
    }

    impl App {
        /// Builds the example if necessary, and starts it.
        async fn start() -> Self {
            let built = Command::new(env!("CARGO"))
                .args(["build", "--quiet", "--package", "permgate-axum", "--example", "foreign"])
                .arg("--locked")
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .status()
                .await;
            assert!(built.unwrap().success());
            let tests = std::env::current_exe().unwrap();
            let name = format!("examples/foreign{}", std::env::consts::EXE_SUFFIX);
            let program: PathBuf = tests.ancestors().nth(2).unwrap().join(name);
            let mut child =
                Command::new(program).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let line = timeout(DEADLINE, lines.next_line()).await.unwrap().unwrap().unwrap();
            let address = line.strip_prefix("listening on http://").unwrap().to_owned();
            Self { address, _child: child }
        }

        async fn send(&self, user: &str, head: &str, body: &str) -> TcpStream {
            let mut stream = TcpStream::connect(&self.address).await.unwrap();
            let cookie =
                if user.is_empty() { String::new() } else { format!("Cookie: user={user}\r\n") };
            let request = format!(
                "{head} HTTP/1.1\r\nHost: {}\r\n{cookie}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
                self.address,
                body.len()
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            stream
        }

        /// The whole response: its head and its body.
        async fn ask(&self, user: &str, head: &str, body: &str) -> (u16, String) {
            let mut stream = self.send(user, head, body).await;
            let mut text = String::new();
            timeout(DEADLINE, stream.read_to_string(&mut text)).await.unwrap().unwrap();
            (status(&text), text)
        }
    }

    fn status(response: &str) -> u16 {
        response.split(' ').nth(1).unwrap().parse().unwrap()
    }

    #[test]
    fn the_foreign_application_has_at_most_65_lines() {
        let example = include_str!("../examples/foreign.rs");
        let lines = example.lines().count();
        assert!(lines <= 65, "{lines}");
    }

    #[tokio::test]
    async fn a_foreign_application_enforces_serves_documents_and_pushes() {
        let app = App::start().await;
        assert_eq!(app.ask("", "PUT /invoices/42", "x").await.0, 401);
        assert_eq!(app.ask("eve", "PUT /invoices/42", "x").await.0, 401);
        assert_eq!(app.ask("ada", "PUT /invoices/42", "x").await.0, 403);
        for path in ["/invoices/42", "/invoices/%34%32"] {
            let (status, text) = app.ask("bob", &format!("PUT {path}"), "paid").await;
            assert_eq!(status, 200);
            assert!(text.ends_with("42: paid"), "{text}");
            assert!(text.contains("permissions-version: 1;sub=\"bob\"\r\n"), "{text}");
        }
        for path in ["/invoices/43", "/invoices/%34%33", "/invoices/..%2f42", "/invoices/%FF"] {
            assert_eq!(app.ask("bob", &format!("PUT {path}"), "x").await.0, 403, "{path}");
        }
        let (status, document) = app.ask("bob", "GET /me/permissions", "").await;
        assert_eq!(status, 200);
        assert!(document.contains("\"subject\":\"bob\"") && document.contains("etag: \""));

        let mut events = BufReader::new(app.send("bob", "GET /me/permissions/events", "").await);
        let mut read = async |expected: &str| {
            let mut line = String::new();
            while line.trim_end() != expected {
                line.clear();
                assert_ne!(events.read_line(&mut line).await.unwrap(), 0, "no {expected}");
            }
        };
        timeout(DEADLINE, read("event: version")).await.unwrap();
        assert_eq!(app.ask("bob", "POST /users/bob/revoke", "").await.0, 403);
        assert_eq!(app.ask("ada", "POST /users/bob/revoke", "").await.0, 204);
        let message = r#"data: {"version":2,"subject":"bob","permissions":["invoice:edit"]}"#;
        timeout(DEADLINE, read(message)).await.unwrap();
        assert_eq!(app.ask("bob", "PUT /invoices/42", "x").await.0, 403);
    }
}
