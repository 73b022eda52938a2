//! Exchange of handshake tokens at the origin of the widgets.

use std::time::Duration;

use renumerate_sandbox::Sandbox;
use serde_json::Value;

use crate::support::{start, start_with};
use crate::token::{now_ms, token};

#[tokio::test]
async fn token_is_exchanged_at_the_origin_of_the_widgets() {
    let widgets = start(Sandbox::builder()).await;
    let preflight = widgets
        .send(
            "OPTIONS /v1/session/exchange HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             origin: http://localhost:3000\r\naccess-control-request-method: POST\r\n\r\n",
        )
        .await;
    assert_eq!(preflight.status, 204);
    let token = token("cus_1");
    let exchanged = widgets.exchange(&token).await;
    assert_eq!(exchanged.status, 200, "{}", exchanged.text);
    for response in [&preflight, &exchanged] {
        for header in ["access-control-allow-origin: *", "cache-control: no-store"] {
            assert!(response.head.contains(header), "{}", response.head);
        }
    }
    let session: Value = serde_json::from_str(&exchanged.text).unwrap();
    let id = session["session"]["sessionId"].as_str().unwrap();
    assert_eq!(widgets.get_json(&format!("/_sandbox/sessions/{id}")).await.1["customer_id"], "cus_1");
    // Both origins have one request log and one list of used tokens.
    assert_eq!(widgets.exchange(&token).await.status, 401);
    let statuses: Vec<_> = widgets.sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn session_expires_after_the_lifetime_of_the_widgets() {
    let lifetime = Duration::from_secs(60);
    let widgets = start_with(Sandbox::builder(), |widgets| widgets.session_lifetime(lifetime)).await;
    let before = now_ms() / 1000;
    let session: Value = serde_json::from_str(&widgets.exchange(&token("cus_1")).await.text).unwrap();
    let remaining = session["session"]["expiresAt"].as_u64().unwrap() - before;
    assert!((60..120).contains(&remaining), "{remaining}");
}
