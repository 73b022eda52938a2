//! Interface of the optional parts of a sandbox: the widgets and the dashboard.

use std::any::Any;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use tokio::task::JoinHandle;

use super::AppState;
use crate::domain::Seed;
use crate::error::SandboxError;

/// Settings of an optional part.
pub(crate) trait ExtensionOptions: Debug + Send + Sync {
    /// Creates the part, and binds its sockets.
    fn build(&self, seed: Option<&Seed>) -> Result<Arc<dyn Extension>, SandboxError>;
}

/// Optional part of a sandbox.
///
/// The notifications are called while the store is locked, so that they arrive in the order of the changes.
pub(crate) trait Extension: Any + Debug + Send + Sync {
    /// Starts the servers of this part, which end when their tasks are aborted.
    fn start(self: Arc<Self>, _state: &Arc<AppState>) -> Vec<JoinHandle<()>> {
        Vec::new()
    }

    /// Returns the routes that this part adds to the sandbox, with their guards.
    fn routes(self: Arc<Self>, state: &Arc<AppState>) -> Router;

    /// Returns the address of the widgets, if this part serves them.
    fn widgets(&self) -> Option<&WidgetsAddress> {
        None
    }

    /// A request was received or its record has changed.
    fn request_changed(&self, _number: usize) {}

    /// A session was created or its record has changed.
    fn session_changed(&self, _id: &Arc<str>) {}

    /// Records the response to a request, also while its body is sent.
    fn capture(&self, _number: usize, _key: Option<&HeaderValue>, response: Response) -> Response {
        response
    }

    /// The sandbox was reset.
    fn reset(&self) {}
}

/// Address of the widgets.
#[derive(Debug)]
pub(crate) struct WidgetsAddress {
    /// Origin, such as `https://localhost:4321`.
    pub(crate) url: String,
    /// Certificate that a browser must trust.
    pub(crate) ca: PathBuf,
}
