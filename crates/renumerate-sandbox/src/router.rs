//! What is answered to which request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::case::{Answer, CaseFile, Fault};
use crate::connection::{Connection, Ending};
use crate::contract::{self, Asked, Endpoint, KEY_HEADER};
use crate::fault::FaultyBody;
use crate::ledger::{Ledger, Record, fingerprint};
use crate::mint::Mint;
use crate::script::{Played, Scripts, Seen};
use crate::seed::Seed;

/// A status that no service sends: the wire differs from what the case expects.
const DIFFERS: u16 = 599;

/// More than this is not read at all; what the contract refuses as too large is far less.
const READ_MAX_BYTES: usize = 4 * 1024 * 1024;

/// What the sandbox is and remembers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) keys: Vec<String>,
    pub(crate) seed: Option<Seed>,
    pub(crate) started: Instant,
    pub(crate) memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) ledger: Ledger,
    pub(crate) mint: Mint,
    pub(crate) scripts: Scripts,
}

impl Shared {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        // A test that panicked while it looked must not take the sandbox along.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        let mut memory = self.memory();
        memory.ledger.clear();
        memory.mint = Mint::default();
        memory.scripts.restart();
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/health", get(health))
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/sessions/{id}", get(session))
        .route("/_sandbox/cases", post(add_cases))
        .route("/_sandbox/reset", post(reset))
        .method_not_allowed_fallback(async || error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"))
        .fallback(api)
        .with_state(shared)
}

async fn health() -> Response {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})).into_response()
}

#[derive(Deserialize)]
struct OfKey {
    key: Option<String>,
}

async fn requests(State(shared): State<Arc<Shared>>, of: Result<Query<OfKey>, QueryRejection>) -> Response {
    match of {
        Ok(Query(OfKey { key })) => {
            Json(json!({"requests": shared.memory().ledger.of(key.as_deref())})).into_response()
        }
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason.body_text()),
    }
}

async fn session(State(shared): State<Arc<Shared>>, id: Result<Path<String>, PathRejection>) -> Response {
    match id.ok().and_then(|Path(id)| shared.memory().mint.find(&id).cloned()) {
        Some(session) => Json(session).into_response(),
        None => error(StatusCode::NOT_FOUND, "No session with this id was minted here"),
    }
}

async fn add_cases(State(shared): State<Arc<Shared>>, request: Request) -> Response {
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

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}

/// Every request to the service itself: taken down, decided on, answered.
async fn api(
    State(shared): State<Arc<Shared>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let read = to_bytes(body, READ_MAX_BYTES).await;
    let unread = read.is_err();
    let body = read.unwrap_or_default();
    let pair = |(name, value): (&String, &String)| (name.clone(), value.clone());
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: BTreeMap<String, String> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let key = headers.get(KEY_HEADER).cloned();
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let seen = Seen { method: head.method.as_str(), path: &path, headers: &headers, body: &body };
    let (number, decision) = {
        let at_ms = shared.now_ms();
        let mut memory = shared.memory();
        let number = memory.ledger.push(Record {
            at_ms,
            key: key.as_deref().map(fingerprint),
            case: None,
            method: seen.method.to_owned(),
            path: path.clone(),
            headers: headers.iter().filter(|(name, _)| *name != KEY_HEADER).map(pair).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            status: 0,
            problem: None,
            connection: connection.number,
            closed: false,
        });
        let decision = if unread {
            let reason = "The body is too large, or was cut short";
            Decision::Contract(error(StatusCode::BAD_REQUEST, reason))
        } else {
            decide(&shared, &mut memory, key.as_deref(), &seen)
        };
        (number, decision)
    };
    let response = match decision {
        Decision::Contract(response) => response,
        Decision::Script { played: Played { case, answer }, minting } => {
            let problem = answer.as_ref().err().cloned();
            shared
                .memory()
                .ledger
                .amend(number, |record| (record.case, record.problem) = (Some(case.clone()), problem));
            match answer {
                Ok(answer) => scripted(&shared, &connection, answer, minting).await,
                Err(problem) => {
                    let status = StatusCode::from_u16(DIFFERS).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                    error(status, &format!("the request differs from the case {case}: {problem}"))
                }
            }
        }
    };
    shared.memory().ledger.amend(number, |record| record.status = response.status().as_u16());
    response
}

