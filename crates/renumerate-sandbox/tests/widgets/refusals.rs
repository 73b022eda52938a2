//! What opens nothing, and the headers of everything.

use std::time::Duration;

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::browser::{serve, serve_widgets};

const FAILURE: Option<&str> = Some("catastrophic-failure");

#[tokio::test]
async fn a_bad_id_shows_why_and_tells_the_page_around_it() {
    let served = serve(Sandbox::builder()).await;
    let retention = served.mint("retention", json!({"customer_id": "cus_1"})).await;
    for (path, status, reason) in [
        ("/retention".to_owned(), 400, "contains no session id"),
        ("/subs?session_id=".to_owned(), 400, "contains no session id"),
        ("/retention?session_id=ret_forged".to_owned(), 404, "has not created a session"),
        (format!("/retention?session_id={retention}x"), 404, "has not created a session"),
        ("/subs?session_id=%FF%00%3Cscript%3E".to_owned(), 404, "has not created a session"),
        (format!("/subs?session_id={retention}"), 400, "of a retention session"),
    ] {
        let shown = served.get(&path).await;
        assert_eq!(
            (shown.status, shown.heading(), shown.message()),
            (status, "This page cannot be opened", FAILURE),
            "{path}"
        );
        assert!(shown.text.contains(reason), "{path}: {}", shown.text);
        let frame = if path.starts_with("/subs") { "subscription" } else { "retention" };
        assert!(shown.text.contains(&format!("data-frame=\"{frame}\"")), "{}", shown.text);
    }
    let hub = served.mint("subscription", json!({"customer_id": "cus_1"})).await;
    assert_ne!(
        served.get(&format!("/retention?session_id={hub}")).await.message(),
        FAILURE,
        "the flow opens for the hub's sessions"
    );
}

#[tokio::test]
async fn a_session_expires() {
    let served = serve_widgets(Sandbox::builder(), |widgets| widgets.session_lifetime(Duration::ZERO)).await;
    for (kind, path) in [("retention", "retention"), ("subscription", "subs")] {
        let id = served.mint(kind, json!({"customer_id": "cus_1"})).await;
        let shown = served.get(&format!("/{path}?session_id={id}")).await;
        assert_eq!((shown.status, shown.message()), (410, FAILURE));
        assert!(
            served
                .post(&format!("/{path}/cancel"), &[("session_id", &id), ("subscription", "x")])
                .await
                .status
                == 410
        );
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_read_does_nothing() {
    let served = serve(Sandbox::builder()).await;
    let id = served.mint("retention", json!({"customer_id": "cus_2"})).await;
    served.get(&format!("/retention?session_id={id}")).await;
    let long = format!("session_id={id}&comment={}", "x".repeat(70_000));
    for form in [
        "%%%",
        &format!("session_id={id}&reason=because"),
        &long,
        &format!("session_id={id}&session_id={id}"),
    ] {
        let answer = served.post_text("/retention/cancel", form).await;
        assert_eq!((answer.status, answer.message()), (400, FAILURE), "{}", answer.text);
    }
    assert_eq!(served.post("/retention/delete", &[("session_id", &id)]).await.status, 400);
    assert_eq!(served.ask(&format!("/_sandbox/sessions/{id}")).await.1["outcomes"], json!([]));
}

#[tokio::test]
async fn all_that_is_served_is_closed_to_other_sites() {
    let served = serve(Sandbox::builder()).await;
    let id = served.mint("subscription", json!({"customer_id": "cus_1"})).await;
    for path in [
        format!("/subs?session_id={id}"),
        format!("/retention?session_id={id}"),
        "/subs".to_owned(),
        "/widgets.css".to_owned(),
        "/widgets.js".to_owned(),
    ] {
        let shown = served.get(&path).await;
        for part in [
            "content-security-policy: default-src 'none'; ",
            "; frame-ancestors 'self' http://localhost:* ",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "referrer-policy: same-origin",
        ] {
            assert!(shown.head.contains(part), "{path} has no {part}: {}", shown.head);
        }
        assert!(
            !shown.text.contains("<script>")
                && !shown.text.contains(" style=")
                && !shown.text.contains("http://"),
            "{path}"
        );
        assert!(!shown.head.contains("unsafe"), "{path}");
    }
}
