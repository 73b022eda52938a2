//! Static files of the dashboard, and the headers of its pages.

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::local_only::LocalHost;
use crate::api::error;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Files of the dashboard: name, content type and content.
const ASSETS: [(&str, &str, &str); 9] = [
    ("style.css", "text/css; charset=utf-8", include_str!("../../assets/dashboard/style.css")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/dashboard/icon.svg")),
    ("index.js", SCRIPT, include_str!("../../assets/dashboard/index.js")),
    ("page.js", SCRIPT, include_str!("../../assets/dashboard/page.js")),
    ("request.js", SCRIPT, include_str!("../../assets/dashboard/request.js")),
    ("token.js", SCRIPT, include_str!("../../assets/dashboard/token.js")),
    ("feed.js", SCRIPT, include_str!("../../assets/dashboard/feed.js")),
    ("host_page.js", SCRIPT, include_str!("../../assets/dashboard/host_page.js")),
    ("loader.js", SCRIPT, include_str!("../../assets/dashboard/loader.js")),
];

pub(super) async fn asset(_: LocalHost, Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, content_type, text)) => {
            ([(CONTENT_TYPE, *content_type)], safe_headers(), *text).into_response()
        }
        None => error(StatusCode::NOT_FOUND, "The dashboard has no such file"),
    }
}

/// Returns an HTML page. The page's headers allow only the dashboard's own files, and frames with the widgets.
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
        return error(StatusCode::INTERNAL_SERVER_ERROR, "The page cannot be created");
    };
    let page_headers = [
        (CONTENT_TYPE, HeaderValue::from_static(HTML)),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static(referrer_policy)),
    ];
    (page_headers, safe_headers(), html).into_response()
}

/// Returns headers that forbid caching, content sniffing, and use of the response by pages with a different origin.
pub(super) fn safe_headers() -> [(HeaderName, &'static str); 3] {
    [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]
}
