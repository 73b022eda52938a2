//! Tests of the client against raw sockets: the bytes of a request, and servers that violate the protocol.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

use std::error::Error as _;
use std::time::{Duration, Instant};

use renumerate::{
    AttemptOutcome, CallOptions, Client, ClientBuilder, Customer, Error, ErrorKind, NetworkPhase,
    RetentionSession, RetentionSessionRequest, TimeoutScope,
};
use renumerate_sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SESSION_RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"id\":\"ret_x\"}";

/// Binds a listener, and returns it with the builder of a client for it.
async fn listen() -> (TcpListener, ClientBuilder) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, Client::builder().private_key("sk_live_planted").base_url(url).max_retries(0))
}

fn request() -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib").unwrap())
}

async fn call(client: &Client) -> Result<RetentionSession, Error> {
    client.create_retention_session(&request()).await
}

/// Reads the head and the body of one request.
async fn read_request(socket: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut bytes = [0; 4096];
        let n = socket.read(&mut bytes).await.unwrap();
        assert!(n > 0, "the client closed the connection after {text:?}");
        text.push_str(std::str::from_utf8(bytes.get(..n).unwrap()).unwrap());
        if text.ends_with("}}") {
            return text;
        }
    }
}

/// Rules: S11, S16
#[tokio::test]
async fn requests_match_the_contract_and_share_a_connection() {
    let (listener, builder) = listen().await;
    let address = listener.local_addr().unwrap();
    let client = builder.app_info("Shop/1.2").build().unwrap();
    let serve = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut requests = Vec::new();
        for _ in 0..2 {
            requests.push(read_request(&mut socket).await);
            socket.write_all(SESSION_RESPONSE.as_bytes()).await.unwrap();
        }
        requests
    };
    let (requests, ()) = tokio::join!(serve, async {
        assert_eq!(call(&client).await.unwrap().id().as_str(), "ret_x");
        assert_eq!(call(&client).await.unwrap().id().as_str(), "ret_x");
    });
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let mut expected = vec![
        "accept: application/json".to_owned(),
        "content-length: 50".to_owned(),
        "content-type: application/json".to_owned(),
        format!("host: {address}"),
        format!("user-agent: renumerate-rust/0.2.0 (core 0.2.0; {platform}) Shop/1.2"),
        "x-brand-key: sk_live_planted".to_owned(),
    ];
    expected.sort();
    for request in requests {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let (line, headers) = head.split_once("\r\n").unwrap();
        let mut headers: Vec<_> = headers.split("\r\n").collect();
        headers.sort_unstable();
        assert_eq!(line, "POST /v1/retention/session HTTP/1.1");
        assert_eq!(headers, expected);
        assert_eq!(body, r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib"}}"#);
    }
}

/// Rules: E9
#[tokio::test]
async fn incomplete_response_is_a_network_error_of_phase_read() {
    for response in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\":\"ret_x\"",
        "SSH-2.0-x\r\n\r\n",
    ] {
        let (listener, builder) = listen().await;
        let client = builder.build().unwrap();
        let serve = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            read_request(&mut socket).await;
            socket.write_all(response.as_bytes()).await.unwrap();
        };
        let (error, ()) = tokio::join!(async { call(&client).await.unwrap_err() }, serve);
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Network, Some(NetworkPhase::Read)),
            "{response:?}"
        );
        // A server that does not speak HTTP will not do so at the next attempt.
        assert_eq!(error.retryable(), !response.starts_with("SSH"), "{response:?}");
        assert!(error.source().is_some());
        assert_eq!(error.attempts().first().unwrap().outcome(), AttemptOutcome::Network(NetworkPhase::Read));
        assert!(error.host().is_some_and(|host| error.to_string().contains(host)), "{error}");
    }
}

