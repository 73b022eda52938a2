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
use tokio::task::spawn_blocking;

use crate::connection::Connection;
use crate::intake::Taken;
use crate::listing::listing;
use crate::router::{CASE_FILE_MAX_BYTES, Shared, error};
use crate::step::Script;

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

/// A customer by id or e-mail, as the widgets have left it.
#[cfg(feature = "widgets")]
pub(crate) async fn customer(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let today = crate::widgets::Day::today();
    match id.ok().and_then(|Path(id)| shared.memory().book.find_by(&id, today)) {
        Some(customer) => Json(customer).into_response(),
        None => error(StatusCode::NOT_FOUND, "The seed has no such customer"),
    }
}

pub(crate) async fn add_cases(
    State(shared): State<Arc<Shared>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    let refuse = |reason: &str| error(StatusCode::BAD_REQUEST, reason);
    let files = Arc::clone(&shared);
    let Some(taken) = files.case_files.read(request.into_body(), &connection).await else {
        return refuse("The case file is too large, or was cut short");
    };
    if taken.bytes.len() > CASE_FILE_MAX_BYTES {
        return refuse(&format!("The case file is larger than {CASE_FILE_MAX_BYTES} bytes"));
    }
    // One at a time: what is read out of a file may be many times as large. But nobody else waits for it.
    let turn = Arc::clone(&shared.case_file_turn).acquire_owned().await;
    if shared.memory().scripts.bytes() + taken.bytes.len() > CASES_MAX_BYTES {
        return refuse(&format!(
            "The cases are larger than {CASES_MAX_BYTES} bytes together; start another sandbox"
        ));
    }
    let Taken { bytes, room: _room } = taken;
    let read = spawn_blocking(move || {
        let read = Script::read_file(&String::from_utf8_lossy(&bytes)).map(|scripts| {
            let names: Vec<String> = scripts.iter().map(|script| script.name.clone()).collect();
            shared.memory().scripts.add(scripts);
            names
        });
        (read, turn) // its turn lasts as long as this, even where the client has left meanwhile
    });
    match read.await.map(|(read, _turn)| read) {
        Ok(Ok(names)) => Json(json!({"cases": names})).into_response(),
        Ok(Err(reason)) => refuse(&reason.to_string()),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox ends"),
    }
}

pub(crate) async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}
