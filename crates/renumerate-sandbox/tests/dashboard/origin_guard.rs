//! Who may see it.

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::asking::{PLANTED, SOON, connect, send, with_widgets};

#[tokio::test]
async fn it_answers_under_names_of_this_machine_alone() {
    let sandbox = with_widgets("under_names").await;
    for path in ["/", "/_sandbox/events", "/_sandbox/host?retention=ret_a", "/_sandbox/dashboard/index.js"] {
        let request = format!("GET {path}");
        for host in [Some("evil.example"), Some("localhost.evil.example:12780"), Some("192.168.1.7"), None] {
            let headers: Vec<_> = host.map(|host| ("host", host)).into_iter().collect();
            let (head, body) = send(&sandbox, &request, &headers, "").await;
            assert!(head.starts_with("HTTP/1.0 403 "), "{path} {host:?}: {head}");
            assert!(body.contains("Host") && body.contains(sandbox.url()), "{body}");
            assert!(!body.contains(PLANTED) && !body.contains("evil"), "{body}");
        }
        for host in ["localhost:1", "127.0.0.1", "[::1]:12780", "app.localhost"] {
            let mut socket = connect(&sandbox, &request, &[("host", host)], "").await;
            let mut head = [0; 12];
            timeout(SOON, socket.read_exact(&mut head)).await.unwrap().unwrap();
            assert_eq!(&head, b"HTTP/1.0 200", "{path} {host}");
        }
    }
}

#[tokio::test]
async fn it_answers_no_page_of_a_foreign_origin() {
    let sandbox = with_widgets("foreign_origin").await;
    for path in ["/_sandbox/events", "/_sandbox/host?retention=ret_a", "/_sandbox/dashboard/index.js"] {
        let headers = [("host", "localhost"), ("origin", "https://evil.example")];
        let (head, body) = send(&sandbox, &format!("GET {path}"), &headers, "").await;
        assert!(head.starts_with("HTTP/1.0 403 ") && body.contains("Origin"), "{path}: {head} {body}");
    }
    // A link to it may be anywhere.
    let headers = [("host", "localhost"), ("sec-fetch-site", "cross-site")];
    let (head, _) = send(&sandbox, "GET /_sandbox/host?retention=ret_a", &headers, "").await;
    assert!(head.starts_with("HTTP/1.0 200 "), "{head}");
}
