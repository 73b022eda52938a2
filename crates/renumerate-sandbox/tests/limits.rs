//! Limits: timeouts of clients, and sizes of bodies and of the request log.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::time::{Duration, Instant};

use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

const PATH: &str = "/v1/retention/session";

/// Client timeout of the sandboxes in these tests.
const TIMEOUT: Duration = Duration::from_millis(500);

async fn with_short_timeout() -> Sandbox {
    Sandbox::builder().client_timeout(TIMEOUT).start().await.unwrap()
}

/// Returns an HTTP/1.0 request. The connection is closed after the response.
fn request(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.0\r\nhost: x\r\nx-brand-key: {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        sandbox.private_key(),
        body.len()
    )
}

fn for_customer(id: &str) -> String {
    json!({"retention": {"customer_id": id}}).to_string()
}

async fn connect(sandbox: &Sandbox, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// Sends a request. Returns the head and the body of the response.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (String, String) {
    let mut socket = connect(sandbox, &request(sandbox, method, path, body)).await;
    let mut response = String::new();
    socket.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Reads until the connection ends. Returns the received bytes and the elapsed time.
async fn read_to_close(mut socket: TcpStream) -> (String, Duration) {
    let (mut received, started) = (Vec::new(), Instant::now());
    let _bytes_or_reset = timeout(Duration::from_secs(20), socket.read_to_end(&mut received)).await.unwrap();
    (String::from_utf8(received).unwrap(), started.elapsed())
}

#[tokio::test]
async fn incomplete_request_is_closed_after_the_client_timeout() {
    let sandbox = with_short_timeout().await;
    let complete = request(&sandbox, "POST", PATH, &for_customer("cus_1"));
    let (head, _) = complete.split_once("\r\n\r\n").unwrap();
    for start in ["P", head, &format!("{head}\r\n\r\n"), complete.strip_suffix('}').unwrap()] {
        let (received, after) = read_to_close(connect(&sandbox, start).await).await;
        assert_eq!(received, "");
        assert!(after * 2 > TIMEOUT, "{start:?} was closed after {after:?}");
    }
    assert_eq!(sandbox.counts().requests, 0, "no request was complete");
}

#[tokio::test]
async fn idle_connection_is_kept_until_a_request_starts() {
    let sandbox = with_short_timeout().await;
    let get = "GET /_sandbox/health HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut used = connect(&sandbox, get).await;
    let mut fresh = connect(&sandbox, "").await;
    assert_ne!(used.read(&mut [0; 1024]).await.unwrap(), 0);
    sleep(TIMEOUT * 3).await;
    for socket in [&mut used, &mut fresh] {
        socket.write_all(get.as_bytes()).await.unwrap();
        assert_ne!(socket.read(&mut [0; 1024]).await.unwrap(), 0);
    }
    used.write_all(b"G").await.unwrap();
    assert_eq!(read_to_close(used).await.0, "");
}

#[tokio::test]
async fn client_timeout_does_not_apply_to_slow_responses() {
    let sandbox = with_short_timeout().await;
    for customer in ["cus_stall", "cus_stall_in_body", "cus_slow_drip"] {
        let stalled = connect(&sandbox, &request(&sandbox, "POST", PATH, &for_customer(customer))).await;
        sleep(TIMEOUT * 2).await;
        let mut buffer = [0; 1024];
        while stalled.try_read(&mut buffer).is_ok_and(|read| {
            assert_ne!(read, 0, "the connection of {customer} was closed");
            true
        }) {}
    }
}

#[tokio::test]
async fn unread_response_closes_the_connection() {
    let sandbox = with_short_timeout().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(sandbox.address()).await.unwrap();
    let large =
        request(&sandbox, "POST", PATH, &for_customer("cus_too_long")).replace("HTTP/1.0", "HTTP/1.1");
    socket.write_all(large.repeat(30).as_bytes()).await.unwrap();
    timeout(Duration::from_secs(20), async {
        while sandbox.counts().connections.open > 0 || sandbox.counts().connections.accepted == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert!(sandbox.counts().requests < 30, "later requests on the connection are not read");
}

#[tokio::test]
async fn repeated_text_is_sent_completely() {
    let sandbox = Sandbox::start().await.unwrap();
    let (head, body) = send(&sandbox, "POST", PATH, &for_customer("cus_too_long")).await;
    assert_eq!(body, "{\"id\": \"ret_x\"}                 ".repeat(40_000));
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
}

#[tokio::test]
async fn long_request_list_is_exported_completely() {
    let sandbox = Sandbox::start().await.unwrap();
    for n in 0..100 {
        send(&sandbox, "POST", PATH, &for_customer(&format!("{}{n}", "x".repeat(1000)))).await;
    }
    let key = sandbox.private_key();
    for (query, count) in [(String::new(), 100), (format!("?key={key}"), 100), ("?key=other".to_owned(), 0)] {
        let (_, list) = send(&sandbox, "GET", &format!("/_sandbox/requests{query}"), "").await;
        let list: Value = serde_json::from_str(&list).unwrap();
        let expected = if count > 0 { sandbox.requests() } else { Vec::new() };
        assert_eq!(list, json!({ "requests": expected }));
        assert_eq!(expected.len(), count);
    }
}

#[tokio::test]
async fn large_bodies_are_rejected_and_their_beginning_is_recorded() {
    let sandbox = Sandbox::start().await.unwrap();
    for (length, reason) in [
        (70_000, "larger than 65536 bytes"),
        (3_000_000, "larger than"),
        (5_000_000, "too large"),
        (20_000_000, "too large"),
    ] {
        let (head, response) = send(&sandbox, "POST", PATH, &for_customer(&"x".repeat(length))).await;
        assert!(
            head.starts_with("HTTP/1.0 400 ") && response.contains(reason),
            "{length}: {head} {response}"
        );
    }
    let recorded: Vec<usize> = sandbox.requests().iter().map(|record| record.body.len()).collect();
    assert_eq!(recorded, [65_536, 65_536, 0, 0]);

    let cases = json!({"cases": [{"name": "a", "about": "x".repeat(1_100_000)}]}).to_string();
    let (head, response) = send(&sandbox, "POST", "/_sandbox/cases", &cases).await;
    assert!(
        head.starts_with("HTTP/1.0 400 ") && response.contains("larger than 1048576"),
        "{head} {response}"
    );
}

#[tokio::test]
async fn case_key_that_is_too_long_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let (_, added) = send(&sandbox, "POST", "/_sandbox/cases", r#"{"cases":[{"name":"a"}]}"#).await;
    assert_eq!(added, r#"{"cases":["a"]}"#);
    for (nonce, status) in [(10, "599"), (1000, "401")] {
        let key = format!("sk_case_a.{}", "x".repeat(nonce));
        let request = request(&sandbox, "POST", PATH, "{}").replace(sandbox.private_key(), &key);
        let (received, _) = read_to_close(connect(&sandbox, &request).await).await;
        assert_eq!(received.split(' ').nth(1), Some(status), "{received}");
    }
}

#[tokio::test]
async fn slow_bodies_do_not_delay_other_requests() {
    let sandbox = Sandbox::builder().client_timeout(Duration::from_secs(60)).start().await.unwrap();
    let complete = request(&sandbox, "POST", PATH, "").replace("HTTP/1.0", "HTTP/1.1");
    let (head, _) = complete.split_once("content-length").unwrap();
    let incomplete = format!("{head}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n");
    let mut slow = Vec::new();
    for _ in 0..200 {
        slow.push(connect(&sandbox, &incomplete).await);
    }
    let body = for_customer("cus_1");
    let chunked =
        format!("connection: close\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}", body.len());
    let ordinary = connect(&sandbox, &format!("{head}{chunked}\r\n0\r\n\r\n")).await;
    let (received, _) = read_to_close(ordinary).await;
    assert!(received.starts_with("HTTP/1.1 200 "), "{received}");
    drop(slow);
}
