//! Exchanges that create a session, and the records of exchanges.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::{exchange, send};
use crate::token::{now_ms, payload, sign, token};

#[tokio::test]
async fn valid_token_creates_a_session() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(sandbox.public_key(), "pk_sandbox_local");
    let before = now_ms() / 1000;
    let response = exchange(&sandbox, &token("cus_1")).await;
    let (id, session) = (response.session_id(), response.json());
    assert_eq!((response.status, session.as_object().unwrap().len()), (200, 1));
    assert!(id.starts_with("r10_") && id.len() > 40, "{id}");
    let lifetime = session["session"]["expiresAt"].as_u64().unwrap() - before;
    assert!((3600..3660).contains(&lifetime), "{lifetime}");

    let record = sandbox.session(&id).unwrap();
    assert_eq!((record.kind, record.customer_id.as_deref()), ("handshake", Some("cus_1")));
    let path = format!("/_sandbox/sessions/{id}");
    assert_eq!(send(&sandbox, "GET", &path, "", "").await.json(), json!(record));
}

/// The golden vector of the vendor's sample is older than five minutes, so only its age is rejected.
#[tokio::test]
async fn golden_token_has_a_valid_signature() {
    let golden = "eyJicmFuZFB1YiI6InBrX2xpdmVfZXhhbXBsZSIsInN1YnNjcmliZXJJZCI6ImN1c19OZmZyRmVVZk5WMkhpYiIsInRpbWVzdGFtcCI6MTc2NzIyNTYwMDAwMCwibm9uY2UiOiIwMDExMjIzMzQ0NTU2Njc3ODg5OWFhYmJjY2RkZWVmZiJ9.XPvQs1R3X_mCAq7GdnqqBz4qfEjmP08Py-YylcQ3WBA";
    let builder = Sandbox::builder().private_key("sk_live_example").public_key("pk_live_example");
    let sandbox = builder.start().await.unwrap();
    let response = exchange(&sandbox, golden).await;
    assert_eq!((response.status, response.json()), (401, json!({"error": "Token expired"})));
}

