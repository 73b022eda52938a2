//! What is bounded: how long a client may take, how much is read, and how much is remembered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::time::{Duration, Instant};

use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

const PATH: &str = "/v1/retention/session";

/// How long clients may take here.
const TIMEOUT: Duration = Duration::from_millis(500);

async fn impatient() -> Sandbox {
    Sandbox::builder().client_timeout(TIMEOUT).start().await.unwrap()
}

/// A request in HTTP/1.0, whose answer ends with the connection.
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

/// Sends a request and reads the head and the body of its answer.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (String, String) {
    let mut socket = connect(sandbox, &request(sandbox, method, path, body)).await;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Waits for the end of the connection: what came before it, and how long that took.
async fn ended(mut socket: TcpStream) -> (String, Duration) {
    let (mut came, started) = (Vec::new(), Instant::now());
    let _how_it_ends = timeout(Duration::from_secs(20), socket.read_to_end(&mut came)).await.unwrap();
    (String::from_utf8(came).unwrap(), started.elapsed())
}

#[tokio::test]
async fn what_a_client_has_begun_it_must_finish_in_time() {
    let sandbox = impatient().await;
    let whole = request(&sandbox, "POST", PATH, &for_customer("cus_1"));
    let (head, _) = whole.split_once("\r\n\r\n").unwrap();
    for begun in ["P", head, &format!("{head}\r\n\r\n"), whole.strip_suffix('}').unwrap()] {
        let (came, after) = ended(connect(&sandbox, begun).await).await;
        assert_eq!(came, "");
        assert!(after * 2 > TIMEOUT, "{begun:?} was cut off after {after:?}");
    }
    assert_eq!(sandbox.counts().requests, 0, "none of them came");
}

#[tokio::test]
async fn a_connection_without_a_request_is_kept_until_one_begins() {
    let sandbox = impatient().await;
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
    assert_eq!(ended(used).await.0, "");
}

#[tokio::test]
async fn a_server_may_take_its_time() {
    let sandbox = impatient().await;
    for customer in ["cus_stall", "cus_stall_in_body", "cus_slow_drip"] {
        let stalled = connect(&sandbox, &request(&sandbox, "POST", PATH, &for_customer(customer))).await;
        sleep(TIMEOUT * 2).await;
        let mut piece = [0; 1024];
        while stalled.try_read(&mut piece).is_ok_and(|read| {
            assert_ne!(read, 0, "{customer} was cut off");
            true
        }) {}
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let sandbox = impatient().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(sandbox.address()).await.unwrap();
    let much = request(&sandbox, "POST", PATH, &for_customer("cus_too_long")).replace("HTTP/1.0", "HTTP/1.1");
    socket.write_all(much.repeat(30).as_bytes()).await.unwrap();
    timeout(Duration::from_secs(20), async {
        while sandbox.counts().connections.open > 0 || sandbox.counts().connections.accepted == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert!(sandbox.counts().requests < 30, "those behind it are not asked for");
}

#[tokio::test]
async fn a_repeated_text_comes_whole() {
    let sandbox = Sandbox::start().await.unwrap();
    let (head, body) = send(&sandbox, "POST", PATH, &for_customer("cus_too_long")).await;
    assert_eq!(body, "{\"id\": \"ret_x\"}                 ".repeat(40_000));
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
}

#[tokio::test]
async fn a_long_list_comes_in_pieces_and_whole() {
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
async fn large_bodies_are_refused_and_their_beginning_is_kept() {
    let sandbox = Sandbox::start().await.unwrap();
    for (length, reason) in [
        (70_000, "larger than 65536 bytes"),
        (3_000_000, "larger than"),
        (5_000_000, "too large"),
        (20_000_000, "too large"),
    ] {
        let (head, answer) = send(&sandbox, "POST", PATH, &for_customer(&"x".repeat(length))).await;
        assert!(head.starts_with("HTTP/1.0 400 ") && answer.contains(reason), "{length}: {head} {answer}");
    }
    let kept: Vec<usize> = sandbox.requests().iter().map(|record| record.body.len()).collect();
    assert_eq!(kept, [65_536, 65_536, 0, 0]);

    let cases = json!({"cases": [{"name": "a", "about": "x".repeat(1_100_000)}]}).to_string();
    let (head, answer) = send(&sandbox, "POST", "/_sandbox/cases", &cases).await;
    assert!(head.starts_with("HTTP/1.0 400 ") && answer.contains("larger than 1048576"), "{head} {answer}");
}

#[tokio::test]
async fn a_key_of_any_length_is_no_run_of_a_case() {
    let sandbox = Sandbox::start().await.unwrap();
    let (_, taken) = send(&sandbox, "POST", "/_sandbox/cases", r#"{"cases":[{"name":"a"}]}"#).await;
    assert_eq!(taken, r#"{"cases":["a"]}"#);
    for (nonce, status) in [(10, "599"), (1000, "401")] {
        let key = format!("sk_case_a.{}", "x".repeat(nonce));
        let request = request(&sandbox, "POST", PATH, "{}").replace(sandbox.private_key(), &key);
        let (came, _) = ended(connect(&sandbox, &request).await).await;
        assert_eq!(came.split(' ').nth(1), Some(status), "{came}");
    }
}

#[tokio::test]
async fn slow_bodies_hold_up_no_others() {
    let sandbox = Sandbox::builder().client_timeout(Duration::from_secs(60)).start().await.unwrap();
    let whole = request(&sandbox, "POST", PATH, "").replace("HTTP/1.0", "HTTP/1.1");
    let (head, _) = whole.split_once("content-length").unwrap();
    let begun = format!("{head}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n");
    let mut slow = Vec::new();
    for _ in 0..200 {
        slow.push(connect(&sandbox, &begun).await);
    }
    let body = for_customer("cus_1");
    let chunked =
        format!("connection: close\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}", body.len());
    let ordinary = connect(&sandbox, &format!("{head}{chunked}\r\n0\r\n\r\n")).await;
    let (came, _) = ended(ordinary).await;
    assert!(came.starts_with("HTTP/1.1 200 "), "{came}");
    drop(slow);
}
