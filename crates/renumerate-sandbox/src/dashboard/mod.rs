//! Dashboard for developers at `/`. It shows the sandbox's URL and key, creates sessions and handshake tokens with
//! forms, and lists requests as they arrive. A second page, the host page, embeds the widgets as the page of a
//! business does.
//!
//! Requests to the dashboard are not recorded. Data that clients have sent is inserted as text: templates escape the
//! data, and scripts use `textContent`. Private keys are redacted, except the sandbox's own key where the page shows it
//! for copying.

mod assets;
mod capture;
mod change_log;
mod doc_tables;
mod event_view;
mod events;
mod host_page;
mod index;
mod local_only;
mod responses;
mod state;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::get;

use crate::api::{origin_guard, sessions};
use crate::builder::SandboxBuilder;
use crate::domain::Seed;
use crate::error::SandboxError;
use crate::state::{AppState, Extension, ExtensionOptions};
use capture::capture;
use change_log::Change;
use responses::ResponseStore;
use state::{DashboardState, Log};

impl SandboxBuilder {
    /// Serves the dashboard at `/`. Default: no dashboard.
    ///
    /// The dashboard accepts only requests to a name or address of this machine, and shows the recorded requests only
    /// to browsers on this machine. [`Self::allow_origin`] gives access from other machines. If the sandbox listens on
    /// a loopback address ([`Self::host`]), the page contains the sandbox's private key. Otherwise, the form on the
    /// page asks for the key.
    #[must_use]
    pub fn dashboard(mut self, enabled: bool) -> Self {
        self.dashboard = enabled.then(|| Arc::new(DashboardOptions) as _);
        self
    }
}

#[derive(Debug)]
struct DashboardOptions;

impl ExtensionOptions for DashboardOptions {
    fn build(&self, _seed: Option<&Seed>) -> Result<Arc<dyn Extension>, SandboxError> {
        Ok(Arc::new(Dashboard::default()))
    }
}

#[derive(Debug, Default)]
struct Dashboard {
    log: Arc<Log>,
}

impl Extension for Dashboard {
    fn routes(self: Arc<Self>, state: &Arc<AppState>) -> Router {
        let dashboard = Arc::new(DashboardState { app: Arc::clone(state), log: Arc::clone(&self.log) });
        let pages = Router::new()
            .route("/_sandbox/events", get(events::events))
            .route("/_sandbox/host", get(host_page::host_page))
            .route("/_sandbox/dashboard/{name}", get(assets::asset))
            .with_state(Arc::clone(&dashboard));
        let tokens = origin_guard::protect_data(token::routes().with_state(Arc::clone(&dashboard)), state);
        // For GET and HEAD, `/` is the dashboard. A request to `/` with any other method is handled like a request to
        // the service.
        let service = Router::new().fallback(sessions::handle).with_state(Arc::clone(state));
        let index = get(index::index).fallback_service(service).with_state(dashboard);
        origin_guard::protect_pages(pages, state).merge(tokens).route("/", index)
    }

    fn request_changed(&self, number: usize) {
        self.log.entries().changes.push(Change::Request(number));
    }

    fn session_changed(&self, id: &Arc<str>) {
        self.log.entries().changes.push(Change::Session(Arc::clone(id)));
    }

    fn captures_responses(&self) -> bool {
        true
    }

    fn capture(&self, number: usize, key: Option<&HeaderValue>, response: Response) -> Response {
        capture(&self.log, number, key, response)
    }

    fn reset(&self) {
        let mut entries = self.log.entries();
        entries.responses = ResponseStore::default();
        entries.changes.reset();
    }
}
