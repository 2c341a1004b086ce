//! Serves the built single-page application, with the headers that keep it safe.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

use crate::problem::Problem;

/// What pages may load: our own scripts, styles and WebAssembly, and nothing from other origins.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'";

/// Files below this folder carry a hash of their content in their name.
const HASHED: &str = "/assets/";

/// Serves a folder; without a folder, answers that there are no pages.
pub(crate) fn router(www: Option<&Path>) -> Router {
    Router::new().fallback(serve).with_state(www.map(Arc::from))
}

async fn serve(State(www): State<Option<Arc<Path>>>, request: Request) -> Response {
    let Some(www) = www else {
        let detail = "this server has no pages; start it with `--www` and the built application";
        return Problem::not_found(detail).into_response();
    };
    let is_navigation = is_navigation(&request);
    let is_hashed = request.uri().path().starts_with(HASHED);
    let (mut parts, _) = request.into_parts();
    if parts.uri.path() == "/" {
        parts.uri = Uri::from_static("/index.html");
    }
    let has_file = is_served(&www, parts.uri.path()).await;
    let again = |parts: &axum::http::request::Parts| {
        let mut request = Request::new(axum::body::Body::empty());
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.headers_mut() = parts.headers.clone();
        request
    };
    // Folders have no address of their own: the redirect from `//assets` to `//assets/` would lead
    // to another host named `assets`.
    let files = ServeDir::new(&www).append_index_html_on_directories(false);
    let mut response = if has_file {
        match files.oneshot(again(&parts)).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        }
    } else {
        StatusCode::NOT_FOUND.into_response()
    };
    let is_of_application =
        response.status() == StatusCode::NOT_FOUND && is_navigation && !is_hashed;
    if is_of_application && is_served(&www, "/index.html").await {
        // The application's own router handles the address.
        response = match ServeFile::new(www.join("index.html")).oneshot(again(&parts)).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        };
    }
    if response.status() == StatusCode::NOT_FOUND {
        response = Problem::not_found("there is no such file").into_response();
    }
    let is_immutable = is_hashed && response.status() != StatusCode::NOT_FOUND;
    protect(response.headers_mut(), is_immutable);
    response
}

/// Whether a path leads to a file that may be served: not to a name that begins with a dot, such as
/// `.env` or `.git`, and not through a symbolic link, which may lead out of the folder.
async fn is_served(www: &Path, path: &str) -> bool {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return false };
    let mut file = www.to_owned();
    // A backslash is a separator in Windows; no file of a built application has one.
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment.starts_with('.') || segment.contains(['\\', '\0']) {
            return false;
        }
        file.push(segment);
        match tokio::fs::symlink_metadata(&file).await {
            Ok(metadata) if metadata.is_symlink() => return false,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Whether the request opens a page, rather than loading a script, an image or data.
fn is_navigation(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let opens = match header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => header("accept").is_some_and(|accept| accept.contains("text/html")),
    };
    opens && [Method::GET, Method::HEAD].contains(request.method())
}

fn protect(headers: &mut HeaderMap, is_immutable: bool) {
    let is_html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    let cache = if is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    set(header::CACHE_CONTROL, cache);
    if is_html {
        set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
        set(header::REFERRER_POLICY, "same-origin");
        set(header::X_FRAME_OPTIONS, "DENY");
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
}
