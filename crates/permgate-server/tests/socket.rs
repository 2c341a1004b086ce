//! WebSockets over real connections, with the server in the same process.

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::{SinkExt as _, StreamExt as _};
    use permgate_server::{AppState, Config, PasswordCost, SettableClock, Timestamp, app, serve};
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
    use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Response};
    use tokio_tungstenite::tungstenite::{Error, Message};
    use tokio_tungstenite::{WebSocketStream, client_async};
    use tower::ServiceExt as _;

    /// Longer than any step of these tests takes on a busy machine.
    const DEADLINE: Duration = Duration::from_secs(20);

    struct Server {
        state: AppState,
        address: String,
        stop: Option<oneshot::Sender<()>>,
        serving: JoinHandle<bool>,
    }

    /// One end of a socket.
    struct Client(WebSocketStream<TcpStream>);

    impl Server {
        async fn start() -> Self {
            Self::with(Config::default()).await
        }

        async fn with(config: Config) -> Self {
            let config = Config {
                password_cost: PasswordCost::LEAST,
                origins: vec!["https://app.example".into()],
                ..config
            };
            let now = Timestamp::from_unix_ms(1_800_000_000_000);
            let clock = Arc::new(SettableClock::new(now));
            let state = AppState::in_memory(clock, config).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let (stop, stopped) = oneshot::channel::<()>();
            let until = async move { drop(stopped.await) };
            let serving = tokio::spawn(serve(listener, state.clone(), until));
            Self { state, address, stop: Some(stop), serving }
        }

        /// Signs in, and returns the token or the cookie.
        async fn sign_in(&self, username: &str, mode: &str) -> String {
            let password = format!("{username}-demo");
            let body = json!({ "username": username, "password": password, "mode": mode });
            let (cookie, body) = self.call("POST", "/api/session", "", body).await;
            match mode {
                "cookie" => cookie,
                _ => body["token"].as_str().unwrap().to_owned(),
            }
        }

        /// Sends a request without the network; returns the cookie that was set, and the body.
        async fn call(
            &self,
            method: &str,
            path: &str,
            token: &str,
            body: Value,
        ) -> (String, Value) {
            let request = axum::http::Request::builder()
                .method(method)
                .uri(path)
                .header("content-type", "application/json")
                .header("if-match", "*")
                .header("authorization", format!("Bearer {token}"))
                .body(axum::body::Body::from(body.to_string()))
                .unwrap();
            let response = app(self.state.clone()).oneshot(request).await.unwrap();
            assert!(response.status().is_success(), "{}", response.status());
            let cookie = response.headers().get("set-cookie").map_or("", |v| v.to_str().unwrap());
            let cookie = cookie.split(';').next().unwrap().to_owned();
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (cookie, serde_json::from_slice(&bytes).unwrap_or_default())
        }

        /// Sets the roles of Alan.
        async fn change_alan(&self, roles: &[&str]) {
            let token = self.sign_in("ada", "token").await;
            let body = json!({ "roles": roles });
            self.call("PUT", "/api/admin/users/u-5/roles", &token, body).await;
        }

        async fn open(
            &self,
            headers: &[(&str, &str)],
        ) -> Result<Client, Box<Response<Option<Vec<u8>>>>> {
            let url = format!("ws://{}/api/me/permissions/socket", self.address);
            let mut request = url.into_client_request().unwrap();
            for (name, value) in headers {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
            }
            let stream = TcpStream::connect(&self.address).await.unwrap();
            match client_async(request, stream).await {
                Ok((socket, _)) => Ok(Client(socket)),
                Err(Error::Http(response)) => Err(response),
                Err(error) => panic!("{error}"),
            }
        }

        async fn open_by_cookie(&self, username: &str) -> (Client, String) {
            let cookie = self.sign_in(username, "cookie").await;
            let origin = format!("http://{}", self.address);
            let client = self.open(&[("cookie", &cookie), ("origin", &origin)]).await;
            (client.unwrap(), cookie)
        }

        /// Opens a socket as a page with a token does: the token is in its first message.
        async fn open_by_token(&self, username: &str) -> (Client, String) {
            let token = self.sign_in(username, "token").await;
            let mut client = self.open(&[("origin", "https://anywhere.example")]).await.unwrap();
            client.authenticate(&token).await;
            (client, token)
        }
    }

    impl Client {
        async fn say(&mut self, message: Message) {
            self.0.send(message).await.unwrap();
        }

        async fn authenticate(&mut self, token: &str) {
            let message = json!({ "type": "authenticate", "token": token });
            self.say(Message::text(message.to_string())).await;
        }

        async fn next(&mut self) -> Option<Result<Message, Error>> {
            tokio::time::timeout(DEADLINE, self.0.next()).await.unwrap()
        }

        async fn hears(&mut self) -> Value {
            let message = self.next().await.unwrap().unwrap();
            serde_json::from_str(message.to_text().unwrap()).unwrap()
        }

        /// The code with which the server closes the socket.
        async fn is_closed_with(&mut self) -> u16 {
            let Some(Ok(Message::Close(Some(frame)))) = self.next().await else { panic!("open") };
            assert!(!frame.reason.is_empty());
            frame.code.into()
        }
    }

    fn version(version: u64) -> Value {
        json!({ "type": "version", "version": version, "subject": "u-5" })
    }

    #[tokio::test]
    async fn a_socket_by_cookie_or_token_sends_the_version_first_and_then_each_change() {
        let server = Server::start().await;
        let (mut by_cookie, _) = server.open_by_cookie("alan").await;
        let (mut by_token, _) = server.open_by_token("alan").await;
        for client in [&mut by_cookie, &mut by_token] {
            assert_eq!(client.hears().await, version(1));
        }
        server.change_alan(&["staff", "sales"]).await;
        server.change_alan(&["staff"]).await;
        for client in [&mut by_cookie, &mut by_token] {
            assert_eq!(client.hears().await, version(2));
            let lost = client.hears().await;
            assert_eq!((&lost["type"], &lost["version"]), (&json!("revoked"), &json!(3)));
            let lost = lost["permissions"].as_array().unwrap();
            assert!(lost.contains(&json!("quote:delete")) && !lost.contains(&json!("task:view")));
        }
    }

    #[tokio::test]
    async fn a_handshake_without_good_credentials_or_from_another_site_is_refused() {
        let server = Server::start().await;
        let cookie = server.sign_in("alan", "cookie").await;
        let token = server.sign_in("alan", "token").await;
        let bearer = format!("Bearer {token}");
        let own = format!("http://{}", server.address);
        let dead = format!("permgate_session={}", "x".repeat(43));
        for (headers, expected) in [
            (vec![("cookie", cookie.as_str()), ("origin", own.as_str())], 101),
            (vec![("cookie", &cookie), ("origin", "https://app.example")], 101),
            (vec![("cookie", &cookie), ("origin", "https://evil.example")], 403),
            (vec![("cookie", &cookie), ("origin", "null")], 403),
            (vec![("cookie", &cookie)], 403),
            (vec![("cookie", &dead), ("origin", &own)], 401),
            (vec![("cookie", "permgate_session=short"), ("origin", &own)], 401),
            (vec![("authorization", "Bearer forged"), ("origin", &own)], 401),
            // A token in a header, which programs send, is not sent by browsers for foreign pages.
            (vec![("authorization", &bearer)], 101),
        ] {
            let status = match server.open(&headers).await {
                Ok(mut client) => {
                    assert_eq!(client.hears().await, version(1));
                    101
                }
                Err(response) => {
                    assert_eq!(response.headers()["content-type"], "application/problem+json");
                    response.status().as_u16()
                }
            };
            assert_eq!(status, expected, "{headers:?}");
        }
        // A page with a token could never open a socket beside an invalid cookie, so the cookie is
        // deleted.
        let refused = server.open(&[("cookie", &dead)]).await.err().unwrap();
        let cleared = refused.headers()["set-cookie"].to_str().unwrap();
        assert!(cleared.starts_with("permgate_session=; ") && cleared.contains("Max-Age=0"));
        let refused = server.open(&[("authorization", "Bearer forged")]).await.err().unwrap();
        assert_eq!(refused.headers().get("set-cookie"), None);
    }

    #[tokio::test]
    async fn a_first_message_that_does_not_authenticate_closes_the_socket() {
        let server = Server::start().await;
        let expired = server.sign_in("alan", "token").await;
        server.call("DELETE", "/api/session", &expired, Value::Null).await;
        let text = |text: &str| Message::text(text.to_owned());
        let authenticate =
            |token: &str| text(&json!({ "type": "authenticate", "token": token }).to_string());
        for (message, expected) in [
            (authenticate("forged"), 4401),
            (authenticate(""), 4401),
            (authenticate(&expired), 4401),
            (text(""), 4403),
            (text("hello"), 4403),
            (text(r#"{"type":"authenticate"}"#), 4403),
            (text(r#"{"type":"authenticate","token":7}"#), 4403),
            (text(r#"{"type":"subscribe","token":"x"}"#), 4403),
            (text(r#"{"type":"authenticate","token":"x","more":1}"#), 4403),
            (Message::binary(vec![1, 2, 3]), 4403),
        ] {
            let mut client = server.open(&[]).await.unwrap();
            client.say(message.clone()).await;
            assert_eq!(client.is_closed_with().await, expected, "{message:?}");
        }
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_ends_the_socket() {
        let server = Server::start().await;
        let (mut client, _) = server.open_by_cookie("alan").await;
        assert_eq!(client.hears().await, version(1));
        // Without its spaces, the message would be valid.
        let token = server.sign_in("alan", "token").await;
        let message = json!({ "type": "authenticate", "token": token }).to_string();
        client.say(Message::text(message + &" ".repeat(16 * 1024))).await;
        // Unread bytes may discard the close code; only the end of the socket is checked.
        assert!(!matches!(client.next().await, Some(Ok(Message::Text(_)))));
    }

    #[tokio::test]
    async fn a_socket_that_never_authenticates_is_closed() {
        let server = Server::start().await;
        let mut client = server.open(&[]).await.unwrap();
        assert_eq!(client.is_closed_with().await, 4401);
    }

    #[tokio::test]
    async fn a_close_of_the_client_is_answered() {
        let server = Server::start().await;
        let (mut client, _) = server.open_by_cookie("alan").await;
        assert_eq!(client.hears().await, version(1));
        client.0.close(None).await.unwrap();
        assert!(matches!(client.next().await, Some(Ok(Message::Close(_)))));
        assert!(client.next().await.is_none());
    }

    #[tokio::test]
    async fn new_credentials_in_an_open_socket_replace_the_old_ones() {
        // The new credentials need no second place.
        let server = Server::with(Config { max_streams_per_subject: 1, ..Config::default() }).await;
        let (mut client, old) = server.open_by_token("alan").await;
        assert_eq!(client.hears().await, version(1));
        let new = server.sign_in("alan", "token").await;
        client.authenticate(&new).await;
        assert_eq!(client.hears().await, version(1));
        server.call("DELETE", "/api/session", &old, Value::Null).await;
        server.change_alan(&["staff", "sales"]).await;
        assert_eq!(client.hears().await, version(2));
        server.call("DELETE", "/api/session", &new, Value::Null).await;
        assert_eq!(client.hears().await, json!({ "type": "session-revoked" }));
        assert_eq!(client.is_closed_with().await, 4401);
    }

    #[tokio::test]
    async fn f56_sockets_beyond_the_bound_are_refused() {
        let server = Server::with(Config { max_streams_per_subject: 1, ..Config::default() }).await;
        let (mut held, cookie) = server.open_by_cookie("alan").await;
        assert_eq!(held.hears().await, version(1));
        let own = format!("http://{}", server.address);
        let refused = server.open(&[("cookie", &cookie), ("origin", &own)]).await.err().unwrap();
        assert_eq!(refused.status(), 503);
        assert!(refused.headers().contains_key("retry-after"));
        let (mut second, _) = server.open_by_token("alan").await;
        assert_eq!(second.is_closed_with().await, 4429);
        // The place is free once the first socket is gone.
        drop(held);
        let again = async {
            loop {
                match server.open(&[("cookie", &cookie), ("origin", &own)]).await {
                    Ok(mut client) => return client.hears().await,
                    Err(response) => assert_eq!(response.status(), 503),
                }
            }
        };
        assert_eq!(tokio::time::timeout(DEADLINE, again).await.unwrap(), version(1));
    }

    #[tokio::test]
    async fn a_server_that_stops_closes_sockets_with_a_reason_and_waits_for_no_client() {
        let mut server = Server::start().await;
        let (mut known, _) = server.open_by_cookie("alan").await;
        assert_eq!(known.hears().await, version(1));
        let mut unknown = server.open(&[]).await.unwrap();
        // A connection between two requests.
        let mut idle = TcpStream::connect(&server.address).await.unwrap();
        idle.write_all(b"GET /api/session HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert_ne!(idle.read(&mut [0; 4096]).await.unwrap(), 0);
        server.stop.take().unwrap().send(()).unwrap();
        assert_eq!(known.is_closed_with().await, 1001);
        assert_eq!(unknown.is_closed_with().await, 1001);
        drop((known, unknown));
        let ended = tokio::time::timeout(DEADLINE, server.serving).await.unwrap().unwrap();
        assert!(ended, "all connections ended in time");
    }
}
