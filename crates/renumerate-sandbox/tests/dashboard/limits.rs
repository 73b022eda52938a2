//! What it costs: large bodies, slow readers, many listeners.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::asking::{PATH, PLANTED, SOON, builder, connect, get, mint, start};
use crate::listening::{Event, Listening, names};

#[tokio::test]
async fn large_bodies_are_told_by_their_beginning() {
    let sandbox = start().await;
    mint(&sandbox, &"x".repeat(60_000)).await;
    mint(&sandbox, "cus_too_long").await;
    let told = Listening::to(&sandbox, None).await.until_ready().await;
    let lengths: Vec<_> = told
        .iter()
        .filter(|event| event.name == "request")
        .map(|Event { data, .. }| {
            let [asked, answered] =
                [&data["body"], &data["response"]["body"]].map(|body| body.as_str().unwrap().len());
            (
                asked,
                data["body_truncated"].as_bool().unwrap(),
                answered,
                data["response"]["bytes"].as_u64().unwrap(),
            )
        })
        .collect();
    let whole_answer = lengths[0].3;
    assert_eq!(lengths[0], (4096, true, usize::try_from(whole_answer).unwrap(), whole_answer));
    assert_eq!((lengths[1].1, lengths[1].2, lengths[1].3), (false, 1024, 32 * 40_000));
}

#[tokio::test]
async fn for_one_who_reads_slowly_nothing_is_kept() {
    let sandbox = builder().client_timeout(SOON * 10).start().await.unwrap();
    let mut listening = Listening::to(&sandbox, None).await;
    listening.until_ready().await;
    // More than the system holds on the way, and more changes than are remembered.
    let body = json!({"retention": {"customer_id": "x".repeat(3000)}}).to_string();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nx-brand-key: {PLANTED}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    let mut piece = [0; 4096];
    for sent in 1..=3000 {
        socket.write_all(request.as_bytes()).await.unwrap();
        while sandbox.counts().sessions < sent {
            assert_ne!(timeout(SOON, socket.read(&mut piece)).await.unwrap().unwrap(), 0);
        }
    }
    mint(&sandbox, "cus_last").await;
    let told = listening.until_answered("cus_last").await;
    let requests = told.iter().filter(|event| event.name == "request").count();
    assert!(names(&told).contains(&"reset"), "it has fallen behind");
    assert!(requests < 2000, "{requests} were kept for it");
}

#[tokio::test]
async fn a_listener_is_kept_but_not_too_many_of_them() {
    let sandbox = builder().client_timeout(Duration::from_millis(200)).start().await.unwrap();
    let mut listening = Listening::to(&sandbox, None).await;
    listening.until_ready().await;
    sleep(Duration::from_secs(1)).await; // as long as no client may take
    mint(&sandbox, "cus_1").await;
    listening.until_answered("cus_1").await;

    let mut others = Vec::new();
    while others.len() < 63 {
        others.push(Listening::to(&sandbox, None).await);
    }
    let (head, body) = get(&sandbox, "/_sandbox/events").await;
    assert!(head.starts_with("HTTP/1.0 503 ") && body.contains("64 pages are open already"), "{head} {body}");
    drop(others);
    let again = async {
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
    timeout(SOON, again).await.unwrap();
}
