//! The faults as a socket sees them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::io::ErrorKind;
use std::time::Duration;

use renumerate_sandbox::{CaseFile, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const BODY: &str = "0123456789";

/// Sends a request to an answer of this kind, and reads until the end: what came, and how it ended.
async fn play(answer: Value) -> (String, Option<ErrorKind>) {
    let sandbox = Sandbox::start().await.unwrap();
    let file = json!({"cases": [{"name": "fault", "exchanges": [{"answer": answer}]}]});
    sandbox.add_cases(CaseFile::parse(&file.to_string()).unwrap().cases);
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    let body = r#"{"retention":{"customer_id":"cus_1"}}"#;
    let head = "POST /v1/retention/session HTTP/1.1\r\nhost: x\r\nx-brand-key: sk_case_fault.1\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    socket.write_all(request.as_bytes()).await.unwrap();
    let (mut came, mut piece) = (Vec::new(), [0; 1024]);
    loop {
        match timeout(Duration::from_millis(1500), socket.read(&mut piece)).await {
            Err(_) => return (String::from_utf8(came).unwrap(), Some(ErrorKind::TimedOut)),
            Ok(Err(error)) => return (String::from_utf8(came).unwrap(), Some(error.kind())),
            Ok(Ok(0)) => return (String::from_utf8(came).unwrap(), None),
            Ok(Ok(n)) => came.extend_from_slice(&piece[..n]),
        }
    }
}

#[tokio::test]
async fn before_the_status_line_nothing_comes() {
    for (fault, end) in [
        ("reset_before_status", Some(ErrorKind::ConnectionReset)),
        ("close_before_status", None),
        ("stall_before_headers", Some(ErrorKind::TimedOut)),
    ] {
        assert_eq!(play(json!({"fault": fault, "text": BODY})).await, (String::new(), end), "{fault}");
    }
}

#[tokio::test]
async fn in_the_body_half_of_it_comes() {
    for (fault, end) in [
        ("reset_in_body", Some(ErrorKind::ConnectionReset)),
        ("truncate_body", None),
        ("stall_in_body", Some(ErrorKind::TimedOut)),
    ] {
        let (came, ended) = play(json!({"fault": fault, "text": BODY})).await;
        assert!(
            came.contains("content-length: 10\r\n") && came.ends_with("\r\n\r\n01234"),
            "{fault}: {came}"
        );
        assert_eq!(ended, end, "{fault}");
    }
}

#[tokio::test]
async fn a_minted_session_breaks_off_too() {
    let (whole, _) = play(json!({"mint": true})).await;
    assert!(whole.contains(r#"{"id":"ret_"#) && whole.ends_with(r#""}"#), "{whole}");
    for fault in ["reset_in_body", "truncate_body", "stall_in_body"] {
        let (came, _) = play(json!({"fault": fault, "mint": true})).await;
        assert!(came.contains(r#"{"id":"ret_"#) && !came.contains('}'), "{fault}: {came}");
        assert!(came.len() < whole.len() - 20, "{fault}: {came}");
    }
}

#[tokio::test]
async fn a_slow_drip_comes_whole_in_the_end() {
    let started = std::time::Instant::now();
    let (came, _) = play(json!({"fault": "slow_drip", "text": BODY})).await;
    assert!(came.ends_with(BODY), "{came}");
    assert!(started.elapsed() >= Duration::from_millis(180));
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word() {
    let (came, ended) = play(json!({"text": BODY, "close_after_ms": 30})).await;
    assert!(came.ends_with(BODY) && !came.to_lowercase().contains("connection: close"), "{came}");
    assert_eq!(ended, None);
}

#[tokio::test]
async fn a_close_that_is_far_away_outlives_no_connection() {
    let tasks = tokio::runtime::Handle::current().metrics();
    let before = tasks.num_alive_tasks();
    for wait in [1_000_000_000_000_u64, u64::MAX] {
        let (came, ended) = play(json!({"text": BODY, "close_after_ms": wait})).await;
        assert!(came.ends_with(BODY) && ended == Some(ErrorKind::TimedOut), "{came}");
    }
    let gone = async {
        while tasks.num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(Duration::from_secs(10), gone).await.is_ok(), "a task waits for ever");
}

#[tokio::test]
async fn a_long_body_breaks_off_in_its_middle() {
    let text = json!({"text": "x", "repeat": 1_000_000, "fault": "truncate_body"});
    let (came, ended) = play(text).await;
    let (head, body) = came.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1000000\r\n"), "{head}");
    assert_eq!((body.len(), ended), (500_000, None));
}

#[tokio::test]
async fn bytes_that_are_no_text_come_as_they_are() {
    let (came, _) = play(json!({"base64": "AAECaGk=", "headers": {"content-encoding": "gzip"}})).await;
    assert!(
        came.ends_with("\r\n\r\n\u{0}\u{1}\u{2}hi") && came.contains("content-encoding: gzip"),
        "{came:?}"
    );
}
