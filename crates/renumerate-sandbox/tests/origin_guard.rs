//! Rejection of foreign pages by the sandbox's own paths.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use renumerate_sandbox::{DEFAULT_KEY, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SESSION: &str = r#"{"retention": {"customer_id": "cus_1"}}"#;

/// Sends a request with these headers. Returns the status and the complete response.
async fn send(sandbox: &Sandbox, request: &str, headers: &[&str], body: &str) -> (u16, String) {
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let text = format!("{request} HTTP/1.0\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).await.unwrap();
    (response.split(' ').nth(1).unwrap().parse().unwrap(), response)
}

/// Starts a sandbox with one request and one session. Returns it with requests to its own paths.
async fn sandbox_with_session() -> (Sandbox, Vec<(String, &'static str)>) {
    let sandbox = Sandbox::start().await.unwrap();
    let key = format!("x-brand-key: {DEFAULT_KEY}");
    let headers = [key.as_str(), "content-type: application/json", "origin: https://evil.example"];
    let (status, response) = send(&sandbox, "POST /v1/retention/session", &headers, SESSION).await;
    assert_eq!(status, 200, "the session endpoints accept every request with a valid key");
    let id = response.split('"').nth(3).unwrap();
    let own_requests = [
        ("GET /_sandbox/health".to_owned(), ""),
        ("GET /_sandbox/openapi.json".to_owned(), ""),
        ("GET /_sandbox/requests".to_owned(), ""),
        ("GET /_sandbox/counts".to_owned(), ""),
        (format!("GET /_sandbox/sessions/{id}"), ""),
        ("POST /_sandbox/cases".to_owned(), r#"{"cases": []}"#),
        ("POST /_sandbox/reset".to_owned(), ""),
    ];
    (sandbox, own_requests.into())
}

#[tokio::test]
async fn foreign_pages_are_rejected_and_change_nothing() {
    let (sandbox, own_requests) = sandbox_with_session().await;
    for (request, body) in &own_requests {
        for (header, named) in [
            ("origin: https://evil.example", "Origin"),
            ("origin: http://localhost.evil.example:12780", "Origin"),
            ("origin: null", "Origin"),
            ("origin: http://localhost\r\norigin: https://evil.example", "Origin"),
            ("sec-fetch-site: cross-site", "Sec-Fetch-Site"),
        ] {
            let (status, response) = send(&sandbox, request, &["host: localhost", header], body).await;
            assert!(status == 403 && response.contains(named), "{request} {header}: {response}");
            assert!(!response.contains("evil"), "{response}");
        }
    }
    assert_eq!((sandbox.requests().len(), sandbox.counts().sessions), (1, 1));
}

#[tokio::test]
async fn local_pages_and_programs_are_accepted() {
    let (sandbox, own_requests) = sandbox_with_session().await;
    let own_origin = format!("origin: {}", sandbox.url());
    for headers in [
        &[][..],
        &["host: sandbox:12780"], // from another container
        &["host: localhost", "sec-fetch-site: same-origin"],
        &["host: localhost", "sec-fetch-site: none"],
        &["origin: http://localhost:5173", "sec-fetch-site: cross-site"], // another site than 127.0.0.1
        &["origin: https://app.localhost"],
        &["origin: http://[::1]:3000"],
        &[own_origin.as_str()],
    ] {
        for (request, body) in own_requests.iter().filter(|(request, _)| !request.ends_with("/reset")) {
            let (status, response) = send(&sandbox, request, headers, body).await;
            assert_eq!(status, 200, "{request} {headers:?}: {response}");
        }
    }
    assert_eq!(send(&sandbox, "POST /_sandbox/reset", &[&own_origin], "").await.0, 204);
    assert!(sandbox.requests().is_empty());
}
