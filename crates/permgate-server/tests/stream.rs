//! Event streams and long polls over real connections: none is cut short, none delays others, and a
//! client that does not read, or never ends a request, is dropped (F56).

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use permgate_server::{
        Announcement, AppState, Config, PasswordCost, SettableClock, Timestamp, app, serve,
    };
    use serde_json::{Value, json};
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::{Instant, timeout};
    use tower::ServiceExt as _;

    /// Longer than any step of these tests takes on a busy machine.
    const DEADLINE: Duration = Duration::from_secs(30);

    struct Server {
        state: AppState,
        address: String,
        token: String,
    }

    impl Server {
        /// Serves, and signs Alan in.
        async fn start(config: Config) -> Self {
            let config = Config { password_cost: PasswordCost::LEAST, ..config };
            let clock = SettableClock::new(Timestamp::from_unix_ms(1_800_000_000_000));
            let state = AppState::in_memory(Arc::new(clock), config).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap().to_string();
            tokio::spawn(serve(listener, state.clone(), std::future::pending()));

            let body = json!({ "username": "alan", "password": "alan-demo" }).to_string();
            let request = axum::http::Request::post("/api/session")
                .header("content-type", "application/json")
                .body(axum::body::Body::from(body));
            let response = app(state.clone()).oneshot(request.unwrap()).await.unwrap();
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            let token = body["token"].as_str().unwrap().to_owned();
            Self { state, address, token }
        }

        async fn connect(&self) -> Client {
            Client(BufReader::new(TcpStream::connect(&self.address).await.unwrap()))
        }

        /// A stream whose first message has been read.
        async fn listen(&self) -> Client {
            let mut client = self.connect().await;
            client.ask(self, "/api/me/permissions/events").await;
            assert_eq!(client.status().await, 200);
            client.reads("event: version").await;
            client
        }
    }

    /// One end of a connection.
    struct Client(BufReader<TcpStream>);

    impl Client {
        async fn ask(&mut self, server: &Server, path: &str) {
            let (address, token) = (&server.address, &server.token);
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            self.0.write_all(request.as_bytes()).await.unwrap();
        }

        async fn line(&mut self) -> String {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).await.unwrap(), 0, "the server hung up");
            line.trim_end().to_owned()
        }

        /// The status of the answer.
        async fn status(&mut self) -> u16 {
            self.line().await.split(' ').nth(1).unwrap().parse().unwrap()
        }

        /// Reads up to a line.
        async fn reads(&mut self, expected: &str) {
            while self.line().await != expected {}
        }

        /// Whether the server sends nothing more, and closes the connection.
        async fn is_hung_up_on(&mut self) -> bool {
            let mut rest = Vec::new();
            self.0.read_to_end(&mut rest).await.is_err() || rest.is_empty()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_limit_of_requests_and_connections_cuts_a_stream_or_a_long_poll_short() {
        let server = Server::start(Config::default()).await;
        let mut client = server.listen().await;
        for _ in 0..20 {
            client.reads("event: heartbeat").await;
        }
        let mut client = server.connect().await;
        // Two requests on one connection.
        for _ in 0..2 {
            let start = Instant::now();
            client.ask(&server, "/api/me/permissions?version=1&wait=55").await;
            assert_eq!(client.status().await, 204);
            assert_eq!(start.elapsed().as_secs(), 55);
            client.reads("").await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn f56_a_request_that_never_ends_is_dropped() {
        let server = Server::start(Config::default()).await;
        let mut client = server.connect().await;
        client.0.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        assert!(timeout(DEADLINE * 4, client.is_hung_up_on()).await.unwrap());
    }

    #[tokio::test]
    async fn f56_connections_beyond_the_bound_wait_until_another_ends() {
        let server = Server::start(Config { max_connections: 2, ..Config::default() }).await;
        let (first, _second) = (server.listen().await, server.listen().await);
        let mut third = server.connect().await;
        third.ask(&server, "/api/me/permissions").await;
        // If it were served, the answer would be here in a hundredth of that time.
        assert!(timeout(Duration::from_millis(300), third.status()).await.is_err());
        drop(first);
        assert_eq!(timeout(DEADLINE, third.status()).await.unwrap(), 200);
    }

    #[tokio::test]
    async fn f56_a_client_that_does_not_read_is_dropped_and_delays_no_other() {
        let config = Config {
            write_timeout: Duration::from_millis(300),
            max_streams: 2,
            ..Config::default()
        };
        let server = Server::start(config).await;
        // The receive buffer of the client that does not read is as small as the system allows.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
        let mut slow = Client(BufReader::with_capacity(512, stream));
        slow.ask(&server, "/api/me/permissions/events").await;
        assert_eq!(slow.status().await, 200);
        let mut reader = server.listen().await;

        let flood = async {
            let mut version = 1;
            loop {
                version += 1;
                server.state.bus().announce(Announcement::Changed {
                    subject: "u-5".into(),
                    version,
                    revoked: vec!["n".repeat(200); 100],
                });
                // A client that reads gets the change, whether or not the other one reads.
                reader.reads(&format!("id: {version}")).await;
                let mut next = server.connect().await;
                next.ask(&server, "/api/me/permissions/events").await;
                if next.status().await == 200 {
                    return version;
                }
            }
        };
        let version = timeout(DEADLINE, flood).await.unwrap();
        assert!(version > 2, "the place was free from the beginning");
        // The slow client gets only the bytes that the system had buffered for it.
        while slow.0.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {}
    }

    #[tokio::test]
    async fn f56_hundreds_of_idle_streams_delay_no_request() {
        let config = Config { max_streams_per_subject: 400, ..Config::default() };
        let server = Server::start(config).await;
        let mut streams = Vec::new();
        for _ in 0..400 {
            streams.push(server.listen().await);
        }
        let served = async {
            for _ in 0..20 {
                let mut client = server.connect().await;
                client.ask(&server, "/api/catalogue").await;
                assert_eq!(client.status().await, 200);
            }
        };
        timeout(DEADLINE, served).await.unwrap();
        let subject = "u-5".to_owned();
        server.state.bus().announce(Announcement::Changed { subject, version: 2, revoked: vec![] });
        for client in &mut streams {
            timeout(DEADLINE, client.reads("id: 2")).await.unwrap();
        }
    }
}
