//! Handshake tokens that the dashboard creates and checks.

use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::event_stream::EventStream;
use crate::support::{CANARY_KEY, builder, send, start};

const CREATE: &str = "/_sandbox/token";
const CHECK: &str = "/_sandbox/token/check";
const EXCHANGE: &str = "/v1/session/exchange";

/// Sends JSON from the dashboard's page, and returns the status and the body of the response.
async fn post(sandbox: &Sandbox, path: &str, key: Option<&str>, body: &Value) -> (String, Value) {
    let mut headers = vec![("host", "localhost"), ("content-type", "application/json")];
    headers.extend(key.map(|key| ("x-brand-key", key)));
    let (head, body) = send(sandbox, &format!("POST {path}"), &headers, &body.to_string()).await;
    (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(&body).unwrap())
}

async fn create(sandbox: &Sandbox, customer: &str) -> String {
    let (status, body) = post(sandbox, CREATE, Some(CANARY_KEY), &json!({ "customer_id": customer })).await;
    assert_eq!(status, "200", "{body}");
    body["token"].as_str().unwrap().to_owned()
}

async fn check(sandbox: &Sandbox, token: &str) -> Value {
    let (status, report) = post(sandbox, CHECK, None, &json!({ "token": token })).await;
    assert_eq!(status, "200", "{report}");
    report
}

/// Returns the names of the failed checks, each with the message of the service.
fn failures(report: &Value) -> Vec<String> {
    let failed = report["checks"].as_array().unwrap().iter().filter(|check| check["valid"] == false);
    failed.map(|check| format!("{}: {}", check["name"], check["text"]).replace('"', "")).collect()
}

fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

#[tokio::test]
async fn created_token_passes_each_check_and_can_be_exchanged_once() {
    let sandbox = start().await;
    let before = now_ms();
    let token = create(&sandbox, "cus_1").await;
    let report = check(&sandbox, &format!(" {token}\n")).await;
    assert_eq!(failures(&report), [""; 0], "{report}");
    assert_eq!(report["checks"].as_array().unwrap().len(), 5);
    let parts = &report["parts"];
    assert_eq!((&parts["public_key"], &parts["customer_id"]), (&json!("pk_sandbox_local"), &json!("cus_1")));
    let timestamp = parts["timestamp"].as_f64().unwrap();
    assert!(before - 1.0 <= timestamp && timestamp <= now_ms(), "{report}");
    let expires_in_ms = parts["expires_in_ms"].as_f64().unwrap();
    assert!(expires_in_ms <= 300_000.0 && timestamp + 300_000.0 - now_ms() <= expires_in_ms, "{report}");
    let nonce = parts["nonce"].as_str().unwrap();
    assert!(nonce.len() == 32 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit()), "{nonce}");
    assert_ne!(check(&sandbox, &create(&sandbox, "cus_1").await).await["parts"]["nonce"], nonce);

    // Checks do not use the token. The exchange does.
    let (status, body) = post(&sandbox, EXCHANGE, None, &json!({ "handshakeToken": token })).await;
    assert!(status == "200" && body["session"]["sessionId"].as_str().unwrap().starts_with("r10_"), "{body}");
    assert_eq!(failures(&check(&sandbox, &token).await), ["nonce: Token already used"]);
}

