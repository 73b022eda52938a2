//! The dashboard hears what becomes of a session.

use std::time::Duration;

use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::browser::serve;

#[tokio::test]
async fn an_outcome_is_told_when_the_customer_decides() {
    let served = serve(Sandbox::builder().dashboard(true)).await;
    let who = json!({"customer_id": "cus_1", "subscription_id": "sub_1"});
    let id = served.mint("retention", who).await;
    let mut socket = TcpStream::connect(served.sandbox.address()).await.unwrap();
    socket.write_all(b"GET /_sandbox/events HTTP/1.0\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut lines = BufReader::new(socket).lines();
    let mut session = async |outcomes: usize| {
        let told = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                let data = line.strip_prefix("data: ").unwrap_or("null");
                let told: Value = serde_json::from_str(data).unwrap();
                if told["id"] == id.as_str() && told["outcomes"].as_array().unwrap().len() == outcomes {
                    return told;
                }
            }
            Value::Null
        };
        timeout(Duration::from_secs(30), told).await.unwrap()
    };
    assert_eq!(session(0).await["kind"], "retention");

    served.get(&format!("/retention?session_id={id}")).await;
    let kept = served.post("/retention/keep", &[("session_id", &id), ("reason", "not_used")]).await;
    assert_eq!(kept.message(), Some("on-retained"));
    let outcome = session(1).await["outcomes"][0].clone();
    assert_eq!((&outcome["outcome"], &outcome["reason"]), (&json!("retained"), &json!("not_used")));
}
