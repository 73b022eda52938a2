//! Route of the exchange, at which a customer's browser sends requests from a page of another origin.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use super::acceptance::NOTE;
use super::sessions;
use crate::contract::EXCHANGE;
use crate::state::AppState;

/// Returns the route of the exchange.
pub(crate) fn routes(state: &Arc<AppState>) -> Router {
    let methods = any(sessions::handle).layer(from_fn(share_with_origins));
    Router::new().route(EXCHANGE.path, methods).with_state(Arc::clone(state))
}

/// Lets the pages of any origin make the exchange and read its response. This is safe, because the token authorizes the
/// request, and no cookie does. The browser's preflight is not recorded as a request.
async fn share_with_origins(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        let headers = [
            (ACCESS_CONTROL_ALLOW_METHODS, EXCHANGE.methods),
            (ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        (StatusCode::NO_CONTENT, headers).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_name(NOTE));
    response
}
