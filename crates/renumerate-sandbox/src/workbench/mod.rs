//! The workbench: the sandbox for people. A page at `/` shows its URL and key, mints sessions by a form, and tells what
//! comes while it comes; another mounts the widgets as a team's own page does.
//!
//! It is the sandbox's own: its requests are in no ledger. Whatever a client sent is text here, in templates by their
//! escaping and in scripts by `textContent`, and a key is shown in the one place where it is to be copied from.

mod assets;
mod changes;
mod events;
mod here;
mod host;
mod noted;
mod page;
mod replies;
mod tables;
mod telling;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::routing::get;

use crate::api::api;
use crate::router::Shared;

pub(crate) use changes::{Change, Changes};
pub(crate) use noted::{Noted, whole};
pub(crate) use replies::{Replies, Reply};

/// What the workbench is told at its start.
#[derive(Debug, Default)]
pub(crate) struct Workbench {
    widgets: OnceLock<WidgetsAt>,
}

/// Where the widgets are.
#[derive(Debug)]
struct WidgetsAt {
    /// Their origin, `https://localhost:4321`.
    url: String,
    /// The certificate that a browser must trust.
    ca: PathBuf,
}

impl Workbench {
    /// The widgets run: sessions can be opened.
    pub(crate) fn widgets_are_at(&self, url: String, ca: PathBuf) {
        let _it_is_told_once = self.widgets.set(WidgetsAt { url, ca });
    }
}

impl Shared {
    /// Where the widgets are, if they run.
    fn widgets(&self) -> Option<&WidgetsAt> {
        self.workbench.as_ref()?.widgets.get()
    }
}

/// What a client sends to the page's path in another way is the service's.
pub(crate) fn first_page() -> Router<Arc<Shared>> {
    Router::new().route("/", get(page::page).fallback(api))
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_sandbox/events", get(events::events))
        .route("/_sandbox/host", get(host::host))
        .route("/_sandbox/workbench/{name}", get(assets::asset))
}
