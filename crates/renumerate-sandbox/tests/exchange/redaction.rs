//! Tokens in recorded requests, in each notation and place.

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::support::{PATH, send};
use crate::token::token;

/// Returns a token in base64, with padding.
fn base64_of(token: &str) -> String {
    let padded = |part: &str| format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4));
    let parts: Vec<String> = token.split('.').map(padded).collect();
    parts.join(".").replace('-', "+").replace('_', "/")
}

fn percent_encode(token: &str) -> String {
    token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[tokio::test]
async fn token_is_redacted_wherever_a_request_contains_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let url_safe = token("cus_1");
    let base64 = base64_of(&url_safe);
    assert_ne!(base64, url_safe);
    let json_header = "content-type: application/json\r\n";
    for token in [&url_safe, &base64] {
        for body in [
            json!({ "handshakeToken": token }).to_string(),
            json!({ "token": token, "more": [{ "handshake_token": token }] }).to_string(),
            json!({ "text": json!({ "handshakeToken": token }).to_string() }).to_string(),
            format!("handshakeToken={}", percent_encode(token)),
            format!("not JSON: {token}\n"),
        ] {
            send(&sandbox, "POST", PATH, json_header, &body).await;
        }
        send(&sandbox, "POST", PATH, &format!("authorization: Bearer {token}\r\nx-token: {token}\r\n"), "")
            .await;
        send(&sandbox, "GET", &format!("/api/renumerate-token?token={}&a=b", percent_encode(token)), "", "")
            .await;
        send(&sandbox, "GET", &format!("/{token}"), "", "").await;
    }
    let records = sandbox.requests();
    assert_eq!(records.len(), 16);
    let request_list = send(&sandbox, "GET", "/_sandbox/requests", "", "").await.body;
    assert_eq!(request_list.matches("sha256:").count(), 2 * 10 + 1, "with the key of the accepted token");
    for token in [&url_safe, &base64] {
        let signature = token.split_once('.').unwrap().1;
        for secret in [signature, &percent_encode(signature)] {
            assert!(!request_list.contains(&secret[..20]), "{request_list}");
        }
    }
    let path = &records[6].path;
    assert!(path.starts_with("/api/renumerate-token?token=sha256:") && path.ends_with("&a=b"), "{path}");
    assert!(records[5].headers["authorization"].starts_with("Bearer sha256:"), "{:?}", records[5]);
}
