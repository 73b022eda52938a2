//! Pages of other machines in a browser on this one: the sandbox's own paths answer none of them.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use renumerate_sandbox::{DEFAULT_KEY, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SESSION: &str = r#"{"retention": {"customer_id": "cus_1"}}"#;

/// The status and the rest of what is answered to a request with these headers.
async fn ask(sandbox: &Sandbox, request: &str, headers: &[&str], body: &str) -> (u16, String) {
    let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let text = format!("{request} HTTP/1.0\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

/// A sandbox with one request and one session, and what it has of its own.
async fn used() -> (Sandbox, Vec<(String, &'static str)>) {
    let sandbox = Sandbox::start().await.unwrap();
    let key = format!("x-brand-key: {DEFAULT_KEY}");
    let headers = [key.as_str(), "content-type: application/json", "origin: https://evil.example"];
    let (status, answer) = ask(&sandbox, "POST /v1/retention/session", &headers, SESSION).await;
    assert_eq!(status, 200, "the session endpoints answer everybody who has a key");
    let id = answer.split('"').nth(3).unwrap();
    let own = [
        ("GET /_sandbox/health".to_owned(), ""),
        ("GET /_sandbox/openapi.json".to_owned(), ""),
        ("GET /_sandbox/requests".to_owned(), ""),
        ("GET /_sandbox/counts".to_owned(), ""),
        (format!("GET /_sandbox/sessions/{id}"), ""),
        ("POST /_sandbox/cases".to_owned(), r#"{"cases": []}"#),
        ("POST /_sandbox/reset".to_owned(), ""),
    ];
    (sandbox, own.into())
}

#[tokio::test]
async fn they_are_refused_and_change_nothing() {
    let (sandbox, own) = used().await;
    for (request, body) in &own {
        for (header, of) in [
            ("origin: https://evil.example", "Origin"),
            ("origin: http://localhost.evil.example:12780", "Origin"),
            ("origin: null", "Origin"),
            ("origin: http://localhost\r\norigin: https://evil.example", "Origin"),
            ("sec-fetch-site: cross-site", "Sec-Fetch-Site"),
        ] {
            let (status, answer) = ask(&sandbox, request, &["host: localhost", header], body).await;
            assert!(status == 403 && answer.contains(of), "{request} {header}: {answer}");
            assert!(!answer.contains("evil"), "{answer}");
        }
    }
    assert_eq!((sandbox.requests().len(), sandbox.counts().sessions), (1, 1));
}

#[tokio::test]
async fn pages_of_this_machine_and_programs_anywhere_are_answered() {
    let (sandbox, own) = used().await;
    let same = format!("origin: {}", sandbox.url());
    for headers in [
        &[][..],
        &["host: sandbox:12780"], // as a container is called by its neighbours
        &["host: localhost", "sec-fetch-site: same-origin"],
        &["host: localhost", "sec-fetch-site: none"],
        &["origin: http://localhost:5173", "sec-fetch-site: cross-site"], // to 127.0.0.1 it is another site
        &["origin: https://app.localhost"],
        &["origin: http://[::1]:3000"],
        &[same.as_str()],
    ] {
        for (request, body) in own.iter().filter(|(request, _)| !request.ends_with("/reset")) {
            let (status, answer) = ask(&sandbox, request, headers, body).await;
            assert_eq!(status, 200, "{request} {headers:?}: {answer}");
        }
    }
    assert_eq!(ask(&sandbox, "POST /_sandbox/reset", &[&same], "").await.0, 204);
    assert!(sandbox.requests().is_empty());
}
