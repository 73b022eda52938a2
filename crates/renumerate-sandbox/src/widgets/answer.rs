//! A page on its way to the browser: its headers, and what is told to the page around it.

use askama::Template;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

/// Nothing but what comes from here, and in no frame but on this machine.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'self' http://localhost:* https://localhost:* \
     http://*.localhost:* https://*.localhost:* http://127.0.0.1:* https://127.0.0.1:*";

const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Which of the two widgets a page belongs to, as the vendor's messages have it.
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
        Ok(html) => (status, HEADERS, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A file that the pages load.
pub(super) fn asset(content_type: &'static str, text: &'static str) -> Response {
    (HEADERS, [(CONTENT_TYPE, content_type)], text).into_response()
}