#[tokio::test]
async fn exchange_is_recorded_without_the_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let valid = token("cus_1");
    let with_private_key = {
        let mut payload = payload("cus_2");
        payload["brandPub"] = json!(sandbox.private_key());
        sign(&payload, sandbox.private_key())
    };
    for sent in [&valid, &valid, "no token at all", sandbox.private_key(), &with_private_key] {
        exchange(&sandbox, sent).await;
    }
    let wrong_name = json!({ "token": valid }).to_string();
    send(&sandbox, "POST", &format!("/elsewhere?token={valid}"), "", &wrong_name).await;
    let statuses: Vec<_> = sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200, 401, 401, 401, 401, 404]);
    let export = send(&sandbox, "GET", "/_sandbox/requests", "", "").await.body;
    for (sent, signature) in [&valid, &with_private_key].map(|token| token.split_once('.').unwrap()) {
        assert!(!export.contains(sent) && !export.contains(signature), "{export}");
    }
    assert!(!export.contains(sandbox.private_key()) && !export.contains("no token at all"), "{export}");

    // Requests can be selected by the key that signed the token.
    let path = format!("/_sandbox/requests?key={}", sandbox.private_key());
    let signed: Value = send(&sandbox, "GET", &path, "", "").await.json();
    let bodies = signed["requests"].as_array().unwrap().iter().map(|request| &request["body"]);
    let [first, second] = bodies.collect::<Vec<_>>()[..] else { panic!("{signed}") };
    assert!(first == second && first.as_str().unwrap().contains(r#"{"handshakeToken":"sha256:"#), "{first}");
}

#[tokio::test]
async fn keys_of_the_seed_sign_tokens_for_its_customers() {
    let seed = json!({
        "customers": [{"id": "cus_1", "subscriptions": ["sub_1"]}],
        "keys": ["sk_sandbox_2"],
    });
    let seed: Seed = serde_json::from_value(seed).unwrap();
    let sandbox = Sandbox::builder().seed(seed).public_key("pk_shop").start().await.unwrap();
    let token = |customer: &str, key: &str| {
        let mut payload = payload(customer);
        payload["brandPub"] = json!("pk_shop");
        sign(&payload, key)
    };
    assert_eq!(exchange(&sandbox, &token("cus_1", sandbox.private_key())).await.status, 200);
    assert_eq!(exchange(&sandbox, &token("cus_1", "sk_sandbox_2")).await.status, 200);
    let response = exchange(&sandbox, &token("cus_2", "sk_sandbox_2")).await;
    assert_eq!((response.status, response.json()), (404, json!({"error": "Customer not found"})));
}

#[tokio::test]
async fn customer_without_an_active_subscription_gets_the_documented_message() {
    let seed = json!({"customers": [
        {"id": "cus_none"},
        {"id": "cus_cancelled", "subscriptions": [{"id": "sub_1", "status": "cancelled"}]},
        {"id": "cus_paused", "subscriptions": [
            {"id": "sub_2", "status": "cancelled"}, {"id": "sub_3", "status": "paused"}]},
    ]});
    let seed: Seed = serde_json::from_value(seed).unwrap();
    let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
    for customer in ["cus_none", "cus_cancelled"] {
        let response = exchange(&sandbox, &token(customer)).await;
        assert_eq!((response.status, response.json()), (404, json!({"error": "No active subscription"})));
    }
    assert_eq!(exchange(&sandbox, &token("cus_paused")).await.status, 200);
    // The endpoints with a private key have no such message.
    let headers = format!("content-type: application/json\r\nx-brand-key: {}\r\n", sandbox.private_key());
    let body = json!({"retention": {"customer_id": "cus_none"}}).to_string();
    assert_eq!(send(&sandbox, "POST", "/v1/retention/session", &headers, &body).await.status, 200);
}

#[tokio::test]
async fn magic_customers_get_the_same_responses_as_with_a_private_key() {
    let sandbox = Sandbox::start().await.unwrap();
    for (customer, status) in [
        ("cus_not_found", 404),
        ("cus_server_error", 500),
        ("cus_rate_limited", 429),
        ("cus_unstable", 503),
        ("cus_unstable", 200),
        ("cus_html", 502),
        ("cus_redirect", 302),
        ("cus_reset", 0),
        ("cus_close", 0),
        ("cus_closes_idle", 200),
        ("cus_slow_drip", 200),
    ] {
        let response = exchange(&sandbox, &token(customer)).await;
        assert_eq!(response.status, status, "{customer}");
        if status == 200 {
            assert!(sandbox.session(&response.session_id()).is_some(), "{customer}");
        }
    }
}

#[tokio::test]
async fn scripts_and_random_faults_apply_to_exchanges() {
    let sandbox = Sandbox::builder().chaos(1.0, 1).start().await.unwrap();
    let case = json!({"cases": [{"name": "echo", "when": {"customer_id": "cus_echo"}, "exchanges": [
        {"answer": {"status": 418, "text": "${key}"}}]}]});
    send(&sandbox, "POST", "/_sandbox/cases", "", &case.to_string()).await;
    let response = exchange(&sandbox, &token("cus_echo")).await;
    assert_eq!((response.status, response.body.as_str()), (418, "pk_sandbox_local"), "not the private key");
    exchange(&sandbox, &token("cus_bad_json")).await;
    assert_eq!(sandbox.counts().faults.values().sum::<u64>(), 0, "scripts have no random faults");
}

#[tokio::test]
async fn reset_forgets_sessions_and_nonces() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token("cus_1");
    let id = exchange(&sandbox, &token).await.session_id();
    sandbox.reset();
    assert!(sandbox.session(&id).is_none() && sandbox.requests().is_empty());
    assert_eq!(exchange(&sandbox, &token).await.status, 200);
}
