//! The whole server as one service: the API below `/api`, and everything else beside it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower::Service;

use crate::api::{self, Api};
use crate::state::AppState;
use crate::{exposition, health, www};

/// The whole server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Site {
    api: Api,
    rest: Router,
}

impl Site {
    pub(crate) fn new(state: AppState) -> Self {
        let rest = health::router(state.clone())
            .merge(exposition::router(state.clone()))
            .fallback_service(www::router(state.config().www.as_deref()));
        Self { api: api::service(state), rest }
    }
}

impl Service<Request> for Site {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        ready!(self.api.poll_ready(context))?;
        <Router as Service<Request>>::poll_ready(&mut self.rest, context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match api::is_of_api(request.uri().path()) {
            true => self.api.call(request),
            false => Box::pin(self.rest.call(request)),
        }
    }
}
