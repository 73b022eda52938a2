//! What the workbench's pages load, and the headers that all of it has.

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::here::Here;
use crate::router::error;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, type and text.
const ASSETS: [(&str, &str, &str); 6] = [
    ("style.css", "text/css; charset=utf-8", include_str!("../../assets/workbench/style.css")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/workbench/icon.svg")),
    ("page.js", SCRIPT, include_str!("../../assets/workbench/page.js")),
    ("feed.js", SCRIPT, include_str!("../../assets/workbench/feed.js")),
    ("host.js", SCRIPT, include_str!("../../assets/workbench/host.js")),
    ("loader.js", SCRIPT, include_str!("../../assets/workbench/loader.js")),
];

pub(super) async fn asset(_: Here, Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, content_type, text)) => {
            ([(CONTENT_TYPE, *content_type)], safe_headers(), *text).into_response()
        }
        None => error(StatusCode::NOT_FOUND, "The workbench has no such file"),
    }
}

/// A page that may load what is its own, and frame the widgets where they are known.
pub(super) fn page(
    html: Result<String, askama::Error>,
    widgets_url: Option<&str>,
    referrer_policy: &'static str,
) -> Response {
    let frames = widgets_url.unwrap_or("'none'");
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src {frames}; \
         form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    let (Ok(html), Ok(policy)) = (html, HeaderValue::try_from(policy)) else {
        return error(StatusCode::INTERNAL_SERVER_ERROR, "The page cannot be written");
    };
    let of_pages = [
        (CONTENT_TYPE, HeaderValue::from_static(HTML)),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static(referrer_policy)),
    ];
    (of_pages, safe_headers(), html).into_response()
}

/// Nothing of it is kept, taken for another type, or loaded into a foreign page.
pub(super) fn safe_headers() -> [(HeaderName, &'static str); 3] {
    [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]
}
