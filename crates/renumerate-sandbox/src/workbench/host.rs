//! A page as a team has it: it mounts the cancel button and the SubscriptionHub after the documented protocol.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::assets;
use super::here::FromHere;
use crate::router::{Shared, error};

/// Ids of the service are half as long.
const ID_MAX_BYTES: usize = 256;

#[derive(Deserialize)]
pub(super) struct Sessions {
    retention: Option<String>,
    subscription: Option<String>,
}

#[derive(Template)]
#[template(path = "workbench/host.html")]
struct Host<'a> {
    widgets_url: &'a str,
    ca: String,
    retention: Option<&'a str>,
    subscription: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "workbench/no_widgets.html")]
struct NoWidgets;

pub(super) async fn host(
    _: FromHere,
    State(shared): State<Arc<Shared>>,
    sessions: Result<Query<Sessions>, QueryRejection>,
) -> Response {
    let Some(widgets) = shared.widgets() else {
        let mut page = assets::page(NoWidgets.render(), None, "no-referrer");
        *page.status_mut() = StatusCode::NOT_FOUND;
        return page;
    };
    let Ok(Query(sessions)) = sessions else {
        return error(StatusCode::BAD_REQUEST, "The query cannot be read");
    };
    let (retention, subscription) = (sessions.retention.as_deref(), sessions.subscription.as_deref());
    if retention.or(subscription).is_none() || !retention.into_iter().chain(subscription).all(is_session_id) {
        let reason =
            "The page takes ?retention=ID, ?subscription=ID or both: ids of sessions, ret_… or sub_…";
        return error(StatusCode::BAD_REQUEST, reason);
    }
    let ca = widgets.ca.display().to_string();
    let page = Host { widgets_url: &widgets.url, ca, retention, subscription };
    // The widgets must learn this page's origin from the referrer where a browser has no `ancestorOrigins`, and must not see
    // its query. The browsers' default is the same, but a setting may make that stricter.
    assets::page(page.render(), Some(&widgets.url), "strict-origin-when-cross-origin")
}

/// Ids are opaque, and it is the widgets that judge them: forged ones and those of the wrong kind must get there.
fn is_session_id(id: &str) -> bool {
    let sealed = id.strip_prefix("ret_").or_else(|| id.strip_prefix("sub_"));
    let of_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=');
    sealed.is_some_and(|sealed| !sealed.is_empty() && sealed.bytes().all(of_base64))
        && id.len() <= ID_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_holds_nothing_that_a_url_or_a_page_could_take_amiss() {
        for id in ["ret_a", "sub__FZ1PXM7vi3x-A==", "sub_test_1"] {
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