/// Rules: E11
#[tokio::test]
async fn error_status_is_reported_if_the_body_is_incomplete() {
    for stalls in [false, true] {
        let (listener, builder) = listen().await;
        let client = builder.attempt_timeout(Duration::from_millis(200)).build().unwrap();
        let serve = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            read_request(&mut socket).await;
            socket
                .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 99\r\n\r\n{\"error\":")
                .await
                .unwrap();
            stalls.then_some(socket)
        };
        let (error, _socket) = tokio::join!(async { call(&client).await.unwrap_err() }, serve);
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::UnexpectedResponse, Some(404)),
            "stalls: {stalls}"
        );
    }
}

/// Rules: S4, E10
#[tokio::test]
async fn attempt_timeout_covers_the_body() {
    let (listener, builder) = listen().await;
    let client = builder.attempt_timeout(Duration::from_millis(200)).build().unwrap();
    let serve = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        read_request(&mut socket).await;
        socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{").await.unwrap();
        socket
    };
    let (error, _socket) = tokio::join!(async { call(&client).await.unwrap_err() }, serve);
    assert_eq!((error.kind(), error.timeout_scope()), (ErrorKind::Timeout, Some(TimeoutScope::Attempt)));
}

/// Rules: S5, E10
#[tokio::test]
async fn stalled_tls_handshake_is_a_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder()
        .private_key("sk_live_planted")
        .base_url(format!("https://{}", listener.local_addr().unwrap()))
        .connect_timeout(Duration::from_millis(350))
        .max_retries(0)
        .build()
        .unwrap();
    let started = Instant::now();
    let error = call(&client).await.unwrap_err();
    assert!(started.elapsed() >= Duration::from_millis(350));
    assert_eq!(
        (error.kind(), error.timeout_scope()),
        (ErrorKind::Timeout, Some(TimeoutScope::Connect)),
        "{error}"
    );
}

/// Rules: E12, R2
#[tokio::test]
async fn dropped_call_closes_its_connection() {
    let (listener, builder) = listen().await;
    let client = builder.build().unwrap();
    let call = tokio::spawn(async move { call(&client).await.map(|_| ()) });
    let (mut socket, _) = listener.accept().await.unwrap();
    read_request(&mut socket).await;
    call.abort();
    assert_eq!(socket.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

/// Rules: E1
#[test]
fn call_outside_a_runtime_returns_an_error() {
    let client = Client::new("sk_live_planted").unwrap();
    let mut call = std::pin::pin!(call(&client));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = call.as_mut().poll(&mut context) else {
        panic!("the call is pending")
    };
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

/// Rules: S11
#[tokio::test]
async fn concurrent_calls_do_not_reuse_closed_connections() {
    let sandbox = tokio::task::spawn_blocking(|| {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start()).unwrap();
        (runtime, sandbox)
    });
    let (runtime, sandbox) = sandbox.await.unwrap();
    let client =
        Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url()).build().unwrap();
    let request = RetentionSessionRequest::new(Customer::by_id("cus_closes_idle").unwrap());
    for _ in 0..5 {
        let calls = tokio::join!(
            client.create_retention_session(&request),
            client.create_retention_session(&request)
        );
        let attempts = [calls.0, calls.1].map(|session| session.unwrap().attempts().len());
        assert_eq!(attempts, [1, 1]);
        // Block this thread, so that its runtime does not notice that the connections are closed.
        while !sandbox.requests().iter().all(|record| record.closed) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    drop(sandbox);
    runtime.shutdown_background();
}

#[test]
fn clients_and_calls_are_send() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::new("sk_live_planted").unwrap();
    assert_shared(&client);
    assert_send(&client.create_retention_session(&request()));
    assert_shared(&request());
}

/// Rules: S14, X1
#[tokio::test]
async fn proxy_receives_a_tunnel_request_without_the_key() {
    for rejection in ["", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"] {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::builder()
            .private_key("sk_live_planted")
            .base_url("https://made-up.example")
            .max_retries(0)
            .proxy(format!("http://user:planted-password@{}", proxy.local_addr().unwrap()))
            .build()
            .unwrap();
        let serve = async {
            let (mut socket, _) = proxy.accept().await.unwrap();
            let mut bytes = [0; 4096];
            let n = socket.read(&mut bytes).await.unwrap();
            socket.write_all(rejection.as_bytes()).await.unwrap();
            String::from_utf8(bytes.get(..n).unwrap().to_vec()).unwrap()
        };
        let (error, request) = tokio::join!(async { call(&client).await.unwrap_err() }, serve);
        assert!(request.starts_with("CONNECT made-up.example:443 HTTP/1.1\r\n"), "{request}");
        assert!(
            request.to_lowercase().contains("proxy-authorization: basic ") && !request.contains("planted"),
            "{request}"
        );
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Network, Some(NetworkPhase::Connect)),
            "{error}"
        );
        assert!(!format!("{error} {error:?} {client:?}").contains("planted"), "{error:?}");
        // A closed connection is retryable, but rejected credentials are not.
        assert_eq!(
            (error.retryable(), error.to_string().contains("correct the user and password in proxy")),
            (rejection.is_empty(), !rejection.is_empty())
        );
    }
}

