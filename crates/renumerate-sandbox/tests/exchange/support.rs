//! HTTP client of the tests.

use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const PATH: &str = "/v1/session/exchange";

/// Response to a request. The head is in lower case.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Returns the id of the created session.
    pub(crate) fn session_id(&self) -> String {
        self.json()["session"]["sessionId"].as_str().unwrap().to_owned()
    }
}

/// Sends a request with these header lines, and returns the response. If there is none, its status is 0.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, headers: &str, body: &str) -> Response {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let _complete_or_reset = socket.read_to_end(&mut received).await;
    let received = String::from_utf8(received).unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
    Response { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// Exchanges a token, as a browser does with a page of another origin.
pub(crate) async fn exchange(sandbox: &Sandbox, token: &str) -> Response {
    let headers = "content-type: application/json\r\norigin: https://shop.example\r\n";
    send(sandbox, "POST", PATH, headers, &json!({ "handshakeToken": token }).to_string()).await
}
