//! The layer, the router and the handler see the same address (F69).

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use permgate_core::{Grant, Pattern, PermissionSet, Resource, ResourcePattern};
use tower::ServiceExt as _;

use super::Require;
use crate::{Authentication, Authority, Identify, Params, Problem, Standing};

/// An authority for which every sender is the same subject with these grants.
#[derive(Clone)]
struct One(PermissionSet);

impl Authority for One {
    type Proof = ();

    async fn authenticate(&self, _: &Parts) -> Result<Authentication<()>, Problem> {
        Ok(Authentication::Proof(()))
    }

    async fn standing(&self, (): &()) -> Result<Option<Standing>, Problem> {
        Ok(Some(Standing::new("u-1", 1, self.0.clone())))
    }
}

fn grant(pattern: &str) -> Grant {
    Grant::allow(Pattern::parse(pattern).unwrap())
}

fn on(grant: Grant, resource: &str) -> Grant {
    grant.on(ResourcePattern::parse(resource).unwrap())
}

fn deny(pattern: &str, resource: &str) -> Grant {
    on(Grant::deny(Pattern::parse(pattern).unwrap()), resource)
}

/// An application that answers with the parameters that its handlers see.
fn app(grants: impl IntoIterator<Item = Grant>) -> Router {
    let require = |template: &str| Require::new("invoice:view").unwrap().on_path(template).unwrap();
    let echo = async |Path(pairs): Path<Vec<(String, String)>>| {
        let values: Vec<_> = pairs.into_iter().map(|(_, value)| value).collect();
        values.join("|")
    };
    let nested = Router::new()
        .route("/invoices/{id}", get(echo).route_layer(require("tenants/{tenant}/invoices/{id}")));
    Router::new()
        .route("/invoices/{id}", get(echo).route_layer(require("invoices/{id}")))
        .route("/files/{*rest}", get(echo).route_layer(require("files/{rest}")))
        .route("/plain", get(async || "plain").route_layer(require("invoices/{id}")))
        .nest("/tenants/{tenant}", nested)
        .layer(Identify::new(One(PermissionSet::new(grants))))
}

async fn ask(app: &Router, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, String::from_utf8(bytes.into()).unwrap())
}

#[tokio::test]
async fn f69_a_denied_resource_is_denied_in_every_spelling_that_the_handler_decodes() {
    let app = app([
        grant("invoice:view"),
        deny("invoice:view", "invoices/42"),
        deny("invoice:view", "tenants/acme/*"),
    ]);
    for path in [
        "/invoices/42",
        "/invoices/%34%32",
        "/invoices/4%32",
        "/tenants/acme/invoices/1",
        "/tenants/acm%65/invoices/1",
        "/tenants/%61cme/invoices/%31",
    ] {
        assert_eq!(ask(&app, path).await.0, 403, "{path}");
    }
    for (path, body) in [
        ("/invoices/43", "43"),
        ("/invoices/%34%33", "43"),
        ("/invoices/%2534%2532", "%34%32"),
        ("/tenants/other/invoices/42", "other|42"),
    ] {
        assert_eq!(ask(&app, path).await, (StatusCode::OK, body.into()), "{path}");
    }
}

#[tokio::test]
async fn f69_a_grant_on_a_resource_allows_it_in_every_spelling_and_no_other_resource() {
    let app = app([on(grant("invoice:view"), "invoices/42")]);
    for path in ["/invoices/42", "/invoices/%34%32"] {
        assert_eq!(ask(&app, path).await, (StatusCode::OK, "42".into()), "{path}");
    }
    for path in ["/invoices/43", "/invoices/%34%33", "/tenants/acme/invoices/42"] {
        assert_eq!(ask(&app, path).await.0, 403, "{path}");
    }
}

#[tokio::test]
async fn f69_a_parameter_that_names_no_resource_is_refused_and_never_decided_without_a_resource() {
    let app = app([grant("*")]);
    for path in [
        "/invoices/%FF",
        "/invoices/..%2f42",
        "/invoices/..",
        "/invoices/%2e%2e",
        "/invoices/.",
        "/invoices/42%2f",
        "/invoices/%2f42",
        "/invoices/42%5c",
        "/invoices/%2A",
        "/invoices/42%00",
        "/invoices/42%0a",
        "/tenants/%FF/invoices/42",
        "/tenants/acme%2fother/invoices/42",
        "/files/a/b",
        // The route has no parameter `id`.
        "/plain",
    ] {
        let (status, body) = ask(&app, path).await;
        assert_eq!(status, 403, "{path}: {body}");
        assert!(body.contains("\"reason\":\"malformed-requirement\""), "{body}");
    }
    assert_eq!(ask(&app, "/files/a").await.0, 200);
}

#[tokio::test]
async fn f69_an_error_of_the_resource_function_refuses_and_none_decides_without_a_resource() {
    fn number(params: &Params) -> Result<Option<Resource>, Box<dyn std::error::Error>> {
        let id: u64 = params.segment("id")?.parse()?;
        Ok((id > 0).then(|| Resource::parse(&format!("invoices/{id}"))).transpose()?)
    }
    let require = Require::new("invoice:view").unwrap().on(number);
    let set = PermissionSet::new([on(grant("invoice:view"), "invoices/42")]);
    let app = |set| {
        Router::new()
            .route("/{id}", get(async || "seen").route_layer(require.clone()))
            .layer(Identify::new(One(set)))
    };
    let limited = app(set);
    for (path, expected) in
        [("/42", 200), ("/%34%32", 200), ("/042", 200), ("/43", 403), ("/0", 403), ("/x", 403)]
    {
        assert_eq!(ask(&limited, path).await.0, expected, "{path}");
    }
    let everywhere = app(PermissionSet::new([grant("*")]));
    for (path, expected) in [("/0", 200), ("/43", 200), ("/x", 403), ("/-1", 403), ("/4%2e", 403)] {
        assert_eq!(ask(&everywhere, path).await.0, expected, "{path}");
    }
}

#[tokio::test]
async fn a_layer_outside_of_a_router_has_no_parameters_and_refuses() {
    let handler = tower::service_fn(async |_: Request<Body>| Ok::<_, Infallible>("seen"));
    let require = Require::new("invoice:view").unwrap().on_path("invoices/{id}").unwrap();
    let set = PermissionSet::new([grant("*")]);
    let service =
        tower::ServiceBuilder::new().layer(Identify::new(One(set))).layer(require).service(handler);
    let response = service.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(response.status(), 403);
}
