//! Handler of the session endpoints: records a request, then selects and sends the response.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::error;
use super::respond::{minted, scripted};
use crate::contract::{self, BODY_MAX_BYTES, KEY_HEADER};
use crate::net::{Connection, ReadBody};
use crate::redact::{fingerprint, redact_and_truncate, redact_headers, redact_keys};
use crate::script::{Chaos, RequestView, ScriptResponse, SelectedStep};
use crate::state::{AppState, MintRequest, Record, Store};

/// Status of the response to a request that differs from the request that the case expects. No real service sends this
/// status.
const MISMATCH: u16 = 599;

/// Handles a request to a session endpoint, or to a path that no route matches.
pub(crate) async fn handle(
    State(state): State<Arc<AppState>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    // Only extensions, such as the dashboard, need the key. Without extensions, the key is not kept, because a header
    // value keeps the buffer of the whole request in memory.
    let key = request.headers().get(KEY_HEADER).filter(|_| !state.extensions().is_empty()).cloned();
    // This block drops the body before the response is awaited, so that a delayed response does not keep the body in
    // memory.
    let (number, decision) = {
        let (head, body) = request.into_parts();
        let body = state.request_bodies.read(body, &connection).await;
        record(&state, &connection, &head, body.as_ref())
    };
    let response = match decision {
        Decision::Contract(response) => response,
        Decision::Script { script: ScriptResponse { case, response }, mint } => {
            state.store().set_case(number, &case, response.as_ref().err().map(String::as_str));
            match response {
                Ok(response) => scripted(&state, &connection, response, mint).await,
                Err(problem) => {
                    let status = StatusCode::from_u16(MISMATCH).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                    error(status, &format!("the request differs from the case {case}: {problem}"))
                }
            }
        }
    };
    state.store().set_status(number, response.status().as_u16());
    state.capture(number, key.as_ref(), response)
}

/// Adds a request to the log, and selects the response. Returns the number of the request in the log, and the
/// selection.
fn record(
    state: &AppState,
    connection: &Connection,
    head: &Parts,
    body: Option<&ReadBody<'_>>,
) -> (usize, Decision) {
    let is_complete = body.is_some();
    let body = body.map_or(&[][..], |body| &body.bytes);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: BTreeMap<String, String> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let request = RequestView { method: head.method.as_str(), path: &path, headers: &headers, body };
    // A client may send its key outside the key header by mistake, so the key is redacted in the whole request.
    let key: Vec<String> = headers.get(KEY_HEADER).cloned().into_iter().collect();
    let mut record = Record {
        at_ms: 0,
        key: headers.get(KEY_HEADER).map(|key| fingerprint(key)),
        case: None,
        method: request.method.to_owned(),
        path: redact_keys(&path, &key).into_owned(),
        headers: redact_headers(&headers, &key),
        body: redact_and_truncate(&String::from_utf8_lossy(body), &key, BODY_MAX_BYTES).into_owned(),
        status: 0,
        problem: None,
        connection: connection.number,
        closed: false,
    };
    record.headers.remove(KEY_HEADER);
    let mut store = state.store();
    let choice = if is_complete {
        choose(state, &mut store, &request)
    } else {
        let reason = "The body is too large or incomplete";
        Choice::Decided(Decision::Contract(error(StatusCode::BAD_REQUEST, reason)))
    };
    record.at_ms = state.now_ms();
    let number = store.add_request(record);
    drop(store);
    let decision = match choice {
        Choice::Decided(decision) => decision,
        Choice::Script { step, mint } => {
            let mut script = step.respond(&state.settings.url, &request);
            script.response = script.response.map_err(|problem| redact_keys(&problem, &key).into_owned());
            Decision::Script { script, mint }
        }
    };
    (number, decision)
}

/// Response to a request, defined by the vendor's contract or by a script.
enum Decision {
    Contract(Response),
    Script { script: ScriptResponse, mint: Option<MintRequest> },
}

/// Response that was selected while the store was locked. If a script was selected, the request is checked against
/// the script's expected request later, after the lock is released.
enum Choice {
    Decided(Decision),
    Script { step: SelectedStep, mint: Option<MintRequest> },
}

/// Selects the response to a request. The first of these that applies is used: the case that the key names, an error
/// that the contract defines, the customer's script, status 404 for a customer or subscription that does not exist, a
/// random fault, a new session.
fn choose(state: &AppState, store: &mut Store, request: &RequestView<'_>) -> Choice {
    let key = request.headers.get(KEY_HEADER).map(String::as_str);
    let path = request.path.split('?').next().unwrap_or_default();
    let endpoint = contract::endpoint_at(path);
    let parsed = endpoint.map(|endpoint| {
        contract::parse_session_request(
            endpoint,
            request.headers.get(CONTENT_TYPE.as_str()).map(String::as_str),
            request.body,
        )
    });
    let mint = |key: &str| match (endpoint, &parsed) {
        (Some(endpoint), Some(Ok(request))) => {
            Some(MintRequest { endpoint, request: request.clone(), key: fingerprint(key) })
        }
        _ => None,
    };
    // A case responds to every request whose key names the case, on any path.
    if let Some(key) = key
        && let Some(step) = store.scripts.select_by_key(key)
    {
        return Choice::Script { step, mint: mint(key) };
    }
    let contract = |response| Choice::Decided(Decision::Contract(response));
    let reject = |status, reason: &str| contract(error(status, reason));
    let Some(parsed) = &parsed else {
        // Not in the form of the service's errors: only a 404 with an `error` means that there is no such customer.
        return contract((StatusCode::NOT_FOUND, "Not found").into_response());
    };
    if request.method != "POST" {
        let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return contract(response);
    }
    let Some(key) = key.filter(|key| state.settings.keys.iter().any(|known| known == key)) else {
        return reject(StatusCode::UNAUTHORIZED, "Invalid or missing X-Brand-Key");
    };
    let session = match parsed {
        Ok(session) => session,
        Err(reason) => return reject(StatusCode::BAD_REQUEST, reason),
    };
    if let Some(step) = store.scripts.select_by_customer(session.customer_id.as_deref(), key) {
        return Choice::Script { step, mint: mint(key) };
    }
    if let Some(reason) = state.settings.seed.as_ref().and_then(|seed| seed.missing(session)) {
        return reject(StatusCode::NOT_FOUND, reason);
    }
    if let Some(script) = store.chaos.as_mut().and_then(Chaos::draw) {
        return Choice::Decided(Decision::Script { script, mint: mint(key) });
    }
    contract(minted(mint(key), store, state.now_ms()))
}