/// Rules: S14
#[tokio::test]
async fn tunnel_to_an_ipv6_address_has_brackets() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder()
        .private_key("sk_live_planted")
        .base_url("https://[2001:db8::1]")
        .max_retries(0)
        .proxy(format!("http://{}", proxy.local_addr().unwrap()))
        .build()
        .unwrap();
    let serve = async {
        let (mut socket, _) = proxy.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            assert!(socket.read_buf(&mut request).await.unwrap() > 0);
        }
        socket.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        String::from_utf8(request).unwrap()
    };
    let (error, request) = tokio::join!(async { call(&client).await.unwrap_err() }, serve);
    assert!(request.starts_with("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"), "{request}");
    assert_eq!(error.phase(), Some(NetworkPhase::Connect), "{error}");
}

/// Rules: S3, S6
#[tokio::test]
async fn invalid_call_options_are_rejected() {
    let (_listener, builder) = listen().await;
    let client = builder.build().unwrap();
    let zero = CallOptions::new().timeout(Duration::ZERO);
    let many = CallOptions::new().max_retries(11);
    for (options, field) in [(zero, "timeout"), (many, "max_retries")] {
        let error = client.create_retention_session_with(&request(), &options).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)));
    }
}

/// Rules: S11
#[cfg(target_os = "linux")]
#[tokio::test]
async fn idle_connection_has_tcp_keep_alive() {
    let (listener, builder) = listen().await;
    let client = builder.build().unwrap();
    let serve = async {
        let (mut socket, peer) = listener.accept().await.unwrap();
        read_request(&mut socket).await;
        socket.write_all(SESSION_RESPONSE.as_bytes()).await.unwrap();
        (socket, peer)
    };
    let ((_socket, peer), session) = tokio::join!(serve, call(&client));
    session.unwrap();
    let address = |port: u16| format!("0100007F:{port:04X}");
    // Compare both addresses: an earlier connection to another server may have had the same client port.
    let addresses = [address(peer.port()), address(listener.local_addr().unwrap().port())];
    let deadline = Instant::now() + Duration::from_secs(4);
    loop {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let line = table.lines().find(|line| line.split_whitespace().skip(1).take(2).eq(&addresses)).unwrap();
        // Kind 2 is the keep-alive timer, or a delayed acknowledgement of at most 0.2 s. The unit is 0.01 s.
        let timer = line.split_whitespace().nth(5).and_then(|timer| timer.strip_prefix("02:"));
        let left = timer.map_or(0, |left| u64::from_str_radix(left, 16).unwrap());
        if left > 20 {
            assert!((1000..=1500).contains(&left), "the keep-alive time is not 15 s: {line}");
            return;
        }
        assert!(Instant::now() < deadline, "the keep-alive timer is not running: {line}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
