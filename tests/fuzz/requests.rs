//! The sandbox's connections: whatever comes, each answer is whole HTTP, and who hangs up is let go.

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
];

/// Longer than any delay of the sandbox's own scripts, on a clock that stands still while anything can go on.
const LONG: Duration = Duration::from_secs(3600);

#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let answers = runtime.expect("a runtime").block_on(converse(input));
        // The body of an answer to HEAD is left out, and who asked what is not known here.
        if !holds(input, "HEAD") {
            check(&answers, input);
        }
    });
}

fn holds(input: &[u8], word: &str) -> bool {
    input.windows(word.len()).any(|piece| piece == word.as_bytes())
}

/// Sends the input, and reads until nothing more can come; hangs up then, and waits for the other side to do so too.
async fn converse(input: &[u8]) -> Vec<u8> {
    let handler = Handler::new().expect("the sandbox's own scripts");
    let (ours, theirs) = duplex(64 * 1024);
    let (mut from, mut to) = tokio::io::split(ours);
    let talk = async move {
        let mut answers = Vec::new();
        let write = async {
            // A connection may be over before all of it is sent.
            let _sent = to.write_all(input).await;
        };
        let read = async {
            let mut piece = [0; 4096];
            while let Ok(Ok(read @ 1..)) = timeout(LONG, from.read(&mut piece)).await {
                answers.extend_from_slice(&piece[..read]);
            }
        };
        let (_sent_in_time, ()) = tokio::join!(timeout(LONG, write), read);
        answers
    };
    let serve = timeout(4 * LONG, handler.answer(theirs));
    let (answers, served) = tokio::join!(talk, serve);
    // Behind an answer that a script holds back more requests may wait load_errors, and so may the end of the stream.
    let held_back = ["stall", "delay_ms"].iter().any(|word| holds(input, word));
    assert!(served.is_ok() || held_back, "the connection outlives its peer");
    answers
}

/// Each answer has a head that can be read and a body of the length that it states; a fault may cut the last one short.
fn check(mut answers: &[u8], input: &[u8]) {
    while !answers.is_empty() {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        let Ok(httparse::Status::Complete(length)) = head.parse(answers) else {
            panic!("no head: {:?} to {:?}", String::from_utf8_lossy(answers), String::from_utf8_lossy(input));
        };
        let status = head.code.expect("a status");
        assert!((100..=999).contains(&status));
        let header = |name: &str| {
            let mut values = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
            let value = values.next().map(|header| String::from_utf8_lossy(header.value).into_owned());
            assert!(values.next().is_none(), "{name} comes twice");
            value
        };
        let (stated, coding) = (header("content-length"), header("transfer-encoding"));
        assert!(stated.is_none() || coding.is_none(), "two ways to tell the body's end");
        let body = &answers[length..];
        answers = match (status, stated, coding) {
            (100..=199 | 204 | 304, _, None) => body,
            (_, Some(stated), None) => {
                let stated: usize = stated.parse().expect("a length");
                body.get(stated..).unwrap_or_default()
            }
            // A coding, or the end of the connection, bounds the body: what follows it cannot be told.
            _ => return,
        };
    }
}
