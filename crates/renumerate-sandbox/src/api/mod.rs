//! Request handlers of the endpoints that create sessions, and of the sandbox's own paths below `/_sandbox/`.

mod acceptance;
pub(crate) mod admin;
pub(crate) mod exchange;
mod faulty_body;
mod handshake;
pub(crate) mod origin_guard;
mod request_export;
mod respond;
pub(crate) mod sessions;

pub(crate) use acceptance::NOTE;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Returns an error response in the vendor's format.
pub(crate) fn error(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
