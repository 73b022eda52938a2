//! Connections of the sandbox: for any input, each response is valid HTTP, and a closed connection is released.

use std::time::Duration;

use renumerate_sandbox::fuzzing::Handler;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::timeout;

const WORDS: &[&str] = &[
    "POST ",
    "GET ",
    "PUT ",
    "OPTIONS ",
    "/v1/retention/session",
    "/v1/subscription/session",
    "/_sandbox/requests",
    "/_sandbox/cases",
    "/_sandbox/reset",
    "/_sandbox/health",
    "/_sandbox/sessions/",
    "?key=",
    "%",
    "*",
    " HTTP/1.1\r\n",
    " HTTP/1.0\r\n",
    "\r\n",
    "\r\n\r\n",
    "x-brand-key: sk_sandbox_local\r\n",
    "x-brand-key: sk_case_a.1\r\n",
    "content-type: application/json\r\n",
    "content-length: 41\r\n\r\n",
    "content-length: 0\r\n\r\n",
    "transfer-encoding: chunked\r\n\r\n",
    "expect: 100-continue\r\n",
    "connection: close\r\n",
    "upgrade: h2c\r\n",
    "host: a\r\n",
    "{\"retention\":{\"customer_id\":\"cus_slow\"}}  ",
    "{\"retention\":{\"customer_id\":\"",
    "{\"subscription\":{\"customer_id\":\"",
    "cus_1",
    "cus_stall",
    "cus_reset",
    "cus_html",
    "cus_gzip",
    "cus_closes_idle",
    "cus_slow_drip",
    "\"}}",
    "1e\r\n",
    "0\r\n\r\n",
    "{\"cases\":[{\"name\":\"a\",\"exchanges\":[{\"answer\":{",
    "\"repeat\":",
    "\"status\":",
    "\"text\":\"x\"",
    "\"mint\":true",
    "\"headers\":{\"",
    "content-length",
    "transfer-encoding",
    "connection",
    "\":\"",
    "}}]}]}",
    "9",
    "\u{0}",
    // The corpus refers to words by their index, so new words are added at the end.
    "/v1/session/exchange",
    "{\"handshakeToken\":\"",
];

/// Longer than any delay of the sandbox's default scripts. The clock is paused, and advances only when all tasks are
/// idle.
const LONG_TIMEOUT: Duration = Duration::from_secs(3600);

#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let responses = runtime.expect("cannot create a runtime").block_on(send_and_receive(input));
        // A response to HEAD has no body, and this test does not assign responses to requests.
        if !contains(input, "HEAD") {
            check(&responses, input);
        }
    });
}

fn contains(input: &[u8], word: &str) -> bool {
    input.windows(word.len()).any(|piece| piece == word.as_bytes())
}

/// Sends the input and returns all received bytes. Then closes the connection, and waits until the sandbox closes it.
async fn send_and_receive(input: &[u8]) -> Vec<u8> {
    let handler = Handler::new().expect("invalid default scripts");
    let (client, server) = duplex(64 * 1024);
    let (mut reader, mut writer) = tokio::io::split(client);
    let send = async move {
        let mut received = Vec::new();
        let write = async {
            // The sandbox may close the connection before the whole input is sent.
            let _sent = writer.write_all(input).await;
        };
        let read = async {
            let mut chunk = [0; 4096];
            while let Ok(Ok(length @ 1..)) = timeout(LONG_TIMEOUT, reader.read(&mut chunk)).await {
                received.extend_from_slice(&chunk[..length]);
            }
        };
        let (_sent_in_time, ()) = tokio::join!(timeout(LONG_TIMEOUT, write), read);
        received
    };
    let serve = timeout(4 * LONG_TIMEOUT, handler.answer(server));
    let (received, service) = tokio::join!(send, serve);
    // While a script delays a response, the sandbox reads neither further requests nor the end of the stream.
    let is_delayed = ["stall", "delay_ms"].iter().any(|word| contains(input, word));
    assert!(service.is_ok() || is_delayed, "the sandbox did not close the connection");
    received
}

/// Checks that each response has a valid head and a body of the declared length. A fault may truncate the last
/// response.
fn check(mut responses: &[u8], input: &[u8]) {
    while !responses.is_empty() {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        let Ok(httparse::Status::Complete(head_length)) = head.parse(responses) else {
            panic!(
                "invalid head: {:?} to {:?}",
                String::from_utf8_lossy(responses),
                String::from_utf8_lossy(input)
            );
        };
        let status = head.code.expect("head without a status");
        assert!((100..=999).contains(&status));
        let header = |name: &str| {
            let mut values = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
            let value = values.next().map(|header| String::from_utf8_lossy(header.value).into_owned());
            assert!(values.next().is_none(), "repeated header: {name}");
            value
        };
        let (length, coding) = (header("content-length"), header("transfer-encoding"));
        assert!(length.is_none() || coding.is_none(), "content-length and transfer-encoding");
        let body = &responses[head_length..];
        responses = match (status, length, coding) {
            (100..=199 | 204 | 304, _, None) => body,
            (_, Some(length), None) => {
                let length: usize = length.parse().expect("invalid content-length");
                body.get(length..).unwrap_or_default()
            }
            // A chunked body, or one without a length. This test does not parse chunks, so the rest is not checked.
            _ => return,
        };
    }
}
