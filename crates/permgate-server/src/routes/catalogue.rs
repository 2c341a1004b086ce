//! The list of all pages and permissions, for every signed-in user.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;

use crate::catalogue::{self, PAGES};

#[derive(Serialize)]
struct Catalogue {
    id: &'static str,
    permissions: Vec<String>,
    pages: Vec<PageView>,
}

#[derive(Serialize)]
struct PageView {
    key: &'static str,
    title: &'static str,
    section: &'static str,
    permissions: Vec<String>,
}

pub(super) async fn show() -> impl IntoResponse {
    let pages = PAGES.iter().map(|page| PageView {
        key: page.key,
        title: page.title,
        section: page.section,
        permissions: page.permissions().collect(),
    });
    Json(Catalogue {
        id: catalogue::id(),
        permissions: catalogue::permissions().collect(),
        pages: pages.collect(),
    })
}
