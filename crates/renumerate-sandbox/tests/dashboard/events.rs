//! What is told, to whom, and in which order.

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::asking::{PATH, SOON, mint, start};
use crate::listening::{Listening, customer_of, names};

#[tokio::test]
async fn what_came_is_told_first_and_what_comes_while_it_comes() {
    let sandbox = start().await;
    let id: Value = serde_json::from_str(&mint(&sandbox, "cus_before").await).unwrap();
    let mut listening = Listening::to(&sandbox, None).await;
    let before = listening.until_ready().await;
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
        mint(&sandbox, customer).await;
        let told = listening.until_answered(customer).await;
        let last = told.last().unwrap();
        assert_eq!(last.data["status"], status);
        assert_eq!(last.data["case"], if status == 200 { Value::Null } else { json!(customer) });
        assert!(header.is_none_or(|header| last.data["response"]["headers"][header] == "1"), "{last:?}");
        assert_eq!(told.iter().any(|event| event.name == "session"), status == 200, "{told:?}");
    }
}

#[tokio::test]
async fn who_comes_back_is_told_what_it_has_missed() {
    let sandbox = start().await;
    let mut listening = Listening::to(&sandbox, None).await;
    let ready = listening.until_ready().await.pop().unwrap().id.unwrap();
    mint(&sandbox, "cus_1").await;
    let heard = listening.until_answered("cus_1").await.pop().unwrap().id.unwrap();
    drop(listening);
    mint(&sandbox, "cus_2").await;
    mint(&sandbox, "cus_3").await;

    let missed = Listening::to(&sandbox, Some(&heard)).await.until_answered("cus_3").await;
    let requests = missed.iter().filter(|event| event.name == "request");
    let requests: Vec<String> = requests.map(customer_of).collect();
    assert!(requests.contains(&"cus_2".to_owned()) && !requests.contains(&"cus_1".to_owned()), "{missed:?}");
    assert!(!names(&missed).contains(&"reset"), "{missed:?}");
    assert!(missed.iter().all(|event| event.id.is_some()), "{missed:?}");
    let all = Listening::to(&sandbox, Some(&ready)).await.until_answered("cus_3").await;
    assert!(all.iter().any(|event| customer_of(event) == "cus_1"), "{all:?}");

    // An id of another sandbox, or none: it begins anew.
    let other = start().await;
    for customer in ["cus_4", "cus_5", "cus_6", "cus_7"] {
        mint(&other, customer).await;
    }
    for odd in [heard.as_str(), "1", "", "-", "\u{e9}"] {
        let told = Listening::to(&other, Some(odd)).await.until_ready().await;
        assert_eq!((names(&told)[0], told.len()), ("reset", 10), "{odd}: {told:?}");
    }
}

#[tokio::test]
async fn what_is_forgotten_is_taken_off_the_page() {
    let sandbox = start().await;
    mint(&sandbox, "cus_1").await;
    let mut listening = Listening::to(&sandbox, None).await;
    listening.until_ready().await;
    sandbox.reset();
    assert_eq!(names(&listening.until_ready().await), ["reset", "ready"]);
    mint(&sandbox, "cus_2").await;
    listening.until_answered("cus_2").await;
}

#[tokio::test]
async fn the_stream_ends_with_the_sandbox() {
    let sandbox = start().await;
    let mut listening = Listening::to(&sandbox, None).await;
    listening.until_ready().await;
    drop(sandbox);
    let end = timeout(SOON, listening.next()).await.unwrap();
    assert!(end.is_none(), "{end:?}");
}
