//! Outcomes of sessions in the events of the dashboard.

use std::time::Duration;

use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::start;

#[tokio::test]
async fn outcome_is_sent_when_the_customer_decides() {
    let widgets = start(Sandbox::builder().dashboard(true)).await;
    let customer = json!({"customer_id": "cus_1", "subscription_id": "sub_1"});
    let id = widgets.create_session("retention", customer).await;
    let mut socket = TcpStream::connect(widgets.sandbox.address()).await.unwrap();
    socket.write_all(b"GET /_sandbox/events HTTP/1.0\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut lines = BufReader::new(socket).lines();
    let mut next_session = async |outcomes: usize| {
        let event = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                let data = line.strip_prefix("data: ").unwrap_or("null");
                let event: Value = serde_json::from_str(data).unwrap();
                if event["id"] == id.as_str() && event["outcomes"].as_array().unwrap().len() == outcomes {
                    return event;
                }
            }
            Value::Null
        };
        timeout(Duration::from_secs(30), event).await.unwrap()
    };
    assert_eq!(next_session(0).await["kind"], "retention");

    widgets.get(&format!("/retention?session_id={id}")).await;
    let page = widgets.post("/retention/keep", &[("session_id", &id), ("reason", "not_used")]).await;
    assert_eq!(page.message(), Some("on-retained"));
    let outcome = next_session(1).await["outcomes"][0].clone();
    assert_eq!((&outcome["outcome"], &outcome["reason"]), (&json!("retained"), &json!("not_used")));
}