/// Whom a session would be minted for.
struct Minting {
    endpoint: &'static Endpoint,
    asked: Asked,
    key: String,
}

enum Decision {
    Contract(Response),
    Script { played: Played, minting: Option<Minting> },
}

fn decide(shared: &Shared, memory: &mut Memory, key: Option<&str>, seen: &Seen<'_>) -> Decision {
    let path = seen.path.split('?').next().unwrap_or_default();
    let endpoint = contract::endpoint_at(path);
    let asked = endpoint.map(|endpoint| {
        contract::asked(endpoint, seen.headers.get(CONTENT_TYPE.as_str()).map(String::as_str), seen.body)
    });
    let minting = |key: &str| match (endpoint, &asked) {
        (Some(endpoint), Some(Ok(asked))) => {
            Some(Minting { endpoint, asked: asked.clone(), key: fingerprint(key) })
        }
        _ => None,
    };
    // A case decides on everything that its key sends: the path is its to judge.
    if let Some(key) = key
        && let Some(played) = memory.scripts.play_key(key, &shared.url, seen)
    {
        return Decision::Script { played, minting: minting(key) };
    }
    let refuse = |status, reason: &str| Decision::Contract(error(status, reason));
    let Some(asked) = &asked else {
        return refuse(StatusCode::NOT_FOUND, "Not found");
    };
    if seen.method != "POST" {
        let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return Decision::Contract(response);
    }
    let Some(key) = key.filter(|key| shared.keys.iter().any(|known| known == key)) else {
        return refuse(StatusCode::UNAUTHORIZED, "Invalid or missing X-Brand-Key");
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(reason) => return refuse(StatusCode::BAD_REQUEST, reason),
    };
    if let Some(played) = memory.scripts.play_customer(asked.customer_id.as_deref(), key, &shared.url, seen) {
        return Decision::Script { played, minting: minting(key) };
    }
    if let Some(reason) = shared.seed.as_ref().and_then(|seed| seed.missing(asked)) {
        return refuse(StatusCode::NOT_FOUND, reason);
    }
    Decision::Contract(minted(minting(key), &mut memory.mint, shared.now_ms()))
}

fn minted(minting: Option<Minting>, mint: &mut Mint, at_ms: u64) -> Response {
    let Some(Minting { endpoint, asked, key }) = minting else {
        return error(StatusCode::BAD_REQUEST, "This request asks for no session");
    };
    match mint.mint(endpoint, asked, key, at_ms) {
        Ok(id) => Json(json!({ "id": id })).into_response(),
        Err(reason) => error(StatusCode::INTERNAL_SERVER_ERROR, &format!("no random bytes: {reason}")),
    }
}

/// The answer that a script has for a request, with what goes wrong on its way.
async fn scripted(
    shared: &Arc<Shared>,
    connection: &Arc<Connection>,
    answer: Answer,
    minting: Option<Minting>,
) -> Response {
    tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    match answer.fault {
        Some(Fault::ResetBeforeStatus) => connection.end(Ending::Reset),
        Some(Fault::CloseBeforeStatus) => connection.end(Ending::Close),
        _ => {}
    }
    if let Some(Fault::ResetBeforeStatus | Fault::CloseBeforeStatus | Fault::StallBeforeHeaders) =
        answer.fault
    {
        return std::future::pending().await; // until the connection ends
    }
    if let Some(wait) = answer.close_after_ms {
        let connection = Arc::clone(connection);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            connection.end(Ending::Close);
        });
    }
    let mut response = if answer.mint {
        minted(minting, &mut shared.memory().mint, shared.now_ms())
    } else {
        written_out(&answer)
    };
    if !answer.mint || response.status().is_success() {
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    match answer.fault {
        Some(fault) => broken(response, fault, connection).await,
        None => response,
    }
}

/// The response with its body as the fault has it.
async fn broken(response: Response, fault: Fault, connection: &Arc<Connection>) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default(); // it is in memory
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    match FaultyBody::new(fault, &bytes, Arc::clone(connection)) {
        Some(body) => Response::from_parts(head, Body::new(body)),
        None => Response::from_parts(head, Body::from(bytes)),
    }
}

/// A response with the body that the script spells out.
fn written_out(answer: &Answer) -> Response {
    let mut response = Body::from(answer.bytes()).into_response();
    if answer.body.is_some() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

fn error(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
