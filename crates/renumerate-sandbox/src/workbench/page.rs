//! The workbench's first page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::assets;
use super::here::Here;
use super::tables::{Magic, Snippet, magic_customers, snippets};
use crate::router::Shared;

#[derive(Template)]
#[template(path = "workbench/page.html")]
struct Page<'a> {
    version: &'static str,
    url: &'a str,
    /// The one place where a key is shown: it is there to be copied, and the form sends it. Where other machines can load
    /// the page, it has none.
    key: Option<&'a str>,
    widgets_run: bool,
    magic_customers: Vec<Magic>,
    snippets: Vec<Snippet>,
}

pub(super) async fn page(_: Here, State(shared): State<Arc<Shared>>) -> Response {
    let page = Page {
        version: env!("CARGO_PKG_VERSION"),
        url: &shared.url,
        key: shared.keys.first().map(String::as_str).filter(|_| shared.listens_on.is_loopback()),
        widgets_run: shared.widgets().is_some(),
        magic_customers: magic_customers(),
        snippets: snippets(),
    };
    assets::page(page.render(), None, "no-referrer")
}
