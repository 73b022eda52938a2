//! Handshake tokens: the dashboard creates them as a backend does, and shows what a token contains and which check it
//! fails.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::assets::safe_headers;
use super::local_only::LocalHost;
use super::state::DashboardState;
use crate::api::error;
use crate::contract::{BODY_MAX_BYTES, KEY_HEADER};
use crate::net::Connection;
use crate::redact::{fingerprint, redact};
use crate::state::AppState;
use crate::token::{Check, HandshakeToken, VALIDITY, create, payload_text};

/// Returns the routes of the tokens.
pub(super) fn routes() -> Router<Arc<DashboardState>> {
    Router::new()
        .route("/_sandbox/token", post(create_token))
        .route("/_sandbox/token/check", post(check_token))
}

#[derive(Deserialize)]
struct NewToken {
    customer_id: String,
}

/// Creates a token. The request needs the private key that signs the token, so other machines cannot create tokens.
async fn create_token(
    _: LocalHost,
    State(state): State<Arc<DashboardState>>,
    Extension(connection): Extension<Arc<Connection>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let NewToken { customer_id } = match read(&state.app, &connection, request).await {
        Ok(new) => new,
        Err(response) => return response,
    };
    let settings = &state.app.settings;
    let key = headers.get(KEY_HEADER).map(|key| String::from_utf8_lossy(key.as_bytes()));
    let Some(key) = key.filter(|key| settings.keys.iter().any(|known| known == key)) else {
        return error(StatusCode::UNAUTHORIZED, "Invalid or missing X-Brand-Key");
    };
    if customer_id.is_empty() {
        return error(StatusCode::BAD_REQUEST, "customer_id must not be empty");
    }
    let mut nonce = [0; 16];
    let token = getrandom::fill(&mut nonce)
        .ok()
        .and_then(|()| create((&settings.public_key, &key), &customer_id, SystemTime::now(), nonce));
    match token {
        Some(token) => (safe_headers(), Json(json!({ "token": token }))).into_response(),
        None => error(StatusCode::INTERNAL_SERVER_ERROR, "The system has no random bytes"),
    }
}

#[derive(Deserialize)]
struct GivenToken {
    token: String,
}

/// Content of a token, and the results of its checks.
#[derive(Serialize)]
struct TokenReport {
    /// `None` if the format is invalid.
    parts: Option<Parts>,
    /// Text of the payload if the format is invalid, but the payload can be decoded.
    payload: Option<String>,
    checks: Vec<CheckReport>,
}

#[derive(Serialize)]
struct Parts {
    public_key: String,
    customer_id: String,
    /// Time of creation, as Unix time in milliseconds.
    timestamp: f64,
    /// Time for which the token is still valid, in milliseconds. Negative if the token has expired.
    expires_in_ms: f64,
    nonce: String,
}

#[derive(Serialize)]
struct CheckReport {
    name: &'static str,
    valid: bool,
    /// Description of the valid part, or the message of the service.
    text: &'static str,
    remedy: Option<String>,
}

/// Checks a token without using it. The checks are those of the exchange.
async fn check_token(
    _: LocalHost,
    State(state): State<Arc<DashboardState>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    match read::<GivenToken>(&state.app, &connection, request).await {
        Ok(GivenToken { token }) => {
            (safe_headers(), Json(report(&state.app, token.trim(), SystemTime::now()))).into_response()
        }
        Err(response) => response,
    }
}

fn report(app: &AppState, text: &str, now: SystemTime) -> TokenReport {
    let settings = &app.settings;
    let parsed = HandshakeToken::parse(text);
    let mut checks = vec![Check::format(&parsed)];
    let token = parsed.ok();
    if let Some(token) = &token {
        checks.extend([
            Check::brand(token, &settings.public_key),
            Check::signature(token, &settings.keys),
            Check::age(token, now),
            Check::unused(app.store().is_nonce_used(&token.nonce)),
        ]);
    }
    let payload = if token.is_none() { payload_text(text) } else { None };
    TokenReport {
        parts: token.map(|token| parts(token, &settings.keys, now)),
        payload: payload.map(|payload| redact(&payload, &settings.keys).into_owned()),
        checks: checks.into_iter().map(CheckReport::from).collect(),
    }
}

/// Returns the parts of a token. If the public key is a private key by mistake, its fingerprint replaces it.
fn parts(token: HandshakeToken, keys: &[String], now: SystemTime) -> Parts {
    let now_ms = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0;
    let HandshakeToken { public_key, customer_id, timestamp, nonce, .. } = token;
    Parts {
        public_key: if public_key.starts_with("sk_") { fingerprint(&public_key) } else { public_key },
        customer_id: redact(&customer_id, keys).into_owned(),
        timestamp,
        expires_in_ms: timestamp + VALIDITY.as_secs_f64() * 1000.0 - now_ms,
        nonce: redact(&nonce, keys).into_owned(),
    }
}

impl From<Check> for CheckReport {
    fn from(Check { name, result }: Check) -> Self {
        match result {
            Ok(text) => Self { name, valid: true, text, remedy: None },
            Err(error) => Self { name, valid: false, text: error.kind.message(), remedy: Some(error.remedy) },
        }
    }
}

/// Reads the JSON body of a request. If the body is invalid, returns the error response.
async fn read<T: DeserializeOwned>(
    app: &AppState,
    connection: &Connection,
    request: Request,
) -> Result<T, Response> {
    let reject = |reason: &str| error(StatusCode::BAD_REQUEST, reason);
    let body = app.request_bodies.read(request.into_body(), connection).await;
    let body = body.filter(|body| body.bytes.len() <= BODY_MAX_BYTES);
    let body = body.ok_or_else(|| reject("The body is too large or incomplete"))?;
    serde_json::from_slice(&body.bytes).map_err(|reason| reject(&format!("The body is invalid: {reason}")))
}
