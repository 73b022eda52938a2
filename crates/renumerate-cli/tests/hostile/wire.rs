//! Sockets by hand.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const PATH: &str = "/v1/retention/session";

/// A head that asks for a session, up to what is said of its body.
pub(crate) fn head(key: &str) -> String {
    format!("POST {PATH} HTTP/1.1\r\nhost: x\r\nx-brand-key: {key}\r\ncontent-type: application/json\r\n")
}

/// A whole request for a session.
pub(crate) fn request(key: &str, customer: &str) -> String {
    let body = format!(r#"{{"retention":{{"customer_id":"{customer}"}}}}"#);
    format!("{}content-length: {}\r\n\r\n{body}", head(key), body.len())
}

/// Does the same many times, some hundred at once.
pub(crate) async fn many<F: Future>(times: usize, one: impl Fn(usize) -> F) -> Vec<F::Output> {
    stream::iter((0..times).map(one)).buffered(200).collect().await
}

/// Sends one request on a connection of its own, and reads the status and the JSON of the answer.
pub(crate) async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, Value) {
    let request = format!(
        "{method} {path} HTTP/1.0\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = send(address, request.as_bytes(), 1).await;
    (status(&answer), json(&answer))
}

/// Sends a beginning and then a piece again and again, and reads what comes meanwhile, until the end of the connection.
pub(crate) async fn send(address: SocketAddr, piece: &[u8], times: usize) -> Vec<u8> {
    let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
    let mut answer = Vec::new();
    let writing = async {
        for _ in 0..times {
            if write.write_all(piece).await.is_err() {
                break; // it has heard enough
            }
        }
    };
    let reading = async {
        let _how_it_ends = read.read_to_end(&mut answer).await;
    };
    tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(writing, reading) }).await.unwrap();
    answer
}

pub(crate) fn status(answer: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(answer);
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

pub(crate) fn json(answer: &[u8]) -> Value {
    let text = String::from_utf8_lossy(answer);
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or(Value::Null)
}

/// Reads one answer of known length from a connection that stays open.
pub(crate) async fn read_one(socket: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse::<usize>().unwrap() {
                return answer;
            }
        }
        assert_ne!(socket.read_buf(&mut answer).await.unwrap(), 0, "{}", String::from_utf8_lossy(&answer));
    }
}
