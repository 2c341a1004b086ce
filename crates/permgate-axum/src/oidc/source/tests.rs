//! When keys are downloaded, which key sets are refused, and how long old keys are used.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

use super::super::tests::{KeyPair, Provider, clock, verifier};
use super::super::{DownloadError, MAX_KEY_SET_BYTES, TokenError};
use super::KeySource;

#[test]
fn keys_are_downloaded_only_over_https_or_from_the_loopback_interface() {
    for (url, is_taken) in [
        ("https://id.example/jwks", true),
        ("https://id.example:8443/a/b?c", true),
        ("http://127.0.0.1:9000/jwks", true),
        ("http://[::1]:9000/jwks", true),
        ("http://localhost/jwks", true),
        ("http://id.example/jwks", false),
        ("http://127.0.0.1.evil.example/jwks", false),
        ("http://localhost.evil.example/jwks", false),
        ("http://10.0.0.1/jwks", false),
        ("https://user:secret@id.example/jwks", false),
        ("http://127.0.0.1@evil.example/jwks", false),
        ("ftp://id.example/jwks", false),
        ("file:///etc/passwd", false),
        ("/jwks", false),
        ("", false),
    ] {
        assert_eq!(KeySource::new(url, clock()).is_ok(), is_taken, "{url}");
    }
}

#[tokio::test]
async fn unknown_keys_lead_to_at_most_one_download_in_30_seconds() {
    let (key, next) = (KeyPair::new("k1", 1), KeyPair::new("k2", 2));
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let verifier = verifier(&provider, &clock);
    verifier.verify(&key.token()).await.unwrap();
    assert_eq!(provider.requests(), 1);
    provider.publishes(&[&key, &next]);
    for _ in 0..5 {
        assert_eq!(verifier.verify(&next.token()).await, Err(TokenError::Invalid));
        verifier.verify(&key.token()).await.unwrap();
    }
    assert_eq!(provider.requests(), 1, "the first download was less than 30 s ago");
    clock.advance(Duration::from_secs(30));
    verifier.verify(&next.token()).await.unwrap();
    verifier.verify(&key.token()).await.unwrap();
    assert_eq!(provider.requests(), 2);
    clock.advance(Duration::from_secs(30));
    let unknown = KeyPair::new("k3", 3);
    for _ in 0..5 {
        assert_eq!(verifier.verify(&unknown.token()).await, Err(TokenError::Invalid));
    }
    assert_eq!(provider.requests(), 3);
}

#[tokio::test]
async fn many_requests_at_once_lead_to_one_download() {
    let key = KeyPair::new("k1", 1);
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let verifier = verifier(&provider, &clock);
    let token = key.token();
    let all = (0..50).map(|_| verifier.verify(&token));
    assert!(futures_util::future::join_all(all).await.iter().all(Result::is_ok));
    assert_eq!(provider.requests(), 1);
}

#[tokio::test]
async fn old_keys_are_used_for_an_hour_while_the_provider_fails() {
    let key = KeyPair::new("k1", 1);
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let verifier = verifier(&provider, &clock);
    let mut claims = super::super::tests::claims();
    claims["exp"] = (super::super::tests::START + 86_400).into();
    let token = key.sign(&key.header(), &claims);
    verifier.verify(&token).await.unwrap();
    provider.answers(502, "");
    clock.advance(Duration::from_secs(3599));
    verifier.verify(&token).await.unwrap();
    assert_eq!(provider.requests(), 2);
    clock.advance(Duration::from_secs(1));
    let error = verifier.verify(&token).await;
    assert_eq!(error, Err(TokenError::NoKeys(DownloadError::Status(502))));
    provider.publishes(&[&key]);
    clock.advance(Duration::from_secs(30));
    verifier.verify(&token).await.unwrap();
}

