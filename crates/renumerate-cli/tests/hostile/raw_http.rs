//! HTTP requests and responses over plain sockets.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const PATH: &str = "/v1/retention/session";

/// Returns the head of a request for a session, without the headers of the body and the final empty line.
pub(crate) fn request_head(key: &str) -> String {
    format!("POST {PATH} HTTP/1.1\r\nhost: x\r\nx-brand-key: {key}\r\ncontent-type: application/json\r\n")
}

/// Returns a complete request for a session.
pub(crate) fn request(key: &str, customer: &str) -> String {
    let body = format!(r#"{{"retention":{{"customer_id":"{customer}"}}}}"#);
    format!("{}content-length: {}\r\n\r\n{body}", request_head(key), body.len())
}

/// Runs an action several times, up to 200 at a time. Returns the outputs in order.
pub(crate) async fn repeat<F: Future>(times: usize, action: impl Fn(usize) -> F) -> Vec<F::Output> {
    stream::iter((0..times).map(action)).buffered(200).collect().await
}

/// Sends one request on a new connection. Returns the status and the JSON body of the response.
pub(crate) async fn send_json(
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
    let response = send(address, request.as_bytes(), 1).await;
    (parse_status(&response), parse_json(&response))
}

/// Sends `data` this number of times. Meanwhile, reads until the connection is closed, and returns the bytes read.
pub(crate) async fn send(address: SocketAddr, data: &[u8], times: usize) -> Vec<u8> {
    let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
    let mut response = Vec::new();
    let writing = async {
        for _ in 0..times {
            if write.write_all(data).await.is_err() {
                break; // the server has closed the connection
            }
        }
    };
    let reading = async {
        let _server_may_reset = read.read_to_end(&mut response).await;
    };
    tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(writing, reading) }).await.unwrap();
    response
}

/// Returns the status of a response, or 0 if it has none.
pub(crate) fn parse_status(response: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(response);
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Returns the body of a response, or `null` if it is not JSON.
pub(crate) fn parse_json(response: &[u8]) -> Value {
    let text = String::from_utf8_lossy(response);
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or(Value::Null)
}

/// Reads one response with a `content-length` from a connection that stays open.
pub(crate) async fn read_response(socket: &mut TcpStream) -> Vec<u8> {
    let mut response = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&response);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse::<usize>().unwrap() {
                return response;
            }
        }
        let length = socket.read_buf(&mut response).await.unwrap();
        assert_ne!(length, 0, "{}", String::from_utf8_lossy(&response));
    }
}
