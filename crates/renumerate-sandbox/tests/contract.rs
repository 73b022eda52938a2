//! Contract of the sandbox over HTTP, tested without the client crate.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use renumerate_sandbox::{CaseFile, Sandbox, Seed};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const RETENTION: &str = "/v1/retention/session";
const SUBSCRIPTION: &str = "/v1/subscription/session";

/// Bodies of the vendor's two sample requests.
const RETENTION_SAMPLE: &str =
    r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib","subscription_id":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}}"#;
const SUBSCRIPTION_SAMPLE: &str = r#"{"subscription":{"customer_id":"cus_NffrFeUfNV2Hib"}}"#;

/// Sends a request. Returns the status and the JSON body of the response.
async fn send(sandbox: &Sandbox, method: &str, path: &str, key: Option<&str>, body: &str) -> (u16, Value) {
    let key = key.map(|key| format!("X-Brand-Key: {key}\r\n")).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Type: application/json\r\n{key}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

async fn request_session(sandbox: &Sandbox, path: &str, body: &str) -> (u16, Value) {
    send(sandbox, "POST", path, Some(sandbox.private_key()), body).await
}

#[tokio::test]
async fn sample_requests_get_ids_of_the_vendors_format() {
    let sandbox = Sandbox::start().await.unwrap();
    for (path, body, prefix, length) in
        [(RETENTION, RETENTION_SAMPLE, "ret_", 120), (SUBSCRIPTION, SUBSCRIPTION_SAMPLE, "sub_", 128)]
    {
        let (status, response) = request_session(&sandbox, path, body).await;
        let id = response["id"].as_str().unwrap();
        assert_eq!((status, id.len()), (200, length));
        assert!(id.starts_with(prefix));
        assert_eq!(response.as_object().unwrap().len(), 1);

        let (status, session) = send(&sandbox, "GET", &format!("/_sandbox/sessions/{id}"), None, "").await;
        assert_eq!((status, &session["customer_id"]), (200, &json!("cus_NffrFeUfNV2Hib")));
    }
    assert_eq!(send(&sandbox, "GET", "/_sandbox/sessions/ret_forged", None, "").await.0, 404);
}

#[tokio::test]
async fn rejected_requests_get_the_documented_status_and_a_reason() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = Some(sandbox.private_key());
    let large = format!(r#"{{"retention":{{"customer_id":"{}"}}}}"#, "x".repeat(70_000));
    let cases = [
        ("POST", RETENTION, None, RETENTION_SAMPLE, 401, "X-Brand-Key"),
        ("POST", RETENTION, Some("sk_sandbox_other"), RETENTION_SAMPLE, 401, "X-Brand-Key"),
        ("POST", RETENTION, Some("sk_case_unknown.1"), RETENTION_SAMPLE, 401, "X-Brand-Key"),
        ("POST", RETENTION, key, "{", 400, "JSON"),
        ("POST", RETENTION, key, r#"{"retention":{}}"#, 400, "customer_email is required"),
        ("POST", RETENTION, key, r#"{"retention":{"customer_id":7}}"#, 400, "must be a string"),
        ("POST", SUBSCRIPTION, key, RETENTION_SAMPLE, 400, "subscription"),
        ("POST", RETENTION, key, &large, 400, "larger"),
        ("GET", RETENTION, key, "", 405, "not allowed"),
        ("PUT", SUBSCRIPTION, key, "{}", 405, "not allowed"),
        ("DELETE", "/_sandbox/health", None, "", 405, "not allowed"),
    ];
    for (method, path, key, body, expected, reason) in cases {
        let (status, response) = send(&sandbox, method, path, key, body).await;
        assert_eq!(status, expected, "{method} {path} {response}");
        assert!(response["error"].as_str().unwrap().contains(reason), "{response}");
    }
}

/// Clients report a missing customer if a 404 has the form of the service's errors.
#[tokio::test]
async fn a_404_for_an_unknown_path_is_not_an_error_of_the_service() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in ["/", "/v1/retention", "/shop/v1/retention/session"] {
        let response = request_session(&sandbox, path, RETENTION_SAMPLE).await;
        assert_eq!(response, (404, Value::Null), "{path}");
    }
}

#[tokio::test]
async fn subscription_id_is_recorded_on_the_subscription_endpoint() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = r#"{"subscription":{"customer_email":"a@b","subscription_id":"sub_1"}}"#;
    let (_, response) = request_session(&sandbox, SUBSCRIPTION, body).await;
    let session = sandbox.session(response["id"].as_str().unwrap()).unwrap();
    assert_eq!((session.kind, session.subscription_id.as_deref()), ("subscription", Some("sub_1")));
}

#[tokio::test]
async fn seed_defines_existing_customers_and_keys() {
    let seed: Seed = serde_json::from_value(
        json!({"customers": [{"id": "cus_1", "subscriptions": ["sub_1"]}], "keys": ["sk_sandbox_2"]}),
    )
    .unwrap();
    let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
    let known = r#"{"retention":{"customer_id":"cus_1","subscription_id":"sub_1"}}"#;
    assert_eq!(request_session(&sandbox, RETENTION, known).await.0, 200);
    assert_eq!(send(&sandbox, "POST", RETENTION, Some("sk_sandbox_2"), known).await.0, 200);
    let (status, response) =
        request_session(&sandbox, RETENTION, r#"{"retention":{"customer_id":"cus_2"}}"#).await;
    assert_eq!((status, response), (404, json!({"error": "Customer not found"})));
    let other = r#"{"retention":{"customer_id":"cus_1","subscription_id":"sub_2"}}"#;
    assert_eq!(
        request_session(&sandbox, RETENTION, other).await,
        (404, json!({"error": "Subscription not found"}))
    );
}

#[tokio::test]
async fn magic_customers_get_scripted_responses() {
    let sandbox = Sandbox::start().await.unwrap();
    let status_for = async |id: &str| {
        request_session(&sandbox, RETENTION, &format!(r#"{{"retention":{{"customer_id":"{id}"}}}}"#)).await.0
    };
    assert_eq!(status_for("cus_not_found").await, 404);
    assert_eq!(status_for("cus_server_error").await, 500);
    assert_eq!(status_for("cus_rate_limited").await, 429);
    assert_eq!(status_for("cus_html").await, 502);
    assert_eq!(
        [
            status_for("cus_unstable").await,
            status_for("cus_unstable").await,
            status_for("cus_unstable").await
        ],
        [503, 200, 503]
    );
    let before = std::time::Instant::now();
    assert_eq!(status_for("cus_slow").await, 200);
    assert!(before.elapsed().as_secs() >= 3);
}

#[tokio::test]
async fn case_is_selected_by_its_key_and_rejects_different_requests() {
    let file = json!({"cases": [{
        "name": "two_steps",
        "exchanges": [
            {"request": {"method": "POST", "path": RETENTION, "headers": {"x-evil": null, "x-brand-key": "sk_case_two_steps.a"},
                         "body": {"a": 1}},
             "answer": {"status": 418, "headers": {"x-echo": "${key}"}, "body": {"error": "${key} at ${base_url}"}}},
            {"request": {"method": "POST", "path": "/other", "body_text": "b"}, "answer": {"text": "ab", "repeat": 2}}
        ]
    }]});
    let sandbox = Sandbox::start().await.unwrap();
    let (status, response) = send(&sandbox, "POST", "/_sandbox/cases", None, &file.to_string()).await;
    assert_eq!((status, response), (200, json!({"cases": ["two_steps"]})));

    let key = Some("sk_case_two_steps.a");
    let (status, response) = send(&sandbox, "POST", RETENTION, key, r#"{ "a": 1 }"#).await;
    assert_eq!(
        (status, response),
        (418, json!({"error": format!("sk_case_two_steps.a at {}", sandbox.url())}))
    );
    assert_eq!(send(&sandbox, "POST", "/other", key, "b").await.0, 200);
    let (status, response) = send(&sandbox, "POST", "/other", key, "b").await;
    assert!(status == 599 && response["error"].as_str().unwrap().contains("one more"), "{response}");

    // Another run of the same case starts with its first exchange.
    let (status, response) = send(&sandbox, "PUT", "/x", Some("sk_case_two_steps.b"), r#"{"a": 2}"#).await;
    let reason = response["error"].as_str().unwrap();
    assert_eq!(status, 599);
    assert!(!reason.contains("sk_case"), "{reason}");
    for part in
        ["the method is \"PUT\"", "the header x-brand-key is \"sha256:", "the path is \"/x\"", "the body"]
    {
        assert!(reason.contains(part), "{reason}");
    }
    let problems: Vec<bool> =
        sandbox.requests_of("sk_case_two_steps.a").iter().map(|r| r.problem.is_some()).collect();
    assert_eq!(problems, [false, false, true]);
}

#[tokio::test]
async fn request_log_contains_requests_without_keys() {
    let sandbox = Sandbox::start().await.unwrap();
    request_session(&sandbox, RETENTION, RETENTION_SAMPLE).await;
    let requests = format!("/_sandbox/requests?key={}", sandbox.private_key());
    let (_, export) = send(&sandbox, "GET", &requests, None, "").await;
    let request = &export["requests"][0];
    assert_eq!((&request["body"], &request["status"]), (&json!(RETENTION_SAMPLE), &json!(200)));
    assert_eq!(request["headers"]["content-type"], "application/json");
    assert!(!export.to_string().contains(sandbox.private_key()), "{export}");
    let (_, others) = send(&sandbox, "GET", "/_sandbox/requests?key=sk_other", None, "").await;
    assert_eq!(others["requests"], json!([]));

    let (_, minted) = request_session(&sandbox, RETENTION, RETENTION_SAMPLE).await;
    let id = minted["id"].as_str().unwrap();
    assert!(sandbox.session(id).is_some());
    assert_eq!(send(&sandbox, "POST", "/_sandbox/reset", None, "").await.0, 204);
    assert!(sandbox.requests().is_empty() && sandbox.session(id).is_none());
    for path in ["/_sandbox/requests?key=%ff&key=1", "/_sandbox/sessions/%ff"] {
        assert!(send(&sandbox, "GET", path, None, "").await.1["error"].is_string(), "{path}");
    }
    assert_eq!(send(&sandbox, "GET", "/_sandbox/health", None, "").await.1["status"], "ok");
}

#[tokio::test]
async fn dropping_the_sandbox_closes_its_connections_and_port() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.address();
    assert!(address.ip().is_loopback());
    let mut idle = TcpStream::connect(address).await.unwrap();
    send(&sandbox, "GET", "/_sandbox/health", None, "").await; // the idle connection is accepted before this one
    drop(sandbox);
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(address).await.is_err());
}

#[test]
fn invalid_case_is_rejected_with_the_reason() {
    for (case, reason) in [
        (json!({"name": "Bad Name"}), "lower-case"),
        (json!({"name": "a", "exchange": []}), "unknown field"),
        (json!({"name": "a", "when": {"customer_id": "x"}}), "needs at least one response"),
        (json!({"name": "a", "exchanges": [{"answer": {"text": "", "mint": true}}]}), "exclude each other"),
        (
            json!({"name": "a", "exchanges": [{"answer": {"status": 100}}]}),
            "status 100 is invalid; use 200 to 999",
        ),
        (json!({"name": "a", "exchanges": [{"answer": {"status": 204, "text": "x"}}]}), "has no body"),
        (
            json!({"name": "a", "exchanges": [{"answer": {"headers": {"a b": "c"}}}]}),
            "the header \"a b\" is invalid",
        ),
        (json!({"name": "a", "exchanges": [{"answer": {"base64": "!"}}]}), "not valid base64"),
        (
            json!({"name": "a", "exchanges": [{"answer": {"text": "ab", "repeat": 9_000_000}}]}),
            "exceeds 16 MiB",
        ),
        (
            json!({"name": "a", "exchanges": [{"answer": {"text": "ab", "repeat": u64::MAX}}]}),
            "exceeds 16 MiB",
        ),
    ] {
        let error = CaseFile::parse(&json!({"cases": [case]}).to_string()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