#[tokio::test]
async fn a_key_that_the_provider_withdrew_verifies_for_ten_minutes_at_most() {
    let (key, next) = (KeyPair::new("k1", 1), KeyPair::new("k2", 2));
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let verifier = verifier(&provider, &clock);
    verifier.verify(&key.token()).await.unwrap();
    provider.publishes(&[&next]);
    clock.advance(Duration::from_secs(599));
    verifier.verify(&key.token()).await.unwrap();
    clock.advance(Duration::from_secs(1));
    assert_eq!(verifier.verify(&key.token()).await, Err(TokenError::Invalid));
}

#[tokio::test]
async fn f72_a_clock_that_is_set_back_prevents_no_download() {
    let (key, next) = (KeyPair::new("k1", 1), KeyPair::new("k2", 2));
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let verifier = verifier(&provider, &clock);
    verifier.verify(&key.token()).await.unwrap();
    provider.publishes(&[&next]);
    clock.set(crate::Timestamp::from_unix_ms(1_000_000));
    verifier.verify(&next.token()).await.unwrap();
}

#[tokio::test]
async fn answers_that_are_redirected_too_large_or_not_a_key_set_are_refused() {
    let key = KeyPair::new("k1", 1);
    let (provider, clock) = (Provider::start(&[&key]).await, clock());
    let large = "x".repeat(usize::try_from(MAX_KEY_SET_BYTES).unwrap() + 1);
    for (status, body, expected) in [
        (301, "", DownloadError::Redirect),
        (302, "", DownloadError::Redirect),
        (307, "", DownloadError::Redirect),
        (404, "", DownloadError::Status(404)),
        (204, "", DownloadError::Status(204)),
        (200, large.as_str(), DownloadError::TooLarge),
        (200, "<html>", DownloadError::NoKeys),
        (200, r#"{"keys":[]}"#, DownloadError::NoKeys),
        (200, r#"{"keys":[{"kty":"oct","k":"AAAA","kid":"k1"}]}"#, DownloadError::NoKeys),
    ] {
        provider.answers(status, body);
        let error = verifier(&provider, &clock).verify(&key.token()).await;
        assert_eq!(error, Err(TokenError::NoKeys(expected)), "{status}");
    }
}

#[tokio::test]
async fn a_download_from_a_provider_that_does_not_answer_fails() {
    // The kernel accepts the connections, but no program answers them.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let keys = KeySource::new(&url, clock()).unwrap();
    let found = tokio::time::timeout(Duration::from_secs(20), keys.keys(None)).await.unwrap();
    assert!(matches!(found, Err(DownloadError::Failed(_))), "{found:?}");
}

#[tokio::test]
async fn a_request_whose_key_can_still_be_used_does_not_wait_for_a_slow_provider() {
    let key = KeyPair::new("k1", 1);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let set = key.set().to_string();
    let (request, mut received_request) = mpsc::channel(1);
    // Answers the first request, and then accepts connections without answering.
    let provider = tokio::spawn(async move {
        let mut connections = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            if connections.is_empty() {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", set.len());
                drop(stream.read(&mut [0; 4096]).await);
                stream.write_all((head + &set).as_bytes()).await.unwrap();
            }
            connections.push(stream);
            request.send(()).await.unwrap();
        }
    });
    let clock = clock();
    let keys = KeySource::new(&url, clock.clone()).unwrap();
    keys.keys(Some("k1")).await.unwrap();
    received_request.recv().await.unwrap();
    clock.advance(Duration::from_secs(600));
    let downloading = tokio::spawn({
        let keys = keys.clone();
        async move { keys.keys(Some("k1")).await.is_ok() }
    });
    received_request.recv().await.unwrap();
    assert!(matches!(keys.keys(Some("k1")).now_or_never(), Some(Ok(_))));
    assert!(keys.keys(Some("k2")).now_or_never().is_none(), "the download may contain it");
    provider.abort();
    assert!(downloading.await.unwrap(), "the old keys are used for an hour");
}
