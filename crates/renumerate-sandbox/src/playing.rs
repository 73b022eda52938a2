//! Answering: with a session, or as a script has it, with what goes wrong on its way.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::case::{Answer, Fault};
use crate::connection::{Connection, Ending};
use crate::contract::{Asked, Endpoint};
use crate::fault::FaultyBody;
use crate::mint::Mint;
use crate::repeated::Repeated;
use crate::router::{Shared, error};

/// Whom a session would be minted for.
pub(crate) struct Minting {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) asked: Asked,
    pub(crate) key: String,
}

pub(crate) fn minted(minting: Option<Minting>, mint: &mut Mint, at_ms: u64) -> Response {
    let Some(Minting { endpoint, asked, key }) = minting else {
        return error(StatusCode::BAD_REQUEST, "This request asks for no session");
    };
    match mint.mint(endpoint, asked, key, at_ms) {
        Ok(id) => Json(json!({ "id": id })).into_response(),
        Err(reason) => error(StatusCode::INTERNAL_SERVER_ERROR, &format!("no random bytes: {reason}")),
    }
}

/// The answer that a script has for a request, with what goes wrong on its way.
pub(crate) async fn scripted(
    shared: &Arc<Shared>,
    connection: &Arc<Connection>,
    answer: Answer,
    minting: Option<Minting>,
) -> Response {
    let before_status = matches!(
        answer.fault,
        Some(Fault::ResetBeforeStatus | Fault::CloseBeforeStatus | Fault::StallBeforeHeaders)
    );
    // Thousands may wait, and whom a session is for may be large: it is minted now, or not kept.
    let session = if answer.mint && !before_status {
        Some(minted(minting, &mut shared.memory().mint, shared.now_ms()))
    } else {
        drop(minting);
        None
    };
    if answer.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    }
    match answer.fault {
        Some(Fault::ResetBeforeStatus) => connection.end(Ending::Reset),
        Some(Fault::CloseBeforeStatus) => connection.end(Ending::Close),
        _ => {}
    }
    if before_status {
        drop(answer);
        return std::future::pending().await; // until the connection ends
    }
    if let Some(wait) = answer.close_after_ms {
        let connection = Arc::clone(connection);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            connection.end(Ending::Close);
        });
    }
    let mut response = session.unwrap_or_else(|| written_out(&answer));
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
    let body = match (answer.times(), answer.fault) {
        (1, _) | (_, Some(_)) => Body::from(answer.bytes()),
        (times, None) => Body::new(Repeated::new(&answer.one_time(), times)),
    };
    let mut response = body.into_response();
    if answer.body.is_some() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}
