//! Responses with a session, and scripted responses with their faults.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::error;
use super::faulty_body::FaultyBody;
use crate::case::Fault;
use crate::contract::session_response;
use crate::net::{CloseMode, Connection};
use crate::script::RenderedResponse;
use crate::script::body::ScriptBody;
use crate::state::{AppState, MintRequest, Store};

/// Creates a session, and returns the response with the session's id. If `request` is `None`, the client's request was
/// invalid, and the response has status 400.
pub(super) fn minted(state: &AppState, store: &mut Store, request: Option<MintRequest>) -> Response {
    let Some(request) = request else {
        return error(StatusCode::BAD_REQUEST, "This is not a valid session request");
    };
    let endpoint = request.endpoint;
    match store.mint(request, state.now_ms()) {
        Ok(id) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let expires_at = now.saturating_add(state.session_lifetime()).as_secs();
            Json(session_response(endpoint, &id, expires_at)).into_response()
        }
        Err(reason) => {
            error(StatusCode::INTERNAL_SERVER_ERROR, &format!("cannot generate a session id: {reason}"))
        }
    }
}

/// Returns a scripted response after its delay, with its fault if it has one.
pub(super) async fn scripted(
    state: &Arc<AppState>,
    connection: &Arc<Connection>,
    response: RenderedResponse,
    mint: Option<MintRequest>,
) -> Response {
    let template = &response.template;
    let before_status = matches!(
        template.fault,
        Some(Fault::ResetBeforeStatus | Fault::CloseBeforeStatus | Fault::StallBeforeHeaders)
    );
    // The session request may be large, and thousands of responses may be delayed at a time. To save memory, the
    // request is dropped before the delay.
    let session = if template.mint && !before_status {
        Some(minted(state, &mut state.store(), mint))
    } else {
        drop(mint);
        None
    };
    if template.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(template.delay_ms)).await;
    }
    match template.fault {
        Some(Fault::ResetBeforeStatus) => connection.close(CloseMode::Reset),
        Some(Fault::CloseBeforeStatus) => connection.close(CloseMode::Graceful),
        _ => {}
    }
    if before_status {
        drop(response);
        return std::future::pending().await; // until the connection is closed
    }
    if let Some(wait) = template.close_after_ms {
        connection.close_after(Duration::from_millis(wait));
    }
    let mut sent = match session {
        Some(session) => with_fault(session, template.fault, connection).await,
        None => with_scripted_body(&response, connection),
    };
    if !template.mint || sent.status().is_success() {
        *sent.status_mut() =
            StatusCode::from_u16(template.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    for (name, value) in response.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            sent.headers_mut().insert(name, value);
        }
    }
    sent
}

/// Adds the fault, if there is one, to a response with a session.
async fn with_fault(session: Response, fault: Option<Fault>, connection: &Arc<Connection>) -> Response {
    if fault.is_none() {
        return session;
    }
    let (head, body) = session.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default(); // cannot fail: the body is in memory
    with_body(head, ScriptBody::new(&bytes, 1), fault, connection)
}

/// Returns a response with the body that the script defines.
fn with_scripted_body(response: &RenderedResponse, connection: &Arc<Connection>) -> Response {
    let template = &response.template;
    let (mut head, ()) = Response::new(()).into_parts();
    if let Some(content_type) = template.content_type {
        head.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    with_body(head, response.body(), template.fault, connection)
}

/// Returns a response with this body, and with the fault if there is one. Even if the fault truncates the body, the
/// content-length is the length of the complete body.
fn with_body(
    mut head: Parts,
    body: ScriptBody,
    fault: Option<Fault>,
    connection: &Arc<Connection>,
) -> Response {
    let Some(fault) = fault else {
        return Response::from_parts(head, Body::new(body));
    };
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.remaining()));
    Response::from_parts(head, Body::new(FaultyBody::new(fault, body, Arc::clone(connection))))
}
