//! The static files: types, the fallback for navigations, caching, and protective headers.

use axum::body::Body;
use axum::http::Request;

use super::{Answer, Server, quick};
use crate::Config;

fn site() -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let assets = folder.path().join("assets");
    std::fs::create_dir(&assets).unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>home").unwrap();
    std::fs::write(assets.join("app-1a2b.js"), "1").unwrap();
    std::fs::write(assets.join("permgate-1a2b.wasm"), b"\0asm").unwrap();
    let www = Some(folder.path().to_owned());
    let server = Server::with(Config { www, ..quick() });
    (folder, server)
}

async fn get(server: &Server, path: &str, name: &str, value: &str) -> Answer {
    let request = Request::get(path).header(name, value);
    server.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn files_have_their_types_and_navigations_reach_the_application() {
    let (_folder, server) = site();
    let (mode, accept) = ("sec-fetch-mode", "accept");
    for (path, name, value, status, kind) in [
        ("/", mode, "navigate", 200, "text/html"),
        ("/index.html", mode, "navigate", 200, "text/html"),
        ("/pages/invoice", mode, "navigate", 200, "text/html"),
        ("/pages/invoice", accept, "text/html,*/*", 200, "text/html"),
        ("/pages/invoice", mode, "cors", 404, "application/problem+json"),
        ("/pages/invoice", accept, "*/*", 404, "application/problem+json"),
        ("/missing.js", mode, "no-cors", 404, "application/problem+json"),
        ("/assets/app-1a2b.js", mode, "no-cors", 200, "text/javascript"),
        ("/assets/permgate-1a2b.wasm", mode, "cors", 200, "application/wasm"),
        ("/assets/app-old.js", mode, "navigate", 404, "application/problem+json"),
        ("/%2e%2e/Cargo.toml", mode, "cors", 404, "application/problem+json"),
        ("/api/nothing", mode, "navigate", 404, "application/problem+json"),
    ] {
        let answer = get(&server, path, name, value).await;
        assert_eq!(answer.status, status, "{path} {value}");
        assert_eq!(answer.header("content-type"), kind, "{path} {value}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn hidden_files_and_symbolic_links_are_not_served() {
    let (folder, server) = site();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let root = folder.path();
    std::fs::write(root.join(".env"), "secret").unwrap();
    std::fs::create_dir(root.join(".git")).unwrap();
    std::fs::write(root.join(".git/config"), "secret").unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.txt"), root.join("link.txt")).unwrap();
    std::os::unix::fs::symlink(outside.path(), root.join("assets/link")).unwrap();
    std::os::unix::fs::symlink(root.join("index.html"), root.join("inside.html")).unwrap();
    for path in [
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/assets/../.env",
        "/assets/..%2f.env",
        "/link.txt",
        "/%6cink.txt",
        "/assets/link/secret.txt",
        "/inside.html",
    ] {
        let answer = get(&server, path, "sec-fetch-mode", "cors").await;
        answer.assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn no_answer_redirects_to_another_host() {
    let (_folder, server) = site();
    for path in ["//assets", "/assets", "//assets/", "///assets", "/%2fassets", "//evil.example/.."]
    {
        for mode in ["navigate", "cors"] {
            let answer = get(&server, path, "sec-fetch-mode", mode).await;
            assert_eq!(answer.header("location"), "", "{path}");
            assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn pages_are_revalidated_and_hashed_files_are_cached() {
    let (_folder, server) = site();
    for (path, expected) in [
        ("/", "no-cache"),
        ("/pages/invoice", "no-cache"),
        ("/assets/app-1a2b.js", "public, max-age=31536000, immutable"),
        ("/assets/app-old.js", "no-cache"),
    ] {
        let answer = get(&server, path, "sec-fetch-mode", "navigate").await;
        assert_eq!(answer.header("cache-control"), expected, "{path}");
    }
}

#[tokio::test]
async fn the_policy_of_pages_allows_only_our_scripts() {
    let (_folder, server) = site();
    for path in ["/", "/pages/invoice"] {
        let answer = get(&server, path, "sec-fetch-mode", "navigate").await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self';",
            "script-src 'self' 'wasm-unsafe-eval';",
            "style-src 'self';",
            "img-src 'self' data:;",
            "frame-ancestors 'none';",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
    }
}

#[tokio::test]
async fn a_server_without_pages_says_how_to_serve_them() {
    let answer = get(&Server::start(), "/", "sec-fetch-mode", "navigate").await;
    answer.assert_problem(404, "not-found");
    assert!(answer.body["detail"].as_str().unwrap().contains("--www"));
}
