//! Keys in what is told.

use renumerate_sandbox::CaseFile;
use serde_json::json;

use crate::asking::{PATH, PLANTED, get, send, start};
use crate::listening::{Listening, answered};

#[tokio::test]
async fn no_event_holds_a_key() {
    let other = "sk_case_echo.planted_elsewhere";
    let sandbox = start().await;
    let echo = r#"{"cases": [{"name": "echo", "exchanges": [
        {"answer": {"text": "you sent ${key}", "headers": {"x-echo": "${key}"}}}]}]}"#;
    sandbox.add_cases(CaseFile::parse(echo).unwrap().cases);
    let body = json!({"retention": {"customer_id": PLANTED}}).to_string();
    let path = format!("POST {PATH}?key={PLANTED}");
    for key in [PLANTED, other] {
        let headers =
            [("x-brand-key", key), ("authorization", PLANTED), ("content-type", "application/json")];
        let (_, answer) = send(&sandbox, &path, &headers, &body).await;
        assert_eq!(answer.contains(other), key == other, "{answer}");
    }
    let told = Listening::to(&sandbox, None).await.until_ready().await;
    assert_eq!(told.iter().filter(|event| answered(event)).count(), 2);
    for event in &told {
        assert!(!event.text.contains(PLANTED) && !event.text.contains("planted_elsewhere"), "{}", event.text);
    }
    let echoed = told.iter().find(|event| event.data["case"] == "echo").unwrap();
    let fingerprint = echoed.data["key"].as_str().unwrap();
    assert_eq!(echoed.data["response"]["body"], format!("you sent {fingerprint}"));
}

#[tokio::test]
async fn a_key_that_is_not_taken_is_shown_nowhere_either() {
    let foreign = "sk_live_of_another_4711";
    let sandbox = start().await;
    let scripted = r#"{"cases": [{"name": "strict", "exchanges": [
        {"request": {"method": "POST", "path": "/v1/subscription/session", "body": {"retention": {"customer_id": "cus_1"}}}, "answer": {"text": "never"}}]}]}"#;
    sandbox.add_cases(CaseFile::parse(scripted).unwrap().cases);
    let strict = "sk_case_strict.of_another_4711";
    for key in [foreign, strict] {
        let body = json!({"retention": {"customer_id": key}}).to_string();
        let bearer = format!("Bearer {key}");
        let headers =
            [("x-brand-key", key), ("authorization", &bearer), ("content-type", "application/json")];
        send(&sandbox, &format!("POST {PATH}?key={key}"), &headers, &body).await;
    }
    let told = Listening::to(&sandbox, None).await.until_ready().await;
    assert_eq!(told.iter().filter(|event| answered(event)).count(), 2);
    let listed = get(&sandbox, "/_sandbox/requests").await.1;
    let texts = told.iter().map(|event| &event.text).chain([&listed]);
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
