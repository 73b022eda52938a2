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
    // The length of the customer id determines the padding of the payload.
    let url_safe = ["cus_1", "cus_12", "cus_123"].map(token);
    let base64 = url_safe.each_ref().map(|token| base64_of(token));
    let tokens = [url_safe, base64].concat();
    let json_header = "content-type: application/json\r\n";
    for token in &tokens {
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
    assert_eq!(records.len(), 48);
    let request_list = send(&sandbox, "GET", "/_sandbox/requests", "", "").await.body;
    assert_eq!(request_list.matches("sha256:").count(), 6 * 10 + 3, "with the keys of the accepted tokens");
    for token in &tokens {
        let signature = token.split_once('.').unwrap().1.get(..20).unwrap();
        for secret in [signature, &percent_encode(signature)] {
            assert!(!request_list.contains(secret), "{request_list}");
        }
    }
    let path = &records[6].path;
    assert!(path.starts_with("/api/renumerate-token?token=sha256:") && path.ends_with("&a=b"), "{path}");
    assert!(records[5].headers["authorization"].starts_with("Bearer sha256:"), "{:?}", records[5]);
}