#[tokio::test]
async fn tokens_are_not_recorded() {
    let sandbox = start().await;
    let token = create(&sandbox, "cus_1").await;
    check(&sandbox, &token).await;
    assert_eq!(sandbox.requests().len(), 0);
    post(&sandbox, EXCHANGE, None, &json!({ "handshakeToken": token })).await;
    let events = EventStream::open(&sandbox, None).await.until_ready().await;
    let signature = token.split_once('.').unwrap().1;
    assert!(events.iter().all(|event| !event.text.contains(signature)), "{events:?}");
    let request = events.iter().find(|event| event.name == "request").unwrap();
    assert!(request.data["body"].as_str().unwrap().starts_with(r#"{"handshakeToken":"sha256:"#));
}

#[tokio::test]
async fn token_needs_the_private_key_and_a_customer() {
    let sandbox = start().await;
    let new = json!({"customer_id": "cus_1"});
    for (key, body, status, part) in [
        (None, &new, "401", "X-Brand-Key"),
        (Some("sk_sandbox_other"), &new, "401", "X-Brand-Key"),
        (Some(CANARY_KEY), &json!({"customer_id": ""}), "400", "must not be empty"),
        (Some(CANARY_KEY), &json!({}), "400", "missing field `customer_id`"),
        (Some(CANARY_KEY), &json!({"customer_id": "c".repeat(70_000)}), "400", "too large"),
    ] {
        let (actual, response) = post(&sandbox, CREATE, key, body).await;
        assert!(actual == status && response["error"].as_str().unwrap().contains(part), "{part}: {response}");
    }
    let (status, response) = post(&sandbox, CHECK, None, &json!({"token": 7})).await;
    assert!(status == "400" && response["error"].as_str().unwrap().contains("invalid type"), "{response}");
}

#[tokio::test]
async fn foreign_pages_and_hosts_get_no_token() {
    let sandbox = builder().host(Ipv4Addr::UNSPECIFIED.into()).start().await.unwrap();
    for path in [CREATE, CHECK] {
        for headers in [
            [("host", "localhost"), ("origin", "https://evil.example")],
            [("host", "localhost"), ("sec-fetch-site", "cross-site")],
            [("host", "evil.example"), ("x-brand-key", CANARY_KEY)],
        ] {
            let body = r#"{"customer_id":"cus_1","token":"a"}"#;
            let (head, body) = send(&sandbox, &format!("POST {path}"), &headers, body).await;
            assert!(head.starts_with("HTTP/1.0 403 ") && !body.contains("token\""), "{path}: {head} {body}");
        }
    }
}

#[tokio::test]
async fn mistakes_of_a_token_are_reported_with_its_content() {
    let sandbox = start().await;
    let token = create(&sandbox, "cus_1").await;
    let (payload, signature) = token.split_once('.').unwrap();
    let decoded = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let text = String::from_utf8(decoded.clone()).unwrap();
    let with = |payload: &str| format!("{}.{signature}", URL_SAFE_NO_PAD.encode(payload));

    let base64 = format!("{}=.{signature}", STANDARD.encode(&decoded).trim_end_matches('='));
    for (token, part, payload) in [
        (base64, "the first part of the token has padding; remove each = at its end", Some(text.as_str())),
        (with(r#"{"subscriberId":"cus_1"}"#), "needs the text brandPub", Some(r#"{"subscriberId":"cus_1"}"#)),
        (json!({ "token": token }).to_string(), "this is JSON, not a token", None),
        ("undefined".to_owned(), "not payload.signature", None),
    ] {
        let report = check(&sandbox, &token).await;
        assert_eq!(failures(&report), ["format: Invalid token format"]);
        assert!(report["checks"][0]["remedy"].as_str().unwrap().contains(part), "{report}");
        assert_eq!((&report["parts"], report["payload"].as_str()), (&Value::Null, payload), "{report}");
    }

    // A token can fail several checks. Its parts are shown nevertheless.
    let mut members: Value = serde_json::from_str(&text).unwrap();
    members["brandPub"] = json!("sk_live_planted_4711");
    members["timestamp"] = json!(1_767_225_600);
    let report = check(&sandbox, &with(&members.to_string())).await;
    assert_eq!(
        failures(&report),
        ["brand: Brand not found", "signature: Invalid signature", "age: Token expired"]
    );
    assert_eq!(
        (&report["parts"]["timestamp"], &report["parts"]["customer_id"]),
        (&json!(1_767_225_600.0), &json!("cus_1"))
    );
    assert!(report["parts"]["expires_in_ms"].as_f64().unwrap() < 0.0, "{report}");
    assert!(!report.to_string().contains("planted"), "a private key is redacted: {report}");
}
