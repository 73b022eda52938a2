//! Redaction of private keys in events.

use renumerate_sandbox::CaseFile;
use serde_json::json;

use crate::event_stream::{EventStream, has_response};
use crate::support::{CANARY_KEY, PATH, get, send, start};

#[tokio::test]
async fn accepted_keys_are_redacted_in_events() {
    let case_key = "sk_case_echo.planted_elsewhere";
    let sandbox = start().await;
    let echo = r#"{"cases": [{"name": "echo", "exchanges": [
        {"answer": {"text": "you sent ${key}", "headers": {"x-echo": "${key}"}}}]}]}"#;
    sandbox.add_cases(CaseFile::parse(echo).unwrap().cases);
    let body = json!({"retention": {"customer_id": CANARY_KEY}}).to_string();
    let path = format!("POST {PATH}?key={CANARY_KEY}");
    for key in [CANARY_KEY, case_key] {
        let headers =
            [("x-brand-key", key), ("authorization", CANARY_KEY), ("content-type", "application/json")];
        let (_, response) = send(&sandbox, &path, &headers, &body).await;
        assert_eq!(response.contains(case_key), key == case_key, "{response}");
    }
    let events = EventStream::open(&sandbox, None).await.until_ready().await;
    assert_eq!(events.iter().filter(|event| has_response(event)).count(), 2);
    for event in &events {
        assert!(
            !event.text.contains(CANARY_KEY) && !event.text.contains("planted_elsewhere"),
            "{}",
            event.text
        );
    }
    let echoed = events.iter().find(|event| event.data["case"] == "echo").unwrap();
    let fingerprint = echoed.data["key"].as_str().unwrap();
    assert_eq!(echoed.data["response"]["body"], format!("you sent {fingerprint}"));
}

#[tokio::test]
async fn rejected_keys_are_redacted_in_events_and_records() {
    let foreign = "sk_live_of_another_4711";
    let sandbox = start().await;
    let cases = r#"{"cases": [{"name": "strict", "exchanges": [
        {"request": {
            "method": "POST", "path": "/v1/subscription/session", "body": {"retention": {"customer_id": "cus_1"}}
        }, "answer": {"text": "never"}}]}]}"#;
    sandbox.add_cases(CaseFile::parse(cases).unwrap().cases);
    let mismatched = "sk_case_strict.of_another_4711";
    for key in [foreign, mismatched] {
        let body = json!({"retention": {"customer_id": key}}).to_string();
        let bearer = format!("Bearer {key}");
        let headers =
            [("x-brand-key", key), ("authorization", &bearer), ("content-type", "application/json")];
        send(&sandbox, &format!("POST {PATH}?key={key}"), &headers, &body).await;
    }
    let events = EventStream::open(&sandbox, None).await.until_ready().await;
    assert_eq!(events.iter().filter(|event| has_response(event)).count(), 2);
    let request_list = get(&sandbox, "/_sandbox/requests").await.1;
    let texts = events.iter().map(|event| &event.text).chain([&request_list]);
    for text in texts {
        assert!(!text.contains("of_another_4711"), "{text}");
    }
    let records = sandbox.requests();
    let fingerprint = records[0].key.as_deref().unwrap();
    assert_eq!(records[0].path, format!("{PATH}?key={fingerprint}"));
    assert_eq!(records[0].headers["authorization"], format!("Bearer {fingerprint}"));
    assert!(records[0].body.contains(fingerprint), "{}", records[0].body);
    assert!(records[1].problem.is_some(), "{:?}", records[1]);
}
