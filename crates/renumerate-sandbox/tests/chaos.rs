//! Chaos and counts on the wire.
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

/// Sends a request on a connection of its own, and reads what comes until nothing more does.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (String, Option<ErrorKind>) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-brand-key: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        sandbox.private_key(),
        body.len()
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let (mut came, mut piece) = (Vec::new(), [0; 1024]);
    let end = loop {
        match timeout(Duration::from_secs(1), socket.read(&mut piece)).await {
            Err(_) => break Some(ErrorKind::TimedOut),
            Ok(Err(error)) => break Some(error.kind()),
            Ok(Ok(0)) => break None,
            Ok(Ok(n)) => came.extend_from_slice(&piece[..n]),
        }
    };
    (String::from_utf8(came).unwrap(), end)
}

async fn ask(sandbox: &Sandbox, customer: &str) -> (String, Option<ErrorKind>) {
    send(sandbox, "POST", PATH, &json!({"retention": {"customer_id": customer}}).to_string()).await
}

/// What a caller saw, by the name of the fault that looks so.
fn seen(came: &str, end: Option<ErrorKind>) -> &'static str {
    let status = came.split(' ').nth(1).unwrap_or_default();
    let whole = came.ends_with("\"}");
    let retry_after = came.to_lowercase().contains("retry-after");
    let html = came.contains("content-type: text/html");
    match (status, end) {
        ("", Some(ErrorKind::TimedOut)) => "stall_before_headers",
        ("", Some(ErrorKind::ConnectionReset)) => "reset_before_status",
        ("", None) => "close_before_status",
        ("200", Some(ErrorKind::TimedOut)) if !whole => "stall_in_body",
        ("200", Some(ErrorKind::ConnectionReset)) if !whole => "reset_in_body",
        ("200", None) if html => "html_200",
        ("200", None) if came.ends_with("{\"id\": \"ret_") => "bad_json",
        ("200", None) if !whole => "truncate_body",
        ("200", None) => "slow_drip",
        ("500", None) => "server_error",
        ("503", None) if !retry_after => "unavailable",
        ("429", None) if !retry_after => "rate_limited",
        ("502", None) if html => "html_502",
        _ => "something else",
    }
}

fn sandbox(probability: f64, seed: u64) -> SandboxBuilder {
    Sandbox::builder().chaos(probability, seed)
}

async fn counts_on_the_wire(sandbox: &Sandbox) -> Value {
    let (came, _) = send(sandbox, "GET", "/_sandbox/counts", "").await;
    serde_json::from_str(came.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// The counts once all connections are closed.
async fn settled(sandbox: &Sandbox) -> Counts {
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
async fn every_fault_is_played_as_it_is_counted() {
    let sandbox = sandbox(1.0, 3).start().await.unwrap();
    let mut all = BTreeMap::<String, u64>::new();
    for (came, end) in join_all((0..80).map(|_| ask(&sandbox, "cus_1"))).await {
        *all.entry(seen(&came, end).to_owned()).or_default() += 1;
    }
    let counts = settled(&sandbox).await;
    assert_eq!(counts.faults, all);
    assert_eq!(all.len(), 13, "{all:?}");
    let minted: u64 =
        ["slow_drip", "stall_in_body", "reset_in_body", "truncate_body"].iter().map(|name| all[*name]).sum();
    assert_eq!((counts.requests, counts.sessions, counts.connections.accepted), (80, minted, 80));
}

#[tokio::test]
async fn it_strikes_sessions_alone_in_a_sequence_that_the_seed_fixes() {
    let sandbox = sandbox(1.0, 8).start().await.unwrap();
    for (method, path, body, status) in [
        ("POST", PATH, "{}", "400"),
        ("GET", PATH, "", "405"),
        ("POST", "/v1/other", "", "404"),
        ("POST", PATH, r#"{"retention":{"customer_id":"cus_not_found"}}"#, "404"),
        ("GET", "/_sandbox/health", "", "200"),
    ] {
        let (came, _) = send(&sandbox, method, path, body).await;
        assert_eq!(came.split(' ').nth(1), Some(status), "{method} {path} {body}: {came}");
    }
    assert!(sandbox.counts().faults.values().all(|played| *played == 0));

    let mut sequences = Vec::new();
    for _ in 0..2 {
        let mut sequence = Vec::new();
        for _ in 0..6 {
            let (came, end) = ask(&sandbox, "cus_1").await;
            sequence.push(seen(&came, end));
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
async fn counts_are_the_same_on_both_ways_and_begin_anew_with_a_reset() {
    let sandbox = Sandbox::start().await.unwrap();
    for _ in 0..3 {
        ask(&sandbox, "cus_1").await;
    }
    ask(&sandbox, "cus_server_error").await;
    settled(&sandbox).await;
    assert_eq!(
        counts_on_the_wire(&sandbox).await,
        json!({"requests": 4, "sessions": 3, "faults": {}, "connections": {"accepted": 5, "open": 1}})
    );
    let counts = settled(&sandbox).await;
    assert_eq!((counts.requests, counts.sessions, counts.connections.accepted), (4, 3, 5));
    sandbox.reset();
    assert_eq!(sandbox.counts(), Counts::default());
}

#[tokio::test]
async fn what_is_no_probability_is_refused_at_the_start() {
    let error = sandbox(1.5, 0).start().await.unwrap_err().to_string();
    assert_eq!(error, "the probability of random faults is 1.5; use 0 to 1");
}
