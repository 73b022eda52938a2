//! Every request to the service itself: taken down, decided on, answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Extension, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::chaos::Chaos;
use crate::connection::Connection;
use crate::contract::{self, KEY_HEADER};
use crate::ledger::{Record, fingerprint};
use crate::playing::{Minting, minted, scripted};
use crate::router::{Memory, Shared, error};
use crate::script::{Played, Seen};

/// A status that no service sends: the wire differs from what the case expects.
const DIFFERS: u16 = 599;

/// More than this is not read at all; what the contract refuses as too large is far less.
pub(crate) const READ_MAX_BYTES: usize = 4 * 1024 * 1024;

pub(crate) async fn api(
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
    if let Some(played) = memory.chaos.as_mut().and_then(Chaos::strike) {
        return Decision::Script { played, minting: minting(key) };
    }
    Decision::Contract(minted(minting(key), &mut memory.mint, shared.now_ms()))
}
