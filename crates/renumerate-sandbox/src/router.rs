//! Router of the sandbox: the sandbox's own paths, the paths of the extensions, and the session endpoints.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;

use crate::api::{admin, error, exchange, sessions};
use crate::state::AppState;

/// Returns the router. Requests to paths that no route matches are handled like requests to the session endpoints.
pub(crate) fn router(state: &Arc<AppState>) -> Router {
    let sessions = Router::new().fallback(sessions::handle).with_state(Arc::clone(state));
    let extensions = state.extensions().iter().map(|extension| Arc::clone(extension).routes(state));
    extensions
        .fold(sessions.merge(exchange::routes(state)).merge(admin::routes(state)), Router::merge)
        .method_not_allowed_fallback(async || error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"))
}
