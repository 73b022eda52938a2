//! Exchange of a handshake token for a session, as the vendor's browser library makes it.

use std::fmt;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::Response;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::api::NOTE;
use crate::contract::EXCHANGE;
use crate::error::SandboxError;
use crate::sandbox::Sandbox;

/// Maximum size of a response body. Only a script can define a longer one.
const RESPONSE_MAX_BYTES: usize = 1024 * 1024;

/// Session that a handshake token was exchanged for. `Debug` masks the id.
#[derive(Clone, PartialEq, Eq)]
pub struct ExchangedSession {
    /// Session id, `r10_…`. It opens the widgets of the customer.
    pub id: String,
    /// Time after which the id opens no widget.
    pub expires_at: SystemTime,
}

impl fmt::Debug for ExchangedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = format_args!("{}…", EXCHANGE.id_prefix);
        f.debug_struct("ExchangedSession").field("id", &id).field("expires_at", &self.expires_at).finish()
    }
}

/// Body of the response to a successful exchange.
#[derive(Deserialize)]
struct SessionResponse {
    session: SessionMembers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionMembers {
    session_id: String,
    expires_at: u64,
}

impl Sandbox {
    /// Exchanges a handshake token for a session, as the browser does. The request is recorded like any other:
    /// [`requests`](Self::requests) contains it, with a fingerprint instead of the token.
    ///
    /// `token` is the text of the token: the member `token` of the backend's response.
    ///
    /// # Errors
    ///
    /// [`SandboxError::TokenRejected`] if the response contains no session, and [`SandboxError::ExchangeFailed`] if there
    /// is no response, for example because a script resets the connection.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), renumerate_sandbox::SandboxError> {
    /// let sandbox = renumerate_sandbox::Sandbox::start().await?;
    /// let token = "eyJ9.c2ln"; // in a test of a backend: the token in its response
    /// let error = sandbox.exchange(token).await.unwrap_err();
    /// assert!(error.to_string().starts_with("could not exchange the token: Invalid token format (status 401)"));
    /// # Ok(()) }
    /// ```
    pub async fn exchange(&self, token: &str) -> Result<ExchangedSession, SandboxError> {
        let failed = |source| SandboxError::ExchangeFailed { source };
        let response = self.send_token(token).await.map_err(failed)?;
        let status = response.status();
        let note = response.headers().get(NOTE).and_then(|note| note.to_str().ok()).map(str::to_owned);
        let body = to_bytes(response.into_body(), RESPONSE_MAX_BYTES).await;
        let body = body.map_err(|error| failed(io::Error::other(error)))?;
        if status.is_success()
            && let Some(session) = parse_session(&body)
        {
            return Ok(session);
        }
        let error = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let message =
            error.get("error").and_then(Value::as_str).unwrap_or("the response contains no session");
        Err(SandboxError::TokenRejected { message: message.to_owned(), status: status.as_u16(), note })
    }

    async fn send_token(&self, token: &str) -> io::Result<Response> {
        let request = Request::post(EXCHANGE.path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(json!({ "handshakeToken": token }).to_string()))
            .map_err(io::Error::other)?;
        let stream = TokioIo::new(TcpStream::connect(self.address).await?);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(io::Error::other)?;
        tokio::spawn(connection); // ends when the sender and the body of the response are dropped
        sender.send_request(request).await.map(|response| response.map(Body::new)).map_err(io::Error::other)
    }
}

fn parse_session(body: &[u8]) -> Option<ExchangedSession> {
    let SessionMembers { session_id, expires_at } =
        serde_json::from_slice::<SessionResponse>(body).ok()?.session;
    let expires_at = UNIX_EPOCH.checked_add(Duration::from_secs(expires_at))?;
    Some(ExchangedSession { id: session_id, expires_at })
}
