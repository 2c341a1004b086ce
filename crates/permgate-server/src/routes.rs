//! The table of all routes of the API, each with the requirement for its callers.

mod audit;
mod catalogue;
mod demo;
mod fields;
mod keys;
mod me;
mod own;
mod pages;
mod records;
mod refusals;
mod roles;
mod session;
mod users;
mod views;

use axum::Extension;
use axum::http::Method;
use axum::routing::{MethodRouter, delete, get, post, put};
use permgate_axum::Require;
use permgate_core::Language;

use crate::body::MAX_BODY_BYTES;
use crate::catalogue::{Action, PAGES};
use crate::state::AppState;

/// The route of the permission document, the only one that has `?wait=`.
pub(crate) const DOCUMENT: &str = "/api/me/permissions";

/// A route of the API.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its method; `GET` answers `HEAD` too.
    pub method: Method,
    /// Its path, with parameters such as `{id}`.
    pub path: String,
    /// The callers that are admitted.
    pub access: Access,
    pub(crate) handler: MethodRouter<AppState>,
}

/// The callers that a route admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody: for signing in and out.
    Public,
    /// Every signed-in user.
    SignedIn,
    /// Every signed-in user, and clients that authenticate in the first message of a socket.
    FirstMessage,
    /// Every user who meets a requirement.
    Needs(String),
}

/// All routes, with their requirements parsed in a language. The layer that checks access is
/// already around each handler.
#[must_use]
pub fn table(language: Language) -> Vec<Route> {
    let (public, signed_in) = (Access::Public, Access::SignedIn);
    let needs = |requirement: &str| Access::Needs(requirement.into());
    let mut table = vec![
        (Method::POST, "/api/session", public.clone(), post(session::sign_in)),
        (Method::DELETE, "/api/session", public, delete(session::sign_out)),
        (Method::GET, "/api/session", signed_in.clone(), get(session::show)),
        (Method::GET, DOCUMENT, signed_in.clone(), get(me::permissions)),
        (Method::GET, "/api/me/permissions/events", signed_in.clone(), get(me::events)),
        (Method::GET, "/api/me/permissions/socket", Access::FirstMessage, get(me::socket)),
        (Method::POST, "/api/me/decisions", signed_in.clone(), post(me::decisions)),
        (Method::PUT, "/api/me/password", signed_in.clone(), put(own::change_password)),
        (Method::GET, "/api/me/sessions", signed_in.clone(), get(own::sessions)),
        (Method::DELETE, "/api/me/sessions", signed_in.clone(), delete(own::sign_out_everywhere)),
        (Method::DELETE, "/api/me/sessions/{id}", signed_in.clone(), delete(own::end_session)),
        (Method::GET, "/api/catalogue", signed_in, get(catalogue::show)),
        (Method::GET, "/api/admin/users", needs("user:view"), get(users::list)),
        (Method::POST, "/api/admin/users", needs("user:create"), post(users::add)),
        (Method::GET, "/api/admin/users/{id}", needs("user:view"), get(users::show)),
        (Method::DELETE, "/api/admin/users/{id}", needs("user:delete"), delete(users::remove)),
        (Method::PUT, "/api/admin/users/{id}/roles", needs("user:edit"), put(users::set_roles)),
        (Method::PUT, "/api/admin/users/{id}/grants", needs("user:edit"), put(users::set_grants)),
        (Method::PUT, "/api/admin/users/{id}/password", needs("user:edit"), put(users::password)),
        (Method::GET, "/api/admin/users/{id}/sessions", needs("user:view"), get(users::sessions)),
        (
            Method::DELETE,
            "/api/admin/users/{id}/sessions",
            needs("user:edit"),
            delete(users::end_sessions),
        ),
        (
            Method::DELETE,
            "/api/admin/users/{id}/sessions/{name}",
            needs("user:edit"),
            delete(users::end_session),
        ),
        (Method::GET, "/api/admin/roles", needs("role:view"), get(roles::list)),
        (Method::GET, "/api/admin/roles/{name}", needs("role:view"), get(roles::show)),
        (Method::POST, "/api/admin/roles", needs("role:create"), post(roles::add)),
        (Method::PUT, "/api/admin/roles/{name}", needs("role:edit"), put(roles::set)),
        (Method::DELETE, "/api/admin/roles/{name}", needs("role:delete"), delete(roles::remove)),
        (Method::GET, "/api/admin/keys", needs("setting:view"), get(keys::list)),
        (Method::POST, "/api/admin/keys", needs("setting:edit"), post(keys::rotate)),
        (Method::GET, "/api/admin/audit", needs("audit:view"), get(audit::list)),
    ]
    .into_iter()
    .filter_map(|(method, path, access, handler)| {
        guarded(method, path.into(), access, handler, language)
    })
    .collect::<Vec<_>>();
    for page in PAGES {
        for &action in page.actions {
            let list = format!("/api/pages/{}/records", page.key);
            let (method, path, handler) = match action {
                Action::View => (Method::GET, list, records::list(page.key)),
                Action::Create => (Method::POST, list, records::add(page.key)),
                Action::Edit => (Method::PUT, format!("{list}/{{id}}"), records::change(page.key)),
                Action::Delete => {
                    (Method::DELETE, format!("{list}/{{id}}"), records::remove(page.key))
                }
            };
            let access = Access::Needs(page.permission(action));
            // A user who may change a record may read it first.
            if action == Action::View && page.actions.contains(&Action::Edit) {
                let (one, handler) = (format!("{path}/{{id}}"), records::show(page.key));
                table.extend(guarded(Method::GET, one, access.clone(), handler, language));
            }
            table.extend(guarded(method, path, access, handler, language));
        }
    }
    table
}

/// The control of the demo that makes its server crash.
pub(crate) fn demo(crash: fn(u8)) -> Route {
    Route {
        method: Method::POST,
        path: "/api/demo/crash".into(),
        access: Access::SignedIn,
        handler: post(demo::crash)
            .layer(Extension(crash))
            .route_layer(Require::signed_in().after_body(MAX_BODY_BYTES)),
    }
}

/// Puts the layer that checks access around a handler. A route whose requirement does not parse is
/// left out, so that it admits no request; a test counts the routes.
///
/// A route that changes something decides again after the body was read (F72): a request that began
/// before a revocation, with a body that comes slowly, is refused.
fn guarded(
    method: Method,
    path: String,
    access: Access,
    handler: MethodRouter<AppState>,
    language: Language,
) -> Option<Route> {
    let require = match &access {
        // A browser's socket cannot carry a token; the handler closes sockets that do not
        // authenticate.
        Access::Public | Access::FirstMessage => {
            return Some(Route { method, path, access, handler });
        }
        Access::SignedIn => Require::signed_in(),
        Access::Needs(requirement) => {
            let require = Require::new_in(requirement, language).ok()?;
            match path.strip_prefix("/api/").filter(|path| is_record(path)) {
                Some(resource) => require.on_path(resource).ok()?,
                None => require,
            }
        }
    };
    let handler = match method {
        Method::GET => handler.route_layer(require),
        _ => handler.route_layer(require.after_body(MAX_BODY_BYTES)),
    };
    Some(Route { method, path, access, handler })
}

/// Whether a path is that of a single record, to which a grant can be limited.
fn is_record(path: &str) -> bool {
    path.starts_with("pages/") && path.ends_with("/records/{id}")
}
