//! Every request to the service itself: taken down, decided on, answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::chaos::Chaos;
use crate::connection::Connection;
use crate::contract::{self, BODY_MAX_BYTES, KEY_HEADER};
use crate::intake::Taken;
use crate::ledger::{Record, fingerprint};
use crate::masking::{masked, masked_beginning, masked_headers};
use crate::playing::{Minting, minted, scripted};
use crate::router::{Memory, Shared, error};
use crate::script::{Chosen, Played, Seen};
#[cfg(feature = "widgets")]
use crate::workbench::{self, Noted};

/// A status that no service sends: the wire differs from what the case expects.
const DIFFERS: u16 = 599;

pub(crate) async fn api(
    State(shared): State<Arc<Shared>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    // Whatever the answer does not need is gone before it is waited for.
    #[cfg(feature = "widgets")]
    let key = request.headers().get(KEY_HEADER).filter(|_| shared.workbench.is_some()).cloned();
    let (number, decision) = {
        let (head, body) = request.into_parts();
        let taken = shared.bodies.read(body, &connection).await;
        take_down(&shared, &connection, &head, taken.as_ref())
    };
    let response = match decision {
        Decision::Contract(response) => {
            #[cfg(feature = "widgets")]
            if shared.workbench.is_some() {
                return workbench::whole(response, &shared, number, key.as_ref()).await;
            }
            response
        }
        Decision::Script { played: Played { case, answer }, minting } => {
            shared.memory().played(number, &case, answer.as_ref().err().map(String::as_str));
            match answer {
                Ok(answer) => scripted(&shared, &connection, answer, minting).await,
                Err(problem) => {
                    let status = StatusCode::from_u16(DIFFERS).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                    error(status, &format!("the request differs from the case {case}: {problem}"))
                }
            }
        }
    };
    #[cfg(feature = "widgets")]
    if shared.workbench.is_some() {
        return Noted::take(response, &shared, number, key.as_ref());
    }
    shared.memory().answered(number, response.status().as_u16());
    response
}

/// Enters a request into the ledger, and decides on it.
fn take_down(
    shared: &Shared,
    connection: &Connection,
    head: &Parts,
    taken: Option<&Taken<'_>>,
) -> (usize, Decision) {
    let body = taken.map_or(&[][..], |taken| &taken.bytes);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: BTreeMap<String, String> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let seen = Seen { method: head.method.as_str(), path: &path, headers: &headers, body };
    // Where a client sends its key once more in a wrong place, it is shown there as little as in its own.
    let key: Vec<String> = headers.get(KEY_HEADER).cloned().into_iter().collect();
    let mut record = Record {
        at_ms: 0,
        key: headers.get(KEY_HEADER).map(|key| fingerprint(key)),
        case: None,
        method: seen.method.to_owned(),
        path: masked(&path, &key).into_owned(),
        headers: masked_headers(&headers, &key),
        body: masked_beginning(&String::from_utf8_lossy(body), &key, BODY_MAX_BYTES).into_owned(),
        status: 0,
        problem: None,
        connection: connection.number,
        closed: false,
    };
    record.headers.remove(KEY_HEADER);
    let mut memory = shared.memory();
    let choice = if taken.is_some() {
        decide(shared, &mut memory, &seen)
    } else {
        let reason = "The body is too large, or was cut short";
        Choice::Decided(Decision::Contract(error(StatusCode::BAD_REQUEST, reason)))
    };
    record.at_ms = shared.now_ms();
    let number = memory.came(record);
    drop(memory);
    let decision = match choice {
        Choice::Decided(decision) => decision,
        Choice::Script { chosen, minting } => {
            let mut played = chosen.played(&shared.url, &seen);
            played.answer = played.answer.map_err(|problem| masked(&problem, &key).into_owned());
            Decision::Script { played, minting }
        }
    };
    (number, decision)
}

enum Decision {
    Contract(Response),
    Script { played: Played, minting: Option<Minting> },
}

/// What is decided while others wait: a request is not yet compared with what a case expects.
enum Choice {
    Decided(Decision),
    Script { chosen: Chosen, minting: Option<Minting> },
}

fn decide(shared: &Shared, memory: &mut Memory, seen: &Seen<'_>) -> Choice {
    let key = seen.headers.get(KEY_HEADER).map(String::as_str);
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
        && let Some(chosen) = memory.scripts.play_key(key)
    {
        return Choice::Script { chosen, minting: minting(key) };
    }
    let contract = |response| Choice::Decided(Decision::Contract(response));
    let refuse = |status, reason: &str| contract(error(status, reason));
    let Some(asked) = &asked else {
        return refuse(StatusCode::NOT_FOUND, "Not found");
    };
    if seen.method != "POST" {
        let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return contract(response);
    }
    let Some(key) = key.filter(|key| shared.keys.iter().any(|known| known == key)) else {
        return refuse(StatusCode::UNAUTHORIZED, "Invalid or missing X-Brand-Key");
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(reason) => return refuse(StatusCode::BAD_REQUEST, reason),
    };
    if let Some(chosen) = memory.scripts.play_customer(asked.customer_id.as_deref(), key) {
        return Choice::Script { chosen, minting: minting(key) };
    }
    if let Some(reason) = shared.seed.as_ref().and_then(|seed| seed.missing(asked)) {
        return refuse(StatusCode::NOT_FOUND, reason);
    }
    if let Some(played) = memory.chaos.as_mut().and_then(Chaos::strike) {
        return Choice::Decided(Decision::Script { played, minting: minting(key) });
    }
    contract(minted(minting(key), memory, shared.now_ms()))
}
