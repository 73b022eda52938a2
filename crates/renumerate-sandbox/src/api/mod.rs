//! Request handlers of the session endpoints, and of the sandbox's own paths below `/_sandbox/`.

pub(crate) mod admin;
mod faulty_body;
pub(crate) mod origin_guard;
mod request_export;
mod respond;
pub(crate) mod sessions;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Returns an error response in the vendor's format.
pub(crate) fn error(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
