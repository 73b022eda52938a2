//! The sandbox's own paths, `/_sandbox/…`: what it tells about itself, and takes for itself.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::api::READ_MAX_BYTES;
use crate::case::CaseFile;
use crate::router::{Shared, error};

/// The session endpoints and their errors in the form of OpenAPI 3.1.
const DESCRIPTION: &str = include_str!("../openapi.json");

pub(crate) async fn description() -> Response {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

pub(crate) async fn health() -> Response {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})).into_response()
}

#[derive(Deserialize)]
pub(crate) struct OfKey {
    key: Option<String>,
}

pub(crate) async fn requests(
    State(shared): State<Arc<Shared>>,
    of: Result<Query<OfKey>, QueryRejection>,
) -> Response {
    match of {
        Ok(Query(OfKey { key })) => {
            Json(json!({"requests": shared.memory().ledger.of(key.as_deref())})).into_response()
        }
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason.body_text()),
    }
}

pub(crate) async fn counts(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.memory().counts()).into_response()
}

pub(crate) async fn session(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    match id.ok().and_then(|Path(id)| shared.memory().mint.find(&id).cloned()) {
        Some(session) => Json(session).into_response(),
        None => error(StatusCode::NOT_FOUND, "No session with this id was minted here"),
    }
}

pub(crate) async fn add_cases(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Ok(body) = to_bytes(request.into_body(), READ_MAX_BYTES).await else {
        return error(StatusCode::BAD_REQUEST, "The case file is too large, or was cut short");
    };
    match CaseFile::parse(&String::from_utf8_lossy(&body)) {
        Ok(file) => {
            let names: Vec<String> = file.cases.iter().map(|case| case.name.clone()).collect();
            shared.memory().scripts.add(file.cases);
            Json(json!({"cases": names})).into_response()
        }
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason.to_string()),
    }
}

pub(crate) async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}
