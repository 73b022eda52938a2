//! Content and order of the events.

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::event_stream::{EventStream, customer_of, names};
use crate::support::{PATH, TIMEOUT, create_session, start};

#[tokio::test]
async fn earlier_records_are_sent_before_new_ones() {
    let sandbox = start().await;
    let id: Value = serde_json::from_str(&create_session(&sandbox, "cus_before").await).unwrap();
    let mut stream = EventStream::open(&sandbox, None).await;
    let before = stream.until_ready().await;
    assert_eq!(names(&before), ["reset", "request", "session", "ready"]);
    assert!(before[0].data["now_ms"].is_u64());
    let exchange = &before[1].data;
    assert_eq!((&exchange["method"], &exchange["path"]), (&json!("POST"), &json!(PATH)));
    assert_eq!((&exchange["status"], &exchange["case"]), (&json!(200), &Value::Null));
    assert_eq!(exchange["headers"]["content-type"], "application/json");
    assert_eq!(exchange["body"], r#"{"retention":{"customer_id":"cus_before"}}"#);
    assert_eq!(exchange["response"]["body"], id.to_string());
    assert_eq!(exchange["response"]["headers"]["content-type"], "application/json");
    assert_eq!(exchange["key"], json!(sandbox.requests()[0].key));
    assert_eq!((&before[2].data["id"], &before[2].data["kind"]), (&id["id"], &json!("retention")));
    assert_eq!(before[2].data["customer_id"], "cus_before");

    for (customer, status, header) in
        [("cus_live", 200, None), ("cus_rate_limited", 429, Some("retry-after")), ("cus_html", 502, None)]
    {
        create_session(&sandbox, customer).await;
        let events = stream.until_response(customer).await;
        let last = events.last().unwrap();
        assert_eq!(last.data["status"], status);
        assert_eq!(last.data["case"], if status == 200 { Value::Null } else { json!(customer) });
        assert!(header.is_none_or(|header| last.data["response"]["headers"][header] == "1"), "{last:?}");
        assert_eq!(events.iter().any(|event| event.name == "session"), status == 200, "{events:?}");
    }
}

#[tokio::test]
async fn reconnecting_listener_receives_missed_events() {
    let sandbox = start().await;
    let mut stream = EventStream::open(&sandbox, None).await;
    let ready = stream.until_ready().await.pop().unwrap().id.unwrap();
    create_session(&sandbox, "cus_1").await;
    let last_id = stream.until_response("cus_1").await.pop().unwrap().id.unwrap();
    drop(stream);
    create_session(&sandbox, "cus_2").await;
    create_session(&sandbox, "cus_3").await;

    let missed = EventStream::open(&sandbox, Some(&last_id)).await.until_response("cus_3").await;
    let requests = missed.iter().filter(|event| event.name == "request");
    let requests: Vec<String> = requests.map(customer_of).collect();
    assert!(requests.contains(&"cus_2".to_owned()) && !requests.contains(&"cus_1".to_owned()), "{missed:?}");
    assert!(!names(&missed).contains(&"reset"), "{missed:?}");
    assert!(missed.iter().all(|event| event.id.is_some()), "{missed:?}");
    let all = EventStream::open(&sandbox, Some(&ready)).await.until_response("cus_3").await;
    assert!(all.iter().any(|event| customer_of(event) == "cus_1"), "{all:?}");

    // After an invalid id, or the id of another sandbox, the stream starts with the current state.
    let other = start().await;
    for customer in ["cus_4", "cus_5", "cus_6", "cus_7"] {
        create_session(&other, customer).await;
    }
    for invalid in [last_id.as_str(), "1", "", "-", "\u{e9}"] {
        let events = EventStream::open(&other, Some(invalid)).await.until_ready().await;
        assert_eq!((names(&events)[0], events.len()), ("reset", 10), "{invalid}: {events:?}");
    }
}

#[tokio::test]
async fn reset_is_sent_to_listeners() {
    let sandbox = start().await;
    create_session(&sandbox, "cus_1").await;
    let mut stream = EventStream::open(&sandbox, None).await;
    stream.until_ready().await;
    sandbox.reset();
    assert_eq!(names(&stream.until_ready().await), ["reset", "ready"]);
    create_session(&sandbox, "cus_2").await;
    stream.until_response("cus_2").await;
}

#[tokio::test]
async fn stream_ends_when_the_sandbox_stops() {
    let sandbox = start().await;
    let mut stream = EventStream::open(&sandbox, None).await;
    stream.until_ready().await;
    drop(sandbox);
    let end = timeout(TIMEOUT, stream.next()).await.unwrap();
    assert!(end.is_none(), "{end:?}");
}
