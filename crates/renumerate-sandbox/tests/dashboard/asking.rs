//! A sandbox with a dashboard, and what is asked of it.

use std::path::PathBuf;
use std::time::Duration;

use renumerate_sandbox::{Sandbox, SandboxBuilder, Widgets};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) const PATH: &str = "/v1/retention/session";

/// What is waited for comes within this time, on a busy machine too.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A key that is nowhere by chance.
pub(crate) const PLANTED: &str = "sk_sandbox_planted_4711";

pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder().private_key(PLANTED).dashboard(true)
}

pub(crate) async fn start() -> Sandbox {
    builder().start().await.unwrap()
}

/// With the widgets, whose certificate is in a folder of the test's own.
pub(crate) async fn with_widgets(test: &str) -> Sandbox {
    let ca_dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    builder().widgets(Widgets::new(ca_dir).port(0)).start().await.unwrap()
}

/// Sends a request in HTTP/1.0, whose answer ends with the connection.
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

/// Sends a request and reads the head and the body of its answer.
pub(crate) async fn send(
    sandbox: &Sandbox,
    request: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (String, String) {
    let mut socket = connect(sandbox, request, headers, body).await;
    let mut answer = String::new();
    timeout(SOON, socket.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> (String, String) {
    send(sandbox, &format!("GET {path}"), &[("host", "localhost")], "").await
}

pub(crate) async fn mint(sandbox: &Sandbox, customer: &str) -> String {
    let headers = [("x-brand-key", sandbox.private_key()), ("content-type", "application/json")];
    let body = json!({"retention": {"customer_id": customer}}).to_string();
    send(sandbox, &format!("POST {PATH}"), &headers, &body).await.1
}
