//! Result of the checks of a request: it is accepted, or rejected with an error response.

use axum::http::header::ALLOW;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::error;
use crate::state::MintRequest;
use crate::token::TokenError;

/// Request that may create a session.
pub(super) struct Accepted {
    pub(super) mint: MintRequest,
    /// Key that selects the position in a customer's script, and replaces the placeholder `${key}`.
    pub(super) script_key: String,
}

/// Header with the cause of an invalid token and its remedy. The body of the response has only the vendor's message.
pub(crate) const NOTE: HeaderName = HeaderName::from_static("x-renumerate-sandbox-note");

/// Reason why a request is rejected.
pub(super) enum Rejection {
    /// The endpoint has only these methods.
    Method(&'static str),
    /// The private key is missing or invalid.
    Key,
    /// The body is invalid.
    Body(String),
    /// The handshake token is invalid.
    Token(TokenError),
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        match self {
            Self::Method(allowed) => {
                let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
                response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
                response
            }
            Self::Key => error(StatusCode::UNAUTHORIZED, "Invalid or missing X-Brand-Key"),
            Self::Body(reason) => error(StatusCode::BAD_REQUEST, &reason),
            Self::Token(reason) => {
                let mut response = error(StatusCode::UNAUTHORIZED, reason.kind.message());
                if let Ok(remedy) = HeaderValue::try_from(reason.remedy) {
                    response.headers_mut().insert(NOTE, remedy);
                }
                response
            }
        }
    }
}

impl From<TokenError> for Rejection {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}
