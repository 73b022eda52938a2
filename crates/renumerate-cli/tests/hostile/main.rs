//! Tests of the command's sandbox with hostile or broken clients. Meanwhile, the sandbox must serve other clients, and
//! its memory must stay below 256 MB. The tests run only on Linux, because they read the memory from `/proc`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail loudly, and print their measurements"
)]

mod cases;
mod raw_http;
mod server;
mod widgets;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use raw_http::{parse_json, parse_status, read_response, repeat, request, request_head, send, send_json};
use server::Server;

const MB: usize = 1024 * 1024;

/// Returns whether the server has closed the connection.
fn is_closed(socket: &TcpStream) -> bool {
    match socket.try_read(&mut [0; 1]) {
        Ok(0) => true,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
        Ok(_) => false,
    }
}

/// Waits until at most this number of connections is open.
async fn wait_for_open_connections(server: &Server, max: u64) {
    let waiting = async {
        while server.open_connections().await > max {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(Duration::from_secs(90), waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_connections_are_kept() {
    let server = Server::start().await;
    let idle = async |n: usize| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        if n >= 5_000 {
            socket.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
            assert_eq!(parse_status(&read_response(&mut socket).await), 200);
        }
        socket
    };
    let mut all = server.run_with_bystander(repeat(10_000, idle)).await;
    assert!(server.open_connections().await > 10_000);
    assert!(!all.iter().any(is_closed));
    let socket = &mut all[9_999];
    socket.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
    assert_eq!(parse_status(&read_response(socket).await), 200);

    // At the connection limit, the connections that have been idle for the longest time are closed.
    let more = server.run_with_bystander(repeat(1_000, idle)).await;
    assert!(server.open_connections().await <= 10_240);
    assert!(!more.iter().any(is_closed));
    assert_eq!(all[0].read(&mut [0; 1]).await.unwrap(), 0);
}

/// Sends `start` and then `next` once a second, until the connection is closed. Returns the duration of the connection.
async fn send_slowly(address: SocketAddr, start: &str, next: &str) -> Duration {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let started = Instant::now();
    socket.write_all(start.as_bytes()).await.unwrap();
    while timeout(Duration::from_secs(1), socket.read(&mut [0; 1])).await.is_err() {
        if started.elapsed() > Duration::from_secs(90) || socket.write_all(next.as_bytes()).await.is_err() {
            break;
        }
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_connections_are_closed_and_idle_ones_are_kept() {
    let server = Server::start().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
    assert_eq!(parse_status(&read_response(&mut idle).await), 200);

    // These clients request 12 MB each, which is more than the system buffers, and read nothing.
    let never_reads = async |_| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut socket = socket.connect(server.address).await.unwrap();
        let request = request(&server.key, "cus_too_long").repeat(10);
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    };
    let head = request_head(&server.key);
    let with_length = format!("{head}content-length: 1000\r\n\r\n");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let slow_requests = [(&*head, "x"), (&*with_length, "x"), (&*chunked, "1\r\nx\r\n")];
    let (_unread, durations) = server
        .run_with_bystander(async {
            let unread = repeat(1_000, never_reads).await;
            let slow = (0..600).map(|n| {
                let (start, next) = slow_requests[n % 3];
                send_slowly(server.address, start, next)
            });
            (unread, join_all(slow).await)
        })
        .await;
    for (n, duration) in durations.into_iter().enumerate() {
        let (start, _) = slow_requests[n % 3];
        assert!((25..75).contains(&duration.as_secs()), "{start:?} was closed after {duration:?}");
    }
    // The connections that read nothing are closed too. The idle connection is still open.
    wait_for_open_connections(&server, 2).await;
    idle.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
    assert_eq!(parse_status(&read_response(&mut idle).await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_request_heads_are_rejected() {
    let server = Server::start().await;
    let long = "x".repeat(4 * MB);
    let huge = [
        format!("POST {} HTTP/1.1\r\nx-long: {long}\r\n\r\n", raw_http::PATH),
        format!("POST {} HTTP/1.1\r\n{}\r\n", raw_http::PATH, "x-many: 1\r\n".repeat(400_000)),
        format!("POST /{long} HTTP/1.1\r\n\r\n"),
        format!("{long} / HTTP/1.1\r\n\r\n"),
        // Smaller, but incomplete.
        format!("{}x-long: {}", request_head(&server.key), "x".repeat(300_000)),
    ];
    let send_one = async |n: usize| (n, send(server.address, huge[n % huge.len()].as_bytes(), 1).await);
    for (n, response) in server.run_with_bystander(repeat(80, send_one)).await {
        let expected: &[u16] = if matches!(n % 5, 2 | 3) { &[400, 414, 431] } else { &[431] };
        assert!(expected.contains(&parse_status(&response)), "{n}: {}", String::from_utf8_lossy(&response));
    }

    // Request heads below the size limit, but incomplete.
    let incomplete = format!("{}x-long: {}", request_head(&server.key), "x".repeat(7_000));
    let connect = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(incomplete.as_bytes()).await.unwrap();
        socket
    };
    let all = server.run_with_bystander(repeat(10_000, connect)).await;
    assert!(server.open_connections().await > 10_000);
    drop(all);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_rejected() {
    let server = Server::start().await;
    let head = request_head(&server.key);
    let megabyte = "x".repeat(MB);
    let bodies = [
        format!("{head}content-length: {}\r\n\r\n", 64 * MB),
        format!("{head}transfer-encoding: chunked\r\n\r\n"),
        format!("{head}content-length: {}\r\n\r\n", MB * MB),
        format!("POST /_sandbox/cases HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", 64 * MB),
    ];
    let chunk = format!("100000\r\n{megabyte}\r\n");
    let send_body = async |n: usize| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(bodies[n % 4].as_bytes()).await.unwrap();
        let piece = if n % 4 == 1 { &chunk } else { &megabyte };
        let (mut read, mut write) = socket.split();
        let mut response = Vec::new();
        let writing = async {
            for _ in 0..64 {
                if write.write_all(piece.as_bytes()).await.is_err() {
                    break;
                }
            }
        };
        let ((), _server_may_reset) = tokio::join!(writing, read.read_to_end(&mut response));
        response
    };
    let responses = server.run_with_bystander(repeat(48, send_body)).await;
    for (n, response) in responses.into_iter().enumerate() {
        let reason = parse_json(&response)["error"].to_string();
        assert_eq!(parse_status(&response), 400, "{n}: {}", String::from_utf8_lossy(&response));
        assert!(reason.contains("too large"), "{n}: {reason}");
    }

    // A compressed body is not decompressed, because it could become large.
    let gzip = "content-encoding: gzip\r\ncontent-type: application/json\r\n";
    let gzip = format!("{gzip}x-brand-key: {}\r\n", server.key);
    let (status, body) =
        send_json(server.address, "POST", raw_http::PATH, &gzip, "\u{1f}\u{8b}\u{8}\u{0}\u{0}").await;
    assert!(status == 400 && body["error"].to_string().contains("isn't JSON"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_data_stays_within_the_memory_limit() {
    let server = Server::start().await;
    // 240 MB of sessions, and as much again in the request log.
    let email = "x".repeat(60_000);
    let body = format!(r#"{{"retention":{{"customer_email":"{email}"}}}}"#);
    let request = format!("{}content-length: {}\r\n\r\n{body}", request_head(&server.key), body.len());
    let create_sessions = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        for _ in 0..250 {
            socket.write_all(request.as_bytes()).await.unwrap();
            assert_eq!(parse_status(&read_response(&mut socket).await), 200);
        }
    };
    server.run_with_bystander(repeat(16, create_sessions)).await;

    // Many clients request the whole request log, but only one of them reads the response.
    let log_request = "GET /_sandbox/requests HTTP/1.0\r\n\r\n";
    let unread = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(log_request.as_bytes()).await.unwrap();
        socket
    };
    let _unread = server.run_with_bystander(repeat(16, unread)).await;
    let log = send_json(server.address, "GET", "/_sandbox/requests", "", "");
    let (_, log) = server.run_with_bystander(log).await;
    let records = log["requests"].as_array().unwrap();
    assert!(records.len() > 200, "{}", records.len());
    assert!(records.iter().filter(|request| request["body"] == body.as_str()).count() > 200);

    // Cases, and thousands of stalled responses to large requests, are limited too.
    let case = |name: &str, text: &str| {
        format!(r#"{{"cases":[{{"name":"{name}","exchanges":[{{"answer":{{"text":"{text}"}}}}]}}]}}"#)
    };
    let text = "x".repeat(900_000);
    let uploads = repeat(20, async |n| {
        send_json(server.address, "POST", "/_sandbox/cases", "", &case(&format!("large_{n}"), &text)).await
    });
    let responses = server.run_with_bystander(uploads).await;
    assert_eq!(responses.iter().filter(|(status, _)| *status == 200).count(), 4);
    let rejected = responses.iter().find(|(status, _)| *status == 400).unwrap();
    assert!(rejected.1["error"].to_string().contains("together"), "{rejected:?}");

    let body = format!(r#"{{"retention":{{"customer_id":"cus_stall","customer_email":"{email}"}}}}"#);
    let request = format!("{}content-length: {}\r\n\r\n{body}", request_head(&server.key), body.len());
    let stalled = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    };
    let stalled = server.run_with_bystander(repeat(5_000, stalled)).await;
    assert!(!stalled.iter().any(is_closed), "a connection with a stalled response was closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_get_responses_in_order_and_are_limited() {
    let server = Server::start().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let requests = request(&server.key, "cus_unstable").repeat(200);
    socket.write_all(requests.as_bytes()).await.unwrap();
    let mut received = String::new();
    while received.matches("HTTP/1.1 ").count() < 200 || !received.ends_with('}') {
        let mut piece = Vec::new();
        assert_ne!(socket.read_buf(&mut piece).await.unwrap(), 0);
        received.push_str(&String::from_utf8(piece).unwrap());
    }
    let statuses: Vec<_> =
        received.split("HTTP/1.1 ").skip(1).filter_map(|response| response.get(..3)).collect();
    assert_eq!(statuses, ["503", "200"].repeat(100));

    // These clients read no responses, so the server must stop reading their requests.
    let pipelines = [
        request(&server.key, "cus_1"),
        "GET /_sandbox/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "POST /_sandbox/reset HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "GET /_sandbox/counts HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
    ]
    .map(|request| request.repeat(100));
    let send_without_reading = async |n: usize| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        let requests = pipelines[n % 4].as_bytes();
        let mut sent = 0;
        while sent < 32 * MB {
            match timeout(Duration::from_millis(1500), socket.write_all(requests)).await {
                Ok(Ok(())) => sent += requests.len(),
                _ => break,
            }
        }
        (socket, sent)
    };
    let clients = server.run_with_bystander(repeat(80, send_without_reading)).await;
    for (n, (_, sent)) in clients.iter().enumerate() {
        assert!(*sent < 32 * MB, "{n}: the server reads requests without limit");
    }
}
