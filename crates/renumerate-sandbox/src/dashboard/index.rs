//! Main page of the dashboard.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::assets;
use super::doc_tables::{MagicCustomer, Snippet, magic_customers, snippets};
use super::local_only::LocalHost;
use super::state::DashboardState;

#[derive(Template)]
#[template(path = "dashboard/index.html")]
struct Index<'a> {
    version: &'static str,
    url: &'a str,
    /// Private key, which the page shows for copying and the page's form sends. If other machines can load the page,
    /// the key is `None`, and the user enters the key in the form.
    key: Option<&'a str>,
    public_key: &'a str,
    widgets_run: bool,
    magic_customers: Vec<MagicCustomer>,
    snippets: Vec<Snippet>,
}

pub(super) async fn index(_: LocalHost, State(state): State<Arc<DashboardState>>) -> Response {
    let settings = &state.app.settings;
    let page = Index {
        version: env!("CARGO_PKG_VERSION"),
        url: &settings.url,
        key: settings.keys.first().map(String::as_str).filter(|_| settings.bind_address.is_loopback()),
        public_key: &settings.public_key,
        widgets_run: state.app.widgets().is_some(),
        magic_customers: magic_customers(),
        snippets: snippets(),
    };
    assets::page(page.render(), None, "no-referrer")
}
