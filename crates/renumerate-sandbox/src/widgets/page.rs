//! Responses with pages and assets, and their headers.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::state::WidgetState;

/// Content security policy: a widget's page loads resources only from its own server, and only pages on this machine
/// may embed the widget. [`add_headers`] appends the sandbox's allowed origins, whose pages may embed the widget too.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'self' http://localhost:* https://localhost:* \
     http://*.localhost:* https://*.localhost:* http://127.0.0.1:* https://127.0.0.1:*";

const HEADERS: [(HeaderName, &str); 3] =
    [(CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "same-origin"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// Adds the headers that all responses of the widgets' server have.
pub(super) async fn add_headers(State(state): State<Arc<WidgetState>>, mut response: Response) -> Response {
    let policy = state
        .app
        .settings
        .allowed_origins
        .iter()
        .fold(POLICY.to_owned(), |policy, origin| policy + " " + origin.as_str());
    let headers = response.headers_mut();
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Widget to which a page belongs. The vendor's messages contain the name of the widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Retention,
    Subscription,
}

impl Frame {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Subscription => "subscription",
        }
    }
}

pub(super) fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

pub(super) fn page_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

pub(super) async fn stylesheet(State(state): State<Arc<WidgetState>>) -> Response {
    ([(CONTENT_TYPE, "text/css")], state.stylesheet.clone()).into_response()
}

pub(super) async fn script() -> Response {
    let script = include_str!("../../assets/widgets/widgets.js");
    ([(CONTENT_TYPE, "text/javascript")], script).into_response()
}
