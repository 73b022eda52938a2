//! Answering: with a session, or as a script has it, with what goes wrong on its way.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::case::Fault;
use crate::connection::{Connection, Ending};
use crate::contract::{Asked, Endpoint};
use crate::fault::FaultyBody;
use crate::router::{Memory, Shared, error};
use crate::step::ToGive;
use crate::written::Written;

/// Whom a session would be minted for.
pub(crate) struct Minting {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) asked: Asked,
    pub(crate) key: String,
}

pub(crate) fn minted(minting: Option<Minting>, memory: &mut Memory, at_ms: u64) -> Response {
    let Some(Minting { endpoint, asked, key }) = minting else {
        return error(StatusCode::BAD_REQUEST, "This request asks for no session");
    };
    match memory.mint.mint(endpoint, asked, key, at_ms) {
        Ok(id) => {
            #[cfg(feature = "widgets")]
            memory.session_changed(&id);
            Json(json!({ "id": id })).into_response()
        }
        Err(reason) => error(StatusCode::INTERNAL_SERVER_ERROR, &format!("no random bytes: {reason}")),
    }
}

/// The answer that a script has for a request, with what goes wrong on its way.
pub(crate) async fn scripted(
    shared: &Arc<Shared>,
    connection: &Arc<Connection>,
    to_give: ToGive,
    minting: Option<Minting>,
) -> Response {
    let answer = &to_give.answer;
    let before_status = matches!(
        answer.fault,
        Some(Fault::ResetBeforeStatus | Fault::CloseBeforeStatus | Fault::StallBeforeHeaders)
    );
    // Thousands may wait, and whom a session is for may be large: it is minted now, or not kept.
    let session = if answer.mint && !before_status {
        Some(minted(minting, &mut shared.memory(), shared.now_ms()))
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
        drop(to_give);
        return std::future::pending().await; // until the connection ends
    }
    if let Some(wait) = answer.close_after_ms {
        connection.close_after(Duration::from_millis(wait));
    }
    let mut response = match session {
        Some(session) => broken(session, answer.fault, connection).await,
        None => written_out(&to_give, connection),
    };
    if !answer.mint || response.status().is_success() {
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    for (name, value) in to_give.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A session's response with its body as the fault has it.
async fn broken(session: Response, fault: Option<Fault>, connection: &Arc<Connection>) -> Response {
    if fault.is_none() {
        return session;
    }
    let (head, body) = session.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default(); // it is in memory
    with_body(head, Written::new(&bytes, 1), fault, connection)
}

/// A response with the body that the script spells out.
fn written_out(to_give: &ToGive, connection: &Arc<Connection>) -> Response {
    let answer = &to_give.answer;
    let (mut head, ()) = Response::new(()).into_parts();
    if let Some(content_type) = answer.content_type {
        head.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    with_body(head, to_give.body(), answer.fault, connection)
}

/// A response whose body comes as the fault has it. The length that is told is that of the whole body.
fn with_body(mut head: Parts, body: Written, fault: Option<Fault>, connection: &Arc<Connection>) -> Response {
    let Some(fault) = fault else {
        return Response::from_parts(head, Body::new(body));
    };
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.left()));
    Response::from_parts(head, Body::new(FaultyBody::new(fault, body, Arc::clone(connection))))
}
