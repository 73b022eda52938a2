//! Limits: large bodies, slow listeners, many listeners.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::event_stream::{Event, EventStream, names};
use crate::support::{CANARY_KEY, PATH, TIMEOUT, builder, connect, create_session, get, start};

#[tokio::test]
async fn large_bodies_are_truncated() {
    let sandbox = start().await;
    create_session(&sandbox, &"x".repeat(60_000)).await;
    create_session(&sandbox, "cus_too_long").await;
    let events = EventStream::open(&sandbox, None).await.until_ready().await;
    let lengths: Vec<_> = events
        .iter()
        .filter(|event| event.name == "request")
        .map(|Event { data, .. }| {
            let [request, response] =
                [&data["body"], &data["response"]["body"]].map(|body| body.as_str().unwrap().len());
            (
                request,
                data["body_truncated"].as_bool().unwrap(),
                response,
                data["response"]["bytes"].as_u64().unwrap(),
            )
        })
        .collect();
    let complete = lengths[0].3;
    assert_eq!(lengths[0], (4096, true, usize::try_from(complete).unwrap(), complete));
    assert_eq!((lengths[1].1, lengths[1].2, lengths[1].3), (false, 1024, 32 * 40_000));
}

#[tokio::test]
async fn slow_listener_receives_a_reset_instead_of_stored_events() {
    let sandbox = builder().client_timeout(TIMEOUT * 10).start().await.unwrap();
    let mut stream = EventStream::open(&sandbox, None).await;
    stream.until_ready().await;
    // More data than the socket buffers hold, and more changes than the log.
    let body = json!({"retention": {"customer_id": "x".repeat(3000)}}).to_string();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nx-brand-key: {CANARY_KEY}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    let mut buffer = [0; 4096];
    for sent in 1..=3000 {
        socket.write_all(request.as_bytes()).await.unwrap();
        while sandbox.counts().sessions < sent {
            assert_ne!(timeout(TIMEOUT, socket.read(&mut buffer)).await.unwrap().unwrap(), 0);
        }
    }
    create_session(&sandbox, "cus_last").await;
    let events = stream.until_response("cus_last").await;
    let requests = events.iter().filter(|event| event.name == "request").count();
    assert!(names(&events).contains(&"reset"), "the listener is behind the log");
    assert!(requests < 2000, "{requests} events were stored");
}

#[tokio::test]
async fn listeners_have_no_client_timeout_but_a_maximum_number() {
    let sandbox = builder().client_timeout(Duration::from_millis(200)).start().await.unwrap();
    let mut stream = EventStream::open(&sandbox, None).await;
    stream.until_ready().await;
    sleep(Duration::from_secs(1)).await; // longer than the client timeout
    create_session(&sandbox, "cus_1").await;
    stream.until_response("cus_1").await;

    let mut others = Vec::new();
    while others.len() < 63 {
        others.push(EventStream::open(&sandbox, None).await);
    }
    let (head, body) = get(&sandbox, "/_sandbox/events").await;
    assert!(head.starts_with("HTTP/1.0 503 ") && body.contains("64 pages are open already"), "{head} {body}");
    drop(others);
    let reconnect = async {
        loop {
            let mut socket = connect(&sandbox, "GET /_sandbox/events", &[("host", "localhost")], "").await;
            let mut head = [0; 12];
            socket.read_exact(&mut head).await.unwrap();
            if &head == b"HTTP/1.0 200" {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(TIMEOUT, reconnect).await.unwrap();
}
