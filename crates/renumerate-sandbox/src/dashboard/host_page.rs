//! Host page: embeds the cancel button and the SubscriptionHub as the page of a business does. The host page uses the
//! protocol that the vendor documents.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::assets;
use super::local_only::LocalPeer;
use super::state::DashboardState;
use crate::api::error;

/// Maximum length of a session id. The real service's session ids are half as long.
const ID_MAX_BYTES: usize = 256;

#[derive(Deserialize)]
pub(super) struct Sessions {
    retention: Option<String>,
    subscription: Option<String>,
    /// Session for which a handshake token was exchanged. It opens both widgets.
    handshake: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/host_page.html")]
struct HostPage<'a> {
    widgets_url: &'a str,
    ca: String,
    retention: Option<&'a str>,
    subscription: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "dashboard/no_widgets.html")]
struct NoWidgets;

pub(super) async fn host_page(
    _: LocalPeer,
    State(state): State<Arc<DashboardState>>,
    sessions: Result<Query<Sessions>, QueryRejection>,
) -> Response {
    let Some(widgets) = state.app.widgets() else {
        let mut page = assets::page(NoWidgets.render(), None, "no-referrer");
        *page.status_mut() = StatusCode::NOT_FOUND;
        return page;
    };
    let Ok(Query(sessions)) = sessions else {
        return error(StatusCode::BAD_REQUEST, "The query is invalid");
    };
    let [retention, subscription] =
        [&sessions.retention, &sessions.subscription].map(|id| id.as_ref().or(sessions.handshake.as_ref()));
    let (retention, subscription) = (retention.map(String::as_str), subscription.map(String::as_str));
    if retention.or(subscription).is_none() || !retention.into_iter().chain(subscription).all(is_session_id) {
        let reason = "The page needs ?retention=ID (ret_…), ?subscription=ID (sub_…) or both, or ?handshake=ID (r10_…)";
        return error(StatusCode::BAD_REQUEST, reason);
    }
    let ca = widgets.ca.display().to_string();
    let page = HostPage { widgets_url: &widgets.url, ca, retention, subscription };
    // In browsers without `ancestorOrigins`, the widgets read the origin of this page from the referrer. This referrer
    // policy gives the widgets the origin, but not the query. It is also the default of browsers, but is set here
    // because a browser can be configured with a stricter default.
    assets::page(page.render(), Some(&widgets.url), "strict-origin-when-cross-origin")
}

/// Returns whether a text has the form of a session id. Whether the session exists is checked later, by the widgets.
fn is_session_id(id: &str) -> bool {
    let encoded = ["ret_", "sub_", "r10_"].iter().find_map(|prefix| id.strip_prefix(prefix));
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=');
    encoded.is_some_and(|encoded| !encoded.is_empty() && encoded.bytes().all(is_base64))
        && id.len() <= ID_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_id_contains_no_characters_that_need_escaping() {
        for id in ["ret_a", "sub__FZ1PXM7vi3x-A==", "sub_test_1", "r10_a"] {
            assert!(is_session_id(id), "{id}");
        }
        let long = format!("ret_{}", "x".repeat(ID_MAX_BYTES));
        for id in [
            "",
            "ret_",
            "xyz_a",
            "ret_a&b=c",
            "ret_\"><script>",
            "ret_a b",
            "ret_é",
            "ret_a/..",
            "ret_%41",
            &long,
        ] {
            assert!(!is_session_id(id), "{id}");
        }
    }
}
