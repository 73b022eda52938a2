//! The sandbox's own paths, `/_sandbox/…`: what it tells about itself, and takes for itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::case::CaseFile;
use crate::connection::Connection;
use crate::listing::listing;
use crate::router::{CASE_FILE_MAX_BYTES, Shared, error};

/// How large the cases that are known may get together by files that come over the wire.
const CASES_MAX_BYTES: usize = 4 * 1024 * 1024;

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
        Ok(Query(OfKey { key })) => listing(shared, key.as_deref()),
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

pub(crate) async fn add_cases(
    State(shared): State<Arc<Shared>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    let refuse = |reason: &str| error(StatusCode::BAD_REQUEST, reason);
    let Some(taken) = shared.case_files.read(request.into_body(), &connection).await else {
        return refuse("The case file is too large, or was cut short");
    };
    if taken.bytes.len() > CASE_FILE_MAX_BYTES {
        return refuse(&format!("The case file is larger than {CASE_FILE_MAX_BYTES} bytes"));
    }
    // One at a time, under the lock: what is read out of a file may be many times as large.
    let mut memory = shared.memory();
    if memory.scripts.bytes() + taken.bytes.len() > CASES_MAX_BYTES {
        return refuse(&format!(
            "The cases are larger than {CASES_MAX_BYTES} bytes together; start another sandbox"
        ));
    }
    match CaseFile::parse(&String::from_utf8_lossy(&taken.bytes)) {
        Ok(file) => {
            let names: Vec<String> = file.cases.iter().map(|case| case.name.clone()).collect();
            memory.scripts.add(file.cases);
            Json(json!({"cases": names})).into_response()
        }
        Err(reason) => refuse(&reason.to_string()),
    }
}

pub(crate) async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}
