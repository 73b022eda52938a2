//! Exchanges that are rejected: status, message and note.

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::support::{PATH, exchange, send};
use crate::token::{now_ms, payload, sign, token};

const NOTE: &str = "x-renumerate-sandbox-note";

#[tokio::test]
async fn invalid_token_gets_the_documented_message_and_a_note() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = sandbox.private_key().to_owned();
    let with = |name: &str, value: serde_json::Value| {
        let mut payload = payload("cus_1");
        payload[name] = value;
        sign(&payload, &key)
    };
    for (token, message, note) in [
        ("undefined".to_owned(), "Invalid token format", "the token is not payload.signature"),
        (with("nonce", json!(7)), "Invalid token format", "the payload needs the text nonce"),
        (
            with("brandPub", json!("pk_live_other")),
            "Brand not found",
            "is not the public key pk_sandbox_local",
        ),
        (sign(&payload("cus_1"), "sk_live_other"), "Invalid signature", "another key has signed the token"),
        (
            with("timestamp", json!(now_ms() / 1000)),
            "Token expired",
            "the timestamp is in seconds: use milliseconds",
        ),
        (with("timestamp", json!(now_ms() - 310_000)), "Token expired", "the token is 31"),
        (with("timestamp", json!(now_ms() + 330_000)), "Token expired", "s ahead of the clock here"),
    ] {
        let response = exchange(&sandbox, &token).await;
        assert_eq!((response.status, response.json()), (401, json!({ "error": message })), "{note}");
        assert!(response.header(NOTE).unwrap().contains(note), "{}", response.head);
    }
    for tolerated in [now_ms() - 280_000, now_ms() + 280_000] {
        assert_eq!(exchange(&sandbox, &with("timestamp", json!(tolerated))).await.status, 200);
    }
    assert_eq!(sandbox.counts().sessions, 2);
}

#[tokio::test]
async fn token_is_accepted_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = token("cus_1");
    assert_eq!(exchange(&sandbox, &first).await.status, 200);
    let response = exchange(&sandbox, &first).await;
    assert_eq!((response.status, response.json()), (401, json!({"error": "Token already used"})));
    assert!(response.header(NOTE).unwrap().contains("create a token"), "{}", response.head);

    // An invalid token does not use up the nonce of a valid one.
    let payload = payload("cus_1");
    assert_eq!(exchange(&sandbox, &sign(&payload, "sk_forged")).await.status, 401);
    assert_eq!(exchange(&sandbox, &sign(&payload, sandbox.private_key())).await.status, 200);

    let shared = token("cus_1");
    let (one, other) = tokio::join!(exchange(&sandbox, &shared), exchange(&sandbox, &shared));
    assert_eq!(one.status + other.status, 200 + 401);
}

#[tokio::test]
async fn invalid_request_gets_a_reason() {
    let sandbox = Sandbox::start().await.unwrap();
    let json_type = "content-type: application/json\r\n";
    for (method, headers, body, status, reason) in [
        ("POST", "", r#"{"handshakeToken": "a.b"}"#, 400, "content-type"),
        ("POST", json_type, "", 400, "isn't JSON"),
        ("POST", json_type, r#"{"token": "a.b"}"#, 400, "must contain {\"handshakeToken\""),
        ("POST", json_type, r#"{"handshakeToken": null}"#, 400, "must be a string"),
        ("POST", json_type, "[]", 400, "must contain"),
        ("POST", json_type, &"x".repeat(70_000), 400, "larger than"),
        ("GET", "", "", 405, "not allowed"),
        ("PUT", json_type, "{}", 405, "not allowed"),
    ] {
        let response = send(&sandbox, method, PATH, headers, body).await;
        assert_eq!(response.status, status, "{method} {body}");
        assert!(response.json()["error"].as_str().unwrap().contains(reason), "{}", response.body);
        assert_eq!(response.header("allow"), (status == 405).then_some("post, options"));
    }
}
