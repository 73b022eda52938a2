//! Access by host and origin.

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::support::{CANARY_KEY, TIMEOUT, connect, send, with_widgets};

#[tokio::test]
async fn only_hosts_of_this_machine_are_accepted() {
    let sandbox = with_widgets("hosts").await;
    for path in ["/", "/_sandbox/events", "/_sandbox/host?retention=ret_a", "/_sandbox/dashboard/index.js"] {
        let request = format!("GET {path}");
        for host in [Some("evil.example"), Some("localhost.evil.example:12780"), Some("192.168.1.7"), None] {
            let headers: Vec<_> = host.map(|host| ("host", host)).into_iter().collect();
            let (head, body) = send(&sandbox, &request, &headers, "").await;
            assert!(head.starts_with("HTTP/1.0 403 "), "{path} {host:?}: {head}");
            assert!(body.contains("Host") && body.contains(sandbox.url()), "{body}");
            assert!(!body.contains(CANARY_KEY) && !body.contains("evil"), "{body}");
        }
        for host in ["localhost:1", "127.0.0.1", "[::1]:12780", "app.localhost"] {
            let mut socket = connect(&sandbox, &request, &[("host", host)], "").await;
            let mut head = [0; 12];
            timeout(TIMEOUT, socket.read_exact(&mut head)).await.unwrap().unwrap();
            assert_eq!(&head, b"HTTP/1.0 200", "{path} {host}");
        }
    }
}

#[tokio::test]
async fn foreign_origins_are_rejected() {
    let sandbox = with_widgets("foreign_origin").await;
    for path in ["/_sandbox/events", "/_sandbox/host?retention=ret_a", "/_sandbox/dashboard/index.js"] {
        let headers = [("host", "localhost"), ("origin", "https://evil.example")];
        let (head, body) = send(&sandbox, &format!("GET {path}"), &headers, "").await;
        assert!(head.starts_with("HTTP/1.0 403 ") && body.contains("Origin"), "{path}: {head} {body}");
    }
    // Other sites may link to the page.
    let headers = [("host", "localhost"), ("sec-fetch-site", "cross-site")];
    let (head, _) = send(&sandbox, "GET /_sandbox/host?retention=ret_a", &headers, "").await;
    assert!(head.starts_with("HTTP/1.0 200 "), "{head}");
}
