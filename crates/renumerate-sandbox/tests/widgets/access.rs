//! Sessions and forms that are rejected, and the headers of all responses.

use std::time::Duration;

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::support::{start, start_with};

const FAILURE: Option<&str> = Some("catastrophic-failure");

#[tokio::test]
async fn invalid_session_id_shows_the_reason_and_sends_the_failure_message() {
    let widgets = start(Sandbox::builder()).await;
    let retention = widgets.create_session("retention", json!({"customer_id": "cus_1"})).await;
    for (path, status, reason) in [
        ("/retention".to_owned(), 400, "contains no session id"),
        ("/subs?session_id=".to_owned(), 400, "contains no session id"),
        ("/retention?session_id=ret_forged".to_owned(), 404, "has not created a session"),
        (format!("/retention?session_id={retention}x"), 404, "has not created a session"),
        ("/subs?session_id=%FF%00%3Cscript%3E".to_owned(), 404, "has not created a session"),
        (format!("/subs?session_id={retention}"), 400, "of a retention session"),
    ] {
        let page = widgets.get(&path).await;
        assert_eq!(
            (page.status, page.heading(), page.message()),
            (status, "This page cannot be opened", FAILURE),
            "{path}"
        );
        assert!(page.text.contains(reason), "{path}: {}", page.text);
        let frame = if path.starts_with("/subs") { "subscription" } else { "retention" };
        assert!(page.text.contains(&format!("data-frame=\"{frame}\"")), "{}", page.text);
    }
    let hub = widgets.create_session("subscription", json!({"customer_id": "cus_1"})).await;
    assert_ne!(
        widgets.get(&format!("/retention?session_id={hub}")).await.message(),
        FAILURE,
        "subscription sessions open the cancel flow too"
    );
}

#[tokio::test]
async fn expired_session_is_rejected() {
    let widgets = start_with(Sandbox::builder(), |widgets| widgets.session_lifetime(Duration::ZERO)).await;
    for (kind, path) in [("retention", "retention"), ("subscription", "subs")] {
        let id = widgets.create_session(kind, json!({"customer_id": "cus_1"})).await;
        let page = widgets.get(&format!("/{path}?session_id={id}")).await;
        assert_eq!((page.status, page.message()), (410, FAILURE));
        assert!(
            widgets
                .post(&format!("/{path}/cancel"), &[("session_id", &id), ("subscription", "x")])
                .await
                .status
                == 410
        );
    }
}

#[tokio::test]
async fn invalid_form_is_rejected_without_an_outcome() {
    let widgets = start(Sandbox::builder()).await;
    let id = widgets.create_session("retention", json!({"customer_id": "cus_2"})).await;
    widgets.get(&format!("/retention?session_id={id}")).await;
    let long = format!("session_id={id}&comment={}", "x".repeat(70_000));
    for form in [
        "%%%",
        &format!("session_id={id}&reason=because"),
        &long,
        &format!("session_id={id}&session_id={id}"),
    ] {
        let response = widgets.post_text("/retention/cancel", form).await;
        assert_eq!((response.status, response.message()), (400, FAILURE), "{}", response.text);
    }
    assert_eq!(widgets.post("/retention/delete", &[("session_id", &id)]).await.status, 400);
    assert_eq!(widgets.get_json(&format!("/_sandbox/sessions/{id}")).await.1["outcomes"], json!([]));
}

#[tokio::test]
async fn all_responses_have_secure_headers() {
    let widgets = start(Sandbox::builder()).await;
    let id = widgets.create_session("subscription", json!({"customer_id": "cus_1"})).await;
    for path in [
        format!("/subs?session_id={id}"),
        format!("/retention?session_id={id}"),
        "/subs".to_owned(),
        "/widgets.css".to_owned(),
        "/widgets.js".to_owned(),
    ] {
        let page = widgets.get(&path).await;
        for part in [
            "content-security-policy: default-src 'none'; ",
            "; frame-ancestors 'self' http://localhost:* ",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "referrer-policy: same-origin",
        ] {
            assert!(page.head.contains(part), "{path} has no {part}: {}", page.head);
        }
        assert!(
            !page.text.contains("<script>")
                && !page.text.contains(" style=")
                && !page.text.contains("http://"),
            "{path}"
        );
        assert!(!page.head.contains("unsafe"), "{path}");
    }
}
