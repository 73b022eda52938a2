//! Handlers of the sandbox's own paths below `/_sandbox/`. They return the recorded requests, counts and sessions, add
//! cases, and reset the sandbox.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::request_export::export_requests;
use super::{error, origin_guard};
use crate::case::file::CASE_FILE_MAX_BYTES;
use crate::net::{Connection, ReadBody};
use crate::script::Script;
use crate::state::AppState;

/// Maximum size of all scripts together, as JSON. The sandbox rejects a case file that would exceed this total.
const SCRIPTS_MAX_BYTES: usize = 4 * 1024 * 1024;

/// OpenAPI 3.1 description of the session endpoints.
const OPENAPI: &str = include_str!("../../openapi.json");

/// Returns the routes of the sandbox's own paths. They reject requests that pages of other sites send: see
/// `origin_guard`.
pub(crate) fn routes(state: &Arc<AppState>) -> Router {
    let routes = Router::new()
        .route("/_sandbox/health", get(health))
        .route("/_sandbox/openapi.json", get(openapi))
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/counts", get(counts))
        .route("/_sandbox/sessions/{id}", get(session))
        .route("/_sandbox/cases", post(add_cases))
        .route("/_sandbox/reset", post(reset))
        .with_state(Arc::clone(state));
    origin_guard::protect_data(routes, state)
}

async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

async fn health() -> Response {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})).into_response()
}

#[derive(Deserialize)]
struct RequestsQuery {
    key: Option<String>,
}

async fn requests(
    State(state): State<Arc<AppState>>,
    query: Result<Query<RequestsQuery>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(RequestsQuery { key })) => export_requests(state, key.as_deref()),
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason.body_text()),
    }
}

async fn counts(State(state): State<Arc<AppState>>) -> Response {
    Json(state.store().counts()).into_response()
}

async fn session(State(state): State<Arc<AppState>>, id: Result<Path<String>, PathRejection>) -> Response {
    match id.ok().and_then(|Path(id)| state.store().sessions().get(&id).cloned()) {
        Some(session) => Json(session).into_response(),
        None => error(StatusCode::NOT_FOUND, "This sandbox has not created a session with this id"),
    }
}

async fn add_cases(
    State(state): State<Arc<AppState>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    let reject = |reason: &str| error(StatusCode::BAD_REQUEST, reason);
    let budget = Arc::clone(&state);
    let Some(body) = budget.case_files.read(request.into_body(), &connection).await else {
        return reject("The case file is too large or incomplete");
    };
    if body.bytes.len() > CASE_FILE_MAX_BYTES {
        return reject(&format!("The case file is larger than {CASE_FILE_MAX_BYTES} bytes"));
    }
    // Case files are parsed one at a time, because parsed cases may need many times as much memory as their file.
    // Requests without a case file do not wait for this permit.
    let permit = Arc::clone(&state.case_file_parser).acquire_owned().await;
    if state.store().scripts.bytes() + body.bytes.len() > SCRIPTS_MAX_BYTES {
        return reject(&format!(
            "All cases together exceed {SCRIPTS_MAX_BYTES} bytes; start another sandbox"
        ));
    }
    let ReadBody { bytes, permit: _body_permit } = body;
    let parsed = spawn_blocking(move || {
        let parsed = Script::parse_file(&String::from_utf8_lossy(&bytes)).map(|scripts| {
            let names: Vec<String> = scripts.iter().map(|script| script.name.clone()).collect();
            state.store().scripts.add(scripts);
            names
        });
        (parsed, permit) // the permit is held until the parser ends, even if the client has closed the connection
    });
    match parsed.await.map(|(parsed, _permit)| parsed) {
        Ok(Ok(names)) => Json(json!({"cases": names})).into_response(),
        Ok(Err(reason)) => reject(&reason.to_string()),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox is stopping"),
    }
}

async fn reset(State(state): State<Arc<AppState>>) -> StatusCode {
    state.store().reset();
    StatusCode::NO_CONTENT
}
