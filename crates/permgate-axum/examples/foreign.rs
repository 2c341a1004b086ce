//! An application with sessions and rights of its own: `cargo run -p permgate-axum --example foreign`.
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::{Router, middleware, response::Response, routing::post, routing::put};
use permgate_axum::*;
use permgate_core::{PermissionSet, wire::Document};
use std::{collections::HashMap, sync::Arc, sync::RwLock};

/// The application's own store: each user's rights, with a version that rises with each change.
type Users = Arc<RwLock<HashMap<String, (u64, &'static str)>>>;

#[derive(Clone)]
struct App(Users, Backend);
#[derive(Clone)]
struct User(String);

/// Stands for the session layer that the application already has.
async fn own_sessions(mut request: Request, next: middleware::Next) -> Response {
    let cookie = request.headers().get("cookie").and_then(|value| value.to_str().ok());
    let user = cookie.and_then(|cookie| cookie.strip_prefix("user=")).map(str::to_owned);
    user.map(|name| request.extensions_mut().insert(User(name)));
    next.run(request).await
}

impl Authority for App {
    type Proof = User;
    async fn authenticate(&self, parts: &Parts) -> Result<Authentication<User>, Problem> {
        let user = parts.extensions.get::<User>().cloned();
        Ok(user.map_or(Authentication::Anonymous, Authentication::Proof))
    }
    async fn standing(&self, User(name): &User) -> Result<Option<Standing>, Problem> {
        let users = self.0.read().map_err(|error| Problem::internal(&error))?;
        let Some((version, rights)) = users.get(name) else { return Ok(None) };
        let rights = Document::parse(rights).map_err(|error| Problem::internal(&error))?;
        Ok(Some(Standing::new(name, *version, PermissionSet::new(rights.grants))))
    }
}

async fn revoke(State(app): State<App>, Path(user): Path<String>) -> Result<StatusCode, Problem> {
    let mut users = app.0.write().map_err(|error| Problem::internal(&error))?;
    let (version, rights) = users.get_mut(&user).ok_or_else(|| Problem::not_found("no user"))?;
    (*version, *rights) = (*version + 1, "[]");
    let (subject, version, revoked) = (user, *version, vec!["invoice:edit".into()]);
    app.1.streams().announce(Announcement::Changed { subject, version, revoked });
    Ok(StatusCode::NO_CONTENT)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bob =
        r#"{"grants":[{"permission":"invoice:edit","resource":"invoices/42","effect":"allow"}]}"#;
    let users = [("ada", r#"["user:edit"]"#), ("bob", bob)].map(|(n, r)| (n.to_owned(), (1, r)));
    let app = App(Arc::new(RwLock::new(users.into())), Backend::new());
    let edit = Require::new("invoice:edit")?.on_path("invoices/{id}")?.after_body(64 << 10);
    let save = put(async |Path(id): Path<String>, body: String| format!("{id}: {body}"));
    let router = Router::new()
        .route("/invoices/{id}", save.route_layer(edit))
        .route("/users/{user}/revoke", post(revoke).route_layer(Require::new("user:edit")?))
        .merge(app.1.routes("/me/permissions"))
        .layer(Identify::new(app.clone()))
        .layer(middleware::from_fn(own_sessions));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router.with_state(app)).await?)
}
