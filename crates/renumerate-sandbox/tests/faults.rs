//! Faults of responses, observed on a socket.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::io::ErrorKind;
use std::time::Duration;

use renumerate_sandbox::{CaseFile, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const BODY: &str = "0123456789";

/// Sends a request that gets this scripted response. Returns the received bytes, and how the connection ended.
async fn play(response: Value) -> (String, Option<ErrorKind>) {
    let sandbox = Sandbox::start().await.unwrap();
    let file = json!({"cases": [{"name": "fault", "exchanges": [{"answer": response}]}]});
    sandbox.add_cases(CaseFile::parse(&file.to_string()).unwrap().cases);
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    let body = r#"{"retention":{"customer_id":"cus_1"}}"#;
    let head = "POST /v1/retention/session HTTP/1.1\r\nhost: x\r\nx-brand-key: sk_case_fault.1\r\n\
                content-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    socket.write_all(request.as_bytes()).await.unwrap();
    let (mut received, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        match timeout(Duration::from_millis(1500), socket.read(&mut buffer)).await {
            Err(_) => return (String::from_utf8(received).unwrap(), Some(ErrorKind::TimedOut)),
            Ok(Err(error)) => return (String::from_utf8(received).unwrap(), Some(error.kind())),
            Ok(Ok(0)) => return (String::from_utf8(received).unwrap(), None),
            Ok(Ok(n)) => received.extend_from_slice(&buffer[..n]),
        }
    }
}

#[tokio::test]
async fn fault_before_the_status_line_sends_no_bytes() {
    for (fault, expected) in [
        ("reset_before_status", Some(ErrorKind::ConnectionReset)),
        ("close_before_status", None),
        ("stall_before_headers", Some(ErrorKind::TimedOut)),
    ] {
        assert_eq!(play(json!({"fault": fault, "text": BODY})).await, (String::new(), expected), "{fault}");
    }
}

#[tokio::test]
async fn fault_in_the_body_sends_half_of_it() {
    for (fault, expected) in [
        ("reset_in_body", Some(ErrorKind::ConnectionReset)),
        ("truncate_body", None),
        ("stall_in_body", Some(ErrorKind::TimedOut)),
    ] {
        let (received, end) = play(json!({"fault": fault, "text": BODY})).await;
        assert!(
            received.contains("content-length: 10\r\n") && received.ends_with("\r\n\r\n01234"),
            "{fault}: {received}"
        );
        assert_eq!(end, expected, "{fault}");
    }
}

#[tokio::test]
async fn created_session_is_sent_incompletely() {
    let (complete, _) = play(json!({"mint": true})).await;
    assert!(complete.contains(r#"{"id":"ret_"#) && complete.ends_with(r#""}"#), "{complete}");
    for fault in ["reset_in_body", "truncate_body", "stall_in_body"] {
        let (received, _) = play(json!({"fault": fault, "mint": true})).await;
        assert!(received.contains(r#"{"id":"ret_"#) && !received.contains('}'), "{fault}: {received}");
        assert!(received.len() < complete.len() - 20, "{fault}: {received}");
    }
}

#[tokio::test]
async fn slow_drip_sends_the_complete_body() {
    let started = std::time::Instant::now();
    let (received, _) = play(json!({"fault": "slow_drip", "text": BODY})).await;
    assert!(received.ends_with(BODY), "{received}");
    assert!(started.elapsed() >= Duration::from_millis(180));
}

#[tokio::test]
async fn idle_connection_is_closed_without_announcement() {
    let (received, end) = play(json!({"text": BODY, "close_after_ms": 30})).await;
    assert!(received.ends_with(BODY) && !received.to_lowercase().contains("connection: close"), "{received}");
    assert_eq!(end, None);
}

#[tokio::test]
async fn distant_close_time_does_not_outlive_the_connection() {
    let tasks = tokio::runtime::Handle::current().metrics();
    let before = tasks.num_alive_tasks();
    for wait in [1_000_000_000_000_u64, u64::MAX] {
        let (received, end) = play(json!({"text": BODY, "close_after_ms": wait})).await;
        assert!(received.ends_with(BODY) && end == Some(ErrorKind::TimedOut), "{received}");
    }
    let tasks_ended = async {
        while tasks.num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(Duration::from_secs(10), tasks_ended).await.is_ok(), "a task is still alive");
}

#[tokio::test]
async fn long_body_is_truncated_at_half() {
    let text = json!({"text": "x", "repeat": 1_000_000, "fault": "truncate_body"});
    let (received, end) = play(text).await;
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1000000\r\n"), "{head}");
    assert_eq!((body.len(), end), (500_000, None));
}

#[tokio::test]
async fn binary_body_is_sent_unchanged() {
    let (received, _) = play(json!({"base64": "AAECaGk=", "headers": {"content-encoding": "gzip"}})).await;
    assert!(
        received.ends_with("\r\n\r\n\u{0}\u{1}\u{2}hi") && received.contains("content-encoding: gzip"),
        "{received:?}"
    );
}
