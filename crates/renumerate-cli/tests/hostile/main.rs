//! Clients that mean no good, or know no better: the command's sandbox answers others meanwhile, and its memory stays
//! within 256 MB. What a process takes is read from `/proc`, which Linux alone has.
#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail loudly, and tell their figures"
)]

mod cases;
mod server;
mod widgets;
mod wire;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use server::Server;
use wire::{ask, head, many, read_one, request, send, status};

const MB: usize = 1024 * 1024;

/// Whether the server has closed its end.
fn is_closed(socket: &TcpStream) -> bool {
    match socket.try_read(&mut [0; 1]) {
        Ok(0) => true,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
        Ok(_) => false,
    }
}

/// Waits until no more connections are open than these.
async fn wait_until_open(server: &Server, most: u64) {
    let waiting = async {
        while server.open().await > most {
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
            assert_eq!(status(&read_one(&mut socket).await), 200);
        }
        socket
    };
    let mut all = server.while_others_are_answered(many(10_000, idle)).await;
    assert!(server.open().await > 10_000);
    assert!(!all.iter().any(is_closed));
    let socket = &mut all[9_999];
    socket.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
    assert_eq!(status(&read_one(socket).await), 200);

    // With some more it is full: those that have been idle for the longest time make room.
    let more = server.while_others_are_answered(many(1_000, idle)).await;
    assert!(server.open().await <= 10_240);
    assert!(!more.iter().any(is_closed));
    assert_eq!(all[0].read(&mut [0; 1]).await.unwrap(), 0);
}

