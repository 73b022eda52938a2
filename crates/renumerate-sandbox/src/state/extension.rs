//! Interface of the optional parts of a sandbox: the widgets and the dashboard.

use std::any::Any;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use tokio::task::JoinHandle;

use super::AppState;
use crate::domain::Seed;
use crate::error::SandboxError;

/// Settings of an optional part of a sandbox.
pub(crate) trait ExtensionOptions: Debug + Send + Sync {
    /// Creates the part, and binds its sockets.
    fn build(&self, seed: Option<&Seed>) -> Result<Arc<dyn Extension>, SandboxError>;
}

/// Optional part of a sandbox.
///
/// The store is locked while a method that reports a change is called, so the calls have the same order as the changes.
pub(crate) trait Extension: Any + Debug + Send + Sync {
    /// Starts the servers of this part, and returns their tasks. A server ends when its task is aborted.
    fn start(self: Arc<Self>, _state: &Arc<AppState>) -> Vec<JoinHandle<()>> {
        Vec::new()
    }

    /// Returns the routes that this part adds to the sandbox. The returned routes already reject requests of foreign
    /// pages: see `origin_guard`.
    fn routes(self: Arc<Self>, _state: &Arc<AppState>) -> Router {
        Router::new()
    }

    /// Returns the address of the widgets, if this part serves them.
    fn widgets(&self) -> Option<&WidgetsAddress> {
        None
    }

    /// Reports that a request was received, or that the record of a request has changed.
    fn request_changed(&self, _number: usize) {}

    /// Reports that a session was created, or that the record of a session has changed.
    fn session_changed(&self, _id: &Arc<str>) {}

    /// Returns whether `capture` records responses.
    fn captures_responses(&self) -> bool {
        false
    }

    /// Records the response to a request, and returns the response to send. The returned response can record the body
    /// while the body is sent.
    fn capture(&self, _number: usize, _key: Option<&HeaderValue>, response: Response) -> Response {
        response
    }

    /// Reports that the sandbox was reset.
    fn reset(&self) {}
}

/// Address of the widgets, and the setting that the exchange of tokens needs.
#[derive(Debug)]
pub(crate) struct WidgetsAddress {
    /// Origin, such as `https://localhost:4321`.
    pub(crate) url: String,
    /// Path of the certificate that a browser must trust to open the widgets without a warning.
    pub(crate) ca: PathBuf,
    /// Time for which a session id opens a widget.
    pub(crate) session_lifetime: Duration,
}
