//! Sandboxes with a dashboard, and an HTTP client.

use std::path::PathBuf;
use std::time::Duration;

use renumerate_sandbox::{Sandbox, SandboxBuilder, Widgets};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) const PATH: &str = "/v1/retention/session";

/// Timeout that is long enough for a busy machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Private key that no response contains by accident.
pub(crate) const CANARY_KEY: &str = "sk_sandbox_planted_4711";

pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder().private_key(CANARY_KEY).dashboard(true)
}

pub(crate) async fn start() -> Sandbox {
    builder().start().await.unwrap()
}

/// Starts a sandbox with the dashboard and the widgets. Their certificate is in a folder with the name of the test.
pub(crate) async fn with_widgets(test: &str) -> Sandbox {
    let ca_dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    builder().widgets(Widgets::new(ca_dir).port(0)).start().await.unwrap()
}

/// Sends an HTTP/1.0 request, so that the response ends with the connection.
pub(crate) async fn connect(
    sandbox: &Sandbox,
    request: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> TcpStream {
    let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    let text = format!("{request} HTTP/1.0\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// Sends a request, and returns the head and the body of the response.
pub(crate) async fn send(
    sandbox: &Sandbox,
    request: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (String, String) {
    let mut socket = connect(sandbox, request, headers, body).await;
    let mut response = String::new();
    timeout(TIMEOUT, socket.read_to_string(&mut response)).await.unwrap().unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> (String, String) {
    send(sandbox, &format!("GET {path}"), &[("host", "localhost")], "").await
}

/// Creates a retention session, and returns the body of the response.
pub(crate) async fn create_session(sandbox: &Sandbox, customer: &str) -> String {
    let headers = [("x-brand-key", sandbox.private_key()), ("content-type", "application/json")];
    let body = json!({"retention": {"customer_id": customer}}).to_string();
    send(sandbox, &format!("POST {PATH}"), &headers, &body).await.1
}
