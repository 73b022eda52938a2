//! Handler of the endpoints that create sessions: records a request, then selects and sends the response.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::acceptance::{Accepted, Rejection};
use super::error;
use super::handshake::{self, VerifiedToken};
use super::respond::{minted, scripted};
use crate::contract::{self, BODY_MAX_BYTES, EXCHANGE, Endpoint, KEY_HEADER};
use crate::domain::Seed;
use crate::net::{Connection, ReadBody};
use crate::redact::{fingerprint, redact, redact_and_truncate, redact_headers};
use crate::script::{Chaos, RequestView, ScriptResponse, SelectedStep};
use crate::state::{AppState, MintRequest, Record, Settings, Store};

/// Status of the response to a request that differs from the request that the case expects. No real service sends this
/// status.
const MISMATCH: u16 = 599;

/// Handles a request to an endpoint that creates sessions, or to a path that no route matches.
pub(crate) async fn handle(
    State(state): State<Arc<AppState>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    // Only extensions that record responses, such as the dashboard, need the key. Otherwise, the key is not kept, because
    // a header value keeps the buffer of the whole request in memory.
    let key = request.headers().get(KEY_HEADER).filter(|_| state.captures_responses()).cloned();
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
    let token = exchange_token(&request);
    // A client may send its key outside the key header by mistake, so the key is redacted in the whole request.
    let mut secrets: Vec<String> = headers.get(KEY_HEADER).cloned().into_iter().collect();
    if let Some(token) = &token {
        secrets.extend(state.settings.keys.iter().chain(token.as_ref().ok()).cloned());
    }
    let token = token.map(|token| handshake::verify(&state.settings, token));
    let signer = token.as_ref().and_then(|token| token.as_ref().ok()).map(|token| token.key.clone());
    let mut record = Record {
        at_ms: 0,
        key: headers.get(KEY_HEADER).map(|key| fingerprint(key)).or(signer),
        case: None,
        method: request.method.to_owned(),
        path: redact(&path, &secrets).into_owned(),
        headers: redact_headers(&headers, &secrets),
        body: redact_and_truncate(&String::from_utf8_lossy(body), &secrets, BODY_MAX_BYTES).into_owned(),
        status: 0,
        problem: None,
        connection: connection.number,
        closed: false,
    };
    record.headers.remove(KEY_HEADER);
    let mut store = state.store();
    let choice = if is_complete {
        choose(state, &mut store, &request, token)
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
            script.response = script.response.map_err(|problem| redact(&problem, &secrets).into_owned());
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
/// random fault, a new session. `token` is the verified token of an exchange.
fn choose(
    state: &AppState,
    store: &mut Store,
    request: &RequestView<'_>,
    token: Option<Result<VerifiedToken, Rejection>>,
) -> Choice {
    let key = request.headers.get(KEY_HEADER).map(String::as_str);
    let endpoint = contract::endpoint_at(request.path_without_query());
    // A case responds to every request whose key names the case, on any path.
    if let Some(key) = key
        && let Some(step) = store.scripts.select_by_key(key)
    {
        let mint = endpoint.and_then(|endpoint| parse(endpoint, request, key).ok());
        return Choice::Script { step, mint };
    }
    let contract = |response| Choice::Decided(Decision::Contract(response));
    let Some(endpoint) = endpoint else {
        // Not in the form of the service's errors: only a 404 with an `error` means that there is no such customer.
        return contract((StatusCode::NOT_FOUND, "Not found").into_response());
    };
    let accepted = match token {
        Some(token) => token.and_then(|token| handshake::accept(&state.settings, store, token)),
        None => accept_with_key(&state.settings, endpoint, request, key),
    };
    let Accepted { mint, script_key } = match accepted {
        Ok(accepted) => accepted,
        Err(rejection) => return contract(rejection.into_response()),
    };
    if let Some(step) = store.scripts.select_by_customer(mint.request.customer_id.as_deref(), &script_key) {
        return Choice::Script { step, mint: Some(mint) };
    }
    if let Some(reason) = state.settings.seed.as_ref().and_then(|seed| not_found(seed, &mint)) {
        return contract(error(StatusCode::NOT_FOUND, reason));
    }
    if let Some(script) = store.chaos.as_mut().and_then(Chaos::draw) {
        return Choice::Decided(Decision::Script { script, mint: Some(mint) });
    }
    contract(minted(state, store, Some(mint)))
}

/// Returns the message of a 404 response, if the seed lacks the customer or subscription of the request.
fn not_found(seed: &Seed, mint: &MintRequest) -> Option<&'static str> {
    let needs_active = || mint.endpoint.path == EXCHANGE.path && !seed.has_active_subscription(&mint.request);
    seed.missing(&mint.request).or_else(|| needs_active().then_some("No active subscription"))
}

/// Returns the token of an exchange, or the reason why there is none. Returns `None` for other requests.
fn exchange_token(request: &RequestView<'_>) -> Option<Result<String, String>> {
    let is_exchange = request.method == "POST" && request.path_without_query() == EXCHANGE.path;
    is_exchange.then(|| contract::parse_exchange_request(request.content_type(), request.body))
}

/// Checks the method, private key and body of a request.
fn accept_with_key(
    settings: &Settings,
    endpoint: &'static Endpoint,
    request: &RequestView<'_>,
    key: Option<&str>,
) -> Result<Accepted, Rejection> {
    if request.method != "POST" {
        return Err(Rejection::Method(endpoint.methods));
    }
    let key = key.filter(|key| settings.keys.iter().any(|known| known == key)).ok_or(Rejection::Key)?;
    let mint = parse(endpoint, request, key).map_err(Rejection::Body)?;
    Ok(Accepted { mint, script_key: key.to_owned() })
}

fn parse(endpoint: &'static Endpoint, request: &RequestView<'_>, key: &str) -> Result<MintRequest, String> {
    let parsed = contract::parse_session_request(endpoint, request.content_type(), request.body)?;
    Ok(MintRequest { endpoint, request: parsed, key: fingerprint(key) })
}
