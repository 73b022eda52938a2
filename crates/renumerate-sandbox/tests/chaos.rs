//! Random faults, and the counts, over HTTP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

use futures_util::future::join_all;
use renumerate_sandbox::{Counts, Sandbox, SandboxBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATH: &str = "/v1/retention/session";

/// Sends a request on a new connection. Returns the received bytes, and how the connection ended.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (String, Option<ErrorKind>) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-brand-key: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        sandbox.private_key(),
        body.len()
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let (mut received, mut buffer) = (Vec::new(), [0; 1024]);
    let end = loop {
        match timeout(Duration::from_secs(1), socket.read(&mut buffer)).await {
            Err(_) => break Some(ErrorKind::TimedOut),
            Ok(Err(error)) => break Some(error.kind()),
            Ok(Ok(0)) => break None,
            Ok(Ok(n)) => received.extend_from_slice(&buffer[..n]),
        }
    };
    (String::from_utf8(received).unwrap(), end)
}

async fn request_session(sandbox: &Sandbox, customer: &str) -> (String, Option<ErrorKind>) {
    send(sandbox, "POST", PATH, &json!({"retention": {"customer_id": customer}}).to_string()).await
}

/// Returns the name of the fault that a client observed.
fn observed_fault(received: &str, end: Option<ErrorKind>) -> &'static str {
    let status = received.split(' ').nth(1).unwrap_or_default();
    let is_complete = received.ends_with("\"}");
    let has_retry_after = received.to_lowercase().contains("retry-after");
    let is_html = received.contains("content-type: text/html");
    match (status, end) {
        ("", Some(ErrorKind::TimedOut)) => "stall_before_headers",
        ("", Some(ErrorKind::ConnectionReset)) => "reset_before_status",
        ("", None) => "close_before_status",
        ("200", Some(ErrorKind::TimedOut)) if !is_complete => "stall_in_body",
        ("200", Some(ErrorKind::ConnectionReset)) if !is_complete => "reset_in_body",
        ("200", None) if is_html => "html_200",
        ("200", None) if received.ends_with("{\"id\": \"ret_") => "bad_json",
        ("200", None) if !is_complete => "truncate_body",
        ("200", None) => "slow_drip",
        ("500", None) => "server_error",
        ("503", None) if !has_retry_after => "unavailable",
        ("429", None) if !has_retry_after => "rate_limited",
        ("502", None) if is_html => "html_502",
        _ => "unknown",
    }
}

fn sandbox(probability: f64, seed: u64) -> SandboxBuilder {
    Sandbox::builder().chaos(probability, seed)
}

async fn counts_over_http(sandbox: &Sandbox) -> Value {
    let (received, _) = send(sandbox, "GET", "/_sandbox/counts", "").await;
    serde_json::from_str(received.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Returns the counts after all connections are closed.
async fn counts_after_close(sandbox: &Sandbox) -> Counts {
    timeout(Duration::from_secs(30), async {
        loop {
            let counts = sandbox.counts();
            if counts.connections.open == 0 {
                return counts;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn every_fault_is_sent_and_counted() {
    let sandbox = sandbox(1.0, 3).start().await.unwrap();
    let mut all = BTreeMap::<String, u64>::new();
    for (received, end) in join_all((0..80).map(|_| request_session(&sandbox, "cus_1"))).await {
        *all.entry(observed_fault(&received, end).to_owned()).or_default() += 1;
    }
    let counts = counts_after_close(&sandbox).await;
    assert_eq!(counts.faults, all);
    assert_eq!(all.len(), 13, "{all:?}");
    let session_count: u64 =
        ["slow_drip", "stall_in_body", "reset_in_body", "truncate_body"].iter().map(|name| all[*name]).sum();
    assert_eq!((counts.requests, counts.sessions, counts.connections.accepted), (80, session_count, 80));
}

#[tokio::test]
async fn faults_replace_only_sessions_in_the_sequence_of_the_seed() {
    let sandbox = sandbox(1.0, 8).start().await.unwrap();
    for (method, path, body, status) in [
        ("POST", PATH, "{}", "400"),
        ("GET", PATH, "", "405"),
        ("POST", "/v1/other", "", "404"),
        ("POST", PATH, r#"{"retention":{"customer_id":"cus_not_found"}}"#, "404"),
        ("GET", "/_sandbox/health", "", "200"),
    ] {
        let (received, _) = send(&sandbox, method, path, body).await;
        assert_eq!(received.split(' ').nth(1), Some(status), "{method} {path} {body}: {received}");
    }
    assert!(sandbox.counts().faults.values().all(|played| *played == 0));

    let mut sequences = Vec::new();
    for _ in 0..2 {
        let mut sequence = Vec::new();
        for _ in 0..6 {
            let (received, end) = request_session(&sandbox, "cus_1").await;
            sequence.push(observed_fault(&received, end));
        }
        let recorded: Vec<_> =
            sandbox.requests().into_iter().filter(|request| request.body.contains("cus_1")).collect();
        let names: Vec<_> = recorded.iter().filter_map(|request| request.case.as_deref()).collect();
        assert_eq!(names, sequence);
        sequences.push(sequence);
        sandbox.reset();
    }
    assert_eq!(sequences[0], sequences[1]);
}

#[tokio::test]
async fn counts_over_http_match_those_of_the_handle_and_reset_clears_them() {
    let sandbox = Sandbox::start().await.unwrap();
    for _ in 0..3 {
        request_session(&sandbox, "cus_1").await;
    }
    request_session(&sandbox, "cus_server_error").await;
    counts_after_close(&sandbox).await;
    assert_eq!(
        counts_over_http(&sandbox).await,
        json!({"requests": 4, "sessions": 3, "faults": {}, "connections": {"accepted": 5, "open": 1}})
    );
    let counts = counts_after_close(&sandbox).await;
    assert_eq!((counts.requests, counts.sessions, counts.connections.accepted), (4, 3, 5));
    sandbox.reset();
    assert_eq!(sandbox.counts(), Counts::default());
}

#[tokio::test]
async fn invalid_probability_is_rejected_at_start() {
    let error = sandbox(1.5, 0).start().await.unwrap_err().to_string();
    assert_eq!(error, "the probability of random faults is 1.5; use 0 to 1");
}
