//! Serves connections: a bounded number, none that stalls for long, and a stop that ends streams.

mod connection;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::response::IntoResponse as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::host;
use crate::request_id::RequestIds;
use crate::sign_in::Connected;
use crate::site::Site;
use crate::state::AppState;
use connection::Connection;

/// How long requests in flight may still take after the signal to stop. Streams end at once.
pub const STOP_WITHIN: Duration = Duration::from_secs(5);

/// How long the head of a request may take to arrive, and the longest pause between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// How much of a connection is buffered, in bytes: ten times the head of a request.
const BUFFER_BYTES: usize = 64 * 1024;

/// The most connections that can be counted; no machine has that many ports.
const MAX_CONNECTIONS: u32 = 1 << 20;

/// How long to wait when no connection can be accepted, for example for lack of file descriptors.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Serves the whole server on a listener until `stop` is ready; then lets requests in flight end.
/// Returns whether all of them ended in time.
pub async fn serve(listener: TcpListener, state: AppState, stop: impl Future<Output = ()>) -> bool {
    let site = Site::new(state.clone());
    let ids = RequestIds::default();
    let total = u32::try_from(state.config().max_connections)
        .map_or(MAX_CONNECTIONS, |total| total.clamp(1, MAX_CONNECTIONS));
    let places = Arc::new(Semaphore::new(total as usize));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, from, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => match accepted {
                Ok(accepted) => accepted,
                // A client went away before it was accepted.
                Err(error) if is_theirs(&error) => continue,
                Err(error) => {
                    tracing::warn!("no connection could be accepted: {error}");
                    tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                    continue;
                }
            },
        };
        let write_timeout = state.config().write_timeout;
        give_up_after(&stream, write_timeout);
        let connection = Connection::new(stream, place, write_timeout);
        tokio::spawn(serve_one(connection, from, ids.clone(), site.clone(), state.clone()));
    }
    // No connection is accepted any more, and open streams are asked to end.
    drop(listener);
    state.stop();
    // Each connection holds its place until it ends, also after an upgrade to a socket.
    let ended = places.acquire_many(total);
    let have_ended = tokio::time::timeout(STOP_WITHIN, ended).await.is_ok();
    // If the write fails, it logs the error itself.
    drop(state.counting().write().await);
    have_ended
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, from) = listener.accept().await?;
    // Messages of a stream are small and urgent. If the option cannot be set, they only arrive
    // later.
    drop(stream.set_nodelay(true));
    Ok((stream, from.ip(), place))
}

/// Makes the system close a connection whose other side has vanished silently: otherwise it retries
/// for a quarter of an hour, and the small messages of a stream seem to be written meanwhile.
#[cfg(target_os = "linux")]
fn give_up_after(stream: &TcpStream, limit: Duration) {
    let milliseconds = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds) {
        tracing::debug!("lost connections will be noticed late: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_up_after(_: &TcpStream, _: Duration) {}

fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_one(
    connection: Connection,
    from: IpAddr,
    ids: RequestIds,
    site: Site,
    state: AppState,
) {
    let _open = state.metrics().connected();
    let shared = state.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (site, ids, state) = (site.clone(), ids.clone(), shared.clone());
        request.extensions_mut().insert(Connected(from));
        async move {
            let answer = async |request: Request<Incoming>| match host::check(&request) {
                Ok(()) => site.oneshot(request.map(Body::new)).await,
                Err(problem) => Ok(problem.into_response()),
            };
            let response = ids.answer(request, answer).await;
            if let Ok(response) = &response {
                state.metrics().answered(response.status());
            }
            response
        }
    });
    let mut serving = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(TokioIo::new(connection), service)
            .with_upgrades()
    );
    let served = tokio::select! {
        served = serving.as_mut() => served,
        () = state.stopped() => {
            // The request that is being answered is the last one.
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        // The client went away, or did not speak HTTP; neither can be fixed here.
        tracing::trace!("a connection ended: {error}");
    }
}