/// Begins with one text and goes on with another, once a second, until the connection ends: how long that took.
async fn drip(address: SocketAddr, begin: &str, go_on: &str) -> Duration {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let started = Instant::now();
    socket.write_all(begin.as_bytes()).await.unwrap();
    while timeout(Duration::from_secs(1), socket.read(&mut [0; 1])).await.is_err() {
        if started.elapsed() > Duration::from_secs(90) || socket.write_all(go_on.as_bytes()).await.is_err() {
            break;
        }
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_cut_off_and_idle_ones_are_not() {
    let server = Server::start().await;
    let mut kept = TcpStream::connect(server.address).await.unwrap();
    kept.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
    assert_eq!(status(&read_one(&mut kept).await), 200);

    // Who asks for much and reads nothing: 12 MB each, more than any system holds on its way.
    let never_reads = async |_| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut socket = socket.connect(server.address).await.unwrap();
        let request = request(&server.key, "cus_too_long").repeat(10);
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    };
    let head = head(&server.key);
    let with_length = format!("{head}content-length: 1000\r\n\r\n");
    let in_chunks = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let drips = [(&*head, "x"), (&*with_length, "x"), (&*in_chunks, "1\r\nx\r\n")];
    let (_unread, cut) = server
        .while_others_are_answered(async {
            let unread = many(1_000, never_reads).await;
            let slow = (0..600).map(|n| drip(server.address, drips[n % 3].0, drips[n % 3].1));
            (unread, join_all(slow).await)
        })
        .await;
    for (n, after) in cut.into_iter().enumerate() {
        assert!((25..75).contains(&after.as_secs()), "{:?} was cut off after {after:?}", drips[n % 3].0);
    }
    // Those that read nothing are gone too; the idle one has outlived them all.
    wait_until_open(&server, 2).await;
    kept.write_all(request(&server.key, "cus_1").as_bytes()).await.unwrap();
    assert_eq!(status(&read_one(&mut kept).await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_heads_are_refused() {
    let server = Server::start().await;
    let long = "x".repeat(4 * MB);
    let huge = [
        format!("POST {} HTTP/1.1\r\nx-long: {long}\r\n\r\n", wire::PATH),
        format!("POST {} HTTP/1.1\r\n{}\r\n", wire::PATH, "x-many: 1\r\n".repeat(400_000)),
        format!("POST /{long} HTTP/1.1\r\n\r\n"),
        format!("{long} / HTTP/1.1\r\n\r\n"),
        // Not so huge, but never whole.
        format!("{}x-long: {}", head(&server.key), "x".repeat(300_000)),
    ];
    let one = async |n: usize| (n, send(server.address, huge[n % huge.len()].as_bytes(), 1).await);
    for (n, answer) in server.while_others_are_answered(many(80, one)).await {
        let expected: &[u16] = if matches!(n % 5, 2 | 3) { &[400, 414, 431] } else { &[431] };
        assert!(expected.contains(&status(&answer)), "{n}: {}", String::from_utf8_lossy(&answer));
    }

    // As large as they may be, but never whole.
    let begun = format!("{}x-long: {}", head(&server.key), "x".repeat(7_000));
    let hold = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(begun.as_bytes()).await.unwrap();
        socket
    };
    let all = server.while_others_are_answered(many(10_000, hold)).await;
    assert!(server.open().await > 10_000);
    drop(all);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_refused() {
    let server = Server::start().await;
    let head = head(&server.key);
    let megabyte = "x".repeat(MB);
    let bodies = [
        format!("{head}content-length: {}\r\n\r\n", 64 * MB),
        format!("{head}transfer-encoding: chunked\r\n\r\n"),
        format!("{head}content-length: {}\r\n\r\n", MB * MB),
        format!("POST /_sandbox/cases HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", 64 * MB),
    ];
    let chunk = format!("100000\r\n{megabyte}\r\n");
    let one = async |n: usize| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(bodies[n % 4].as_bytes()).await.unwrap();
        let piece = if n % 4 == 1 { &chunk } else { &megabyte };
        let (mut read, mut write) = socket.split();
        let mut answer = Vec::new();
        let writing = async {
            for _ in 0..64 {
                if write.write_all(piece.as_bytes()).await.is_err() {
                    break;
                }
            }
        };
        let ((), _how_it_ends) = tokio::join!(writing, read.read_to_end(&mut answer));
        answer
    };
    for (n, answer) in server.while_others_are_answered(many(48, one)).await.into_iter().enumerate() {
        let reason = wire::json(&answer)["error"].to_string();
        assert_eq!(status(&answer), 400, "{n}: {}", String::from_utf8_lossy(&answer));
        assert!(reason.contains("too large"), "{n}: {reason}");
    }

    // Nothing is unpacked: a small archive can be large inside.
    let gzip = "content-encoding: gzip\r\ncontent-type: application/json\r\n";
    let gzip = format!("{gzip}x-brand-key: {}\r\n", server.key);
    let (status, answer) =
        ask(server.address, "POST", wire::PATH, &gzip, "\u{1f}\u{8b}\u{8}\u{0}\u{0}").await;
    assert!(status == 400 && answer["error"].to_string().contains("isn't JSON"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_has_its_limits() {
    let server = Server::start().await;
    // 240 MB in sessions, and as much again in the ledger.
    let email = "x".repeat(60_000);
    let body = format!(r#"{{"retention":{{"customer_email":"{email}"}}}}"#);
    let request = format!("{}content-length: {}\r\n\r\n{body}", head(&server.key), body.len());
    let lane = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        for _ in 0..250 {
            socket.write_all(request.as_bytes()).await.unwrap();
            assert_eq!(status(&read_one(&mut socket).await), 200);
        }
    };
    server.while_others_are_answered(many(16, lane)).await;

    // All at once, by readers that read nothing, and by one that does.
    let listing = "GET /_sandbox/requests HTTP/1.0\r\n\r\n";
    let unread = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(listing.as_bytes()).await.unwrap();
        socket
    };
    let _unread = server.while_others_are_answered(many(16, unread)).await;
    let (_, listed) =
        server.while_others_are_answered(ask(server.address, "GET", "/_sandbox/requests", "", "")).await;
    let listed = listed["requests"].as_array().unwrap();
    assert!(listed.len() > 200, "{}", listed.len());
    assert!(listed.iter().filter(|request| request["body"] == body.as_str()).count() > 200);

    // Cases too, and thousands of stalled answers to requests that are large.
    let case = |name: &str, text: &str| {
        format!(r#"{{"cases":[{{"name":"{name}","exchanges":[{{"answer":{{"text":"{text}"}}}}]}}]}}"#)
    };
    let text = "x".repeat(900_000);
    let taken = many(20, async |n| {
        ask(server.address, "POST", "/_sandbox/cases", "", &case(&format!("large_{n}"), &text)).await
    });
    let taken = server.while_others_are_answered(taken).await;
    assert_eq!(taken.iter().filter(|(status, _)| *status == 200).count(), 4);
    let refused = taken.iter().find(|(status, _)| *status == 400).unwrap();
    assert!(refused.1["error"].to_string().contains("together"), "{refused:?}");

    let body = format!(r#"{{"retention":{{"customer_id":"cus_stall","customer_email":"{email}"}}}}"#);
    let request = format!("{}content-length: {}\r\n\r\n{body}", head(&server.key), body.len());
    let stalled = async |_| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    };
    let stalled = server.while_others_are_answered(many(5_000, stalled)).await;
    assert!(!stalled.iter().any(is_closed), "a stalled answer is as long as its client wants it");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_a_row_are_answered_in_a_row() {
    let server = Server::start().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let row = request(&server.key, "cus_unstable").repeat(200);
    socket.write_all(row.as_bytes()).await.unwrap();
    let mut came = String::new();
    while came.matches("HTTP/1.1 ").count() < 200 || !came.ends_with('}') {
        let mut piece = Vec::new();
        assert_ne!(socket.read_buf(&mut piece).await.unwrap(), 0);
        came.push_str(&String::from_utf8(piece).unwrap());
    }
    let statuses: Vec<_> = came.split("HTTP/1.1 ").skip(1).filter_map(|answer| answer.get(..3)).collect();
    assert_eq!(statuses, ["503", "200"].repeat(100));

    // Whose answers nobody reads are asked for until nothing more goes.
    let rows = [
        request(&server.key, "cus_1"),
        "GET /_sandbox/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "POST /_sandbox/reset HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "GET /_sandbox/counts HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
    ]
    .map(|request| request.repeat(100));
    let pour = async |n: usize| {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        let row = rows[n % 4].as_bytes();
        let mut poured = 0;
        while poured < 32 * MB {
            match timeout(Duration::from_millis(1500), socket.write_all(row)).await {
                Ok(Ok(())) => poured += row.len(),
                _ => break,
            }
        }
        (socket, poured)
    };
    let poured = server.while_others_are_answered(many(80, pour)).await;
    for (n, (_, poured)) in poured.iter().enumerate() {
        assert!(*poured < 32 * MB, "{n}: the server takes requests without end");
    }
}
