//! The endpoints for pages with permgate: the document, and the streams and polls that announce
//! changes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use permgate_core::Catalogue;

use crate::bus::{Bus, LocalBus};
use crate::clock::{Clock, SystemClock};
use crate::document::{Form, document};
use crate::identify::Current;
use crate::problem::Problem;
use crate::push::{Knock, StreamLimits, Streams, Wait};
use crate::query;
use crate::require::Require;
use crate::tenant::Tenant;

/// How long a document may be believed unless [`Backend::with_ttl`] is called.
const TTL: Duration = Duration::from_secs(300);

/// The endpoints that pages with permgate call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Backend {
    streams: Streams,
    ttl: Duration,
    catalogue: Option<Arc<Catalogue>>,
    origins: Arc<[HeaderValue]>,
}

impl Default for Backend {
    fn default() -> Self {
        Self::new()
    }
}

impl Backend {
    /// A back end of one process, on the system's clock.
    #[must_use]
    pub fn new() -> Self {
        let (bus, clock) = (Arc::new(LocalBus::new()), Arc::new(SystemClock));
        Self::on(bus, clock, StreamLimits::default())
    }

    /// A back end that hears announcements on `bus`, which may reach other processes.
    pub fn on(bus: Arc<dyn Bus>, clock: Arc<dyn Clock>, limits: StreamLimits) -> Self {
        let streams = Streams::new(bus, clock, limits);
        Self { streams, ttl: TTL, catalogue: None, origins: Arc::new([]) }
    }

    /// Lets documents be believed for `ttl`, in whole seconds.
    #[must_use]
    pub fn with_ttl(self, ttl: Duration) -> Self {
        Self { ttl, ..self }
    }

    /// Packs documents by a catalogue if the page requests it (`?packed=1`).
    #[must_use]
    pub fn with_catalogue(self, catalogue: Arc<Catalogue>) -> Self {
        Self { catalogue: Some(catalogue), ..self }
    }

    /// Lets pages of these origins, such as `https://app.example`, open sockets with credentials
    /// that a browser sends by itself. Other requests of these origins need a CORS layer.
    #[must_use]
    pub fn with_origins(self, origins: impl IntoIterator<Item = HeaderValue>) -> Self {
        Self { origins: origins.into_iter().collect(), ..self }
    }

    /// The state that all streams share; with it changes are announced and streams are ended.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The routes: the document at `path`, streams at `path/events` and `path/socket`. They must be
    /// inside [`Identify`](crate::Identify).
    pub fn routes<S: Clone + Send + Sync + 'static>(&self, path: &str) -> Router<S> {
        let (document, events, socket) = (self.clone(), self.clone(), self.clone());
        let document = get(async move |current: Current, request: Request| {
            let (parts, _) = request.into_parts();
            document.document(&parts.uri, &parts.headers, &current).await
        });
        let events = get(async move |current: Current| events.events(&current));
        // A browser's socket cannot carry a token in its handshake.
        let socket = get(async move |knock: Knock| socket.socket(knock));
        Router::new()
            .route(path, document.route_layer(Require::signed_in()))
            .route(&format!("{path}/events"), events.route_layer(Require::signed_in()))
            .route(&format!("{path}/socket"), socket)
    }

    /// Responds with the permission document of the sender, or with 304 when the sender has it
    /// already.
    ///
    /// `?tenant=acme` asks for the permissions in a tenant, `?packed=1` for one bit per permission
    /// of the catalogue instead of names, and `?wait=25&version=42` for a response that waits until
    /// the version differs from 42, for at most 55 seconds.
    ///
    /// # Errors
    /// 400 when a parameter is not valid, and as [`Streams::poll`].
    pub async fn document(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        current: &Current,
    ) -> Result<Response, Problem> {
        let tenant = query::parameter(uri, "tenant")?.map(Tenant::parse).transpose();
        let tenant = tenant.map_err(|advice| Problem::invalid_query("tenant", advice))?;
        let catalogue = match query::switch(uri, "packed")? {
            true => Some(self.catalogue.as_ref().ok_or_else(|| {
                let advice = "there is no catalogue to pack with; leave it out";
                Problem::invalid_query("packed", advice)
            })?),
            false => None,
        };
        let answer = |current: &Current| {
            let ttl_seconds = self.ttl.as_secs();
            let form = Form { ttl_seconds, tenant: tenant.as_ref(), catalogue };
            document(&current.standing, form).respond(headers)
        };
        let response = match Wait::read(uri)? {
            Some(wait) => self.streams.poll(current, wait, answer).await?,
            None => answer(current),
        };
        Ok(private(response))
    }

    /// As [`Streams::events`].
    ///
    /// # Errors
    /// As [`Streams::events`].
    pub fn events(&self, current: &Current) -> Result<Response, Problem> {
        self.streams.events(current).map(private)
    }

    /// As [`Streams::socket`], for the origins of this back end.
    ///
    /// # Errors
    /// As [`Streams::socket`].
    pub fn socket(&self, knock: Knock) -> Result<Response, Problem> {
        self.streams.socket(&self.origins, knock)
    }
}

/// Forbids shared caches to store a response, and makes caches keep one for each sender (RFC 9111
/// §5.2.2.5, RFC 9110 §12.5.5).
fn private(response: Response) -> Response {
    let mut response = response.into_response();
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.append(header::VARY, HeaderValue::from_static("Authorization, Cookie"));
    response
}

#[cfg(test)]
mod tests;
