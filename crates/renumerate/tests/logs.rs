//! Test of the log events of a call. It is the only test in its process, because the subscriber is global.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use renumerate::{CallOptions, Client, Customer, HandshakeSigner, SubscriptionSessionRequest, blocking};
use renumerate_sandbox::Sandbox;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    /// Returns the events of the SDK that were logged since the last call of this function.
    fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8(bytes).unwrap();
        text.lines().filter(|line| line.contains(" renumerate: ")).map(str::to_owned).collect()
    }
}

/// Returns the value of a field in a line, without quotes.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("{name}="))?;
    Some(rest.split([' ', '}']).next().unwrap_or(rest).trim_matches('"'))
}

fn client(url: &str) -> Client {
    Client::builder().private_key("sk_live_planted").base_url(url).max_retries(1).build().unwrap()
}

fn request(id: &str) -> SubscriptionSessionRequest {
    SubscriptionSessionRequest::new(Customer::by_id_and_email(id, "john.doe@example.com").unwrap())
}

/// Rules: S18
#[tokio::test]
async fn attempts_and_calls_are_logged_without_secrets() {
    let lines = Lines::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .init();
    check_failed_tokens(&lines);
    let sandbox = Sandbox::builder().private_key("sk_live_planted").start().await.unwrap();
    let client = client(sandbox.url());
    let host = sandbox.address().to_string();

    let session = client.create_subscription_session(&request("cus_42")).await.unwrap();
    let mut secrets = vec!["planted", session.id().as_str(), "john.doe", "cus_42"];
    let mut all = lines.take();
    check_events(
        &all,
        &[
            "TRACE connection attempt ended outcome=success",
            "DEBUG attempt ended attempt=1 outcome=status status=200",
            "DEBUG call succeeded attempt=1 outcome=success",
        ],
    );

    // Concurrent calls can be told apart.
    let (first, second) = (request("cus_1"), request("cus_2"));
    let (first, second) =
        tokio::join!(client.create_subscription_session(&first), client.create_subscription_session(&second));
    let sessions = [first.unwrap(), second.unwrap()];
    secrets.extend(sessions.iter().map(|session| session.id().as_str()));
    let concurrent = lines.take();
    let ids_of = |event: &str| -> Vec<_> {
        let lines = concurrent.iter().filter(|line| line.contains(event));
        lines.map(|line| field(line, "call_id").unwrap().to_owned()).collect()
    };
    let (mut attempts, mut ends) = (ids_of("attempt ended attempt="), ids_of("call succeeded"));
    attempts.sort();
    ends.sort();
    assert!(attempts == ends && attempts.len() == 2 && attempts[0] != attempts[1], "{concurrent:#?}");
    all.extend(concurrent.clone());

    // Each failure logs one record at its end, whose level depends on the kind of the error.
    let slow = CallOptions::new().timeout(Duration::from_millis(300)).max_retries(0);
    let cases = [
        ("cus_not_found", CallOptions::new(), "INFO call failed attempt=1 outcome=not_found status=404"),
        ("cus_server_error", CallOptions::new(), "WARN call failed attempt=2 outcome=server status=500"),
        ("cus_slow", slow, "WARN call failed attempt=1 outcome=timeout limit=total"),
        (
            "cus_1",
            CallOptions::new().max_retries(99),
            "WARN call failed attempt=0 outcome=configuration setting=max_retries",
        ),
    ];
    for (id, options, expected) in cases {
        client.create_subscription_session_with(&request(id), &options).await.unwrap_err();
        let events = lines.take();
        check_events(&events[events.len() - 1..], &[expected]);
        assert_eq!(events.iter().filter(|line| line.contains("call failed")).count(), 1, "{events:#?}");
        all.extend(events);
    }
    let stranger = Client::builder().private_key("sk_live_stranger").base_url(sandbox.url());
    let lost = Client::builder().private_key("sk_live_planted").base_url(format!("{}/lost", sandbox.url()));
    let cases = [
        (stranger, "WARN call failed attempt=1 outcome=authentication status=401"),
        (lost, "WARN call failed attempt=1 outcome=unexpected_response status=404"),
    ];
    for (builder, expected) in cases {
        builder.build().unwrap().create_subscription_session(&request("cus_1")).await.unwrap_err();
        let events = lines.take();
        check_events(&events[events.len() - 1..], &[expected]);
        all.extend(events);
    }

    assert!(all.iter().all(|line| field(line, "host") == Some(&host)), "{all:#?}");
    let unreachable = self::client("http://127.0.0.1:1");
    unreachable.create_subscription_session(&request("cus_1")).await.unwrap_err();
    let events = lines.take();
    check_events(
        &events,
        &[
            "TRACE connection attempt ended outcome=network",
            "DEBUG attempt ended attempt=1 outcome=network phase=connect",
            "DEBUG retrying request attempt=2 wait_ms=",
            "TRACE connection attempt ended outcome=network",
            "DEBUG attempt ended attempt=2 outcome=network phase=connect",
            "WARN call failed attempt=2 outcome=network phase=connect",
        ],
    );
    all.extend(events);

    for line in &all {
        assert_eq!(field(line, "endpoint"), Some("subscription"), "{line}");
        let (process, number) = field(line, "call_id").unwrap().split_once('-').unwrap();
        assert!(process.len() == 8 && number.parse::<u32>().is_ok(), "{line}");
        let has_time = ["retrying request", "connection attempt"].iter().any(|event| line.contains(event));
        assert!(has_time || field(line, "elapsed_ms").is_some(), "{line}");
        for secret in &secrets {
            assert!(!line.contains(secret), "{secret} is in the log");
        }
    }
}

/// Checks the record of each token that clients and a signer cannot create.
fn check_failed_tokens(lines: &Lines) {
    let (client, signer) =
        (client("http://127.0.0.1:1"), HandshakeSigner::new("pk_live_1", "sk_live_planted"));
    let blocking = blocking::Client::builder().private_key("sk_live_planted").build().unwrap();
    client.create_handshake_token("cus_1").unwrap_err();
    client.create_handshake_token("").unwrap_err();
    blocking.create_handshake_token("cus_1").unwrap_err();
    signer.unwrap().create_handshake_token(" planted").unwrap_err();
    let events = lines.take();
    let (without_key, invalid) = (
        "WARN token failed outcome=configuration setting=public_key",
        "INFO token failed outcome=validation",
    );
    check_events(&events, &[without_key, invalid, without_key, invalid]);
    assert!(!events.concat().contains("planted"), "{events:#?}");
}

/// Compares events with the expected level, text and fields. An event may have further fields.
fn check_events(events: &[String], expected: &[&str]) {
    assert_eq!(events.len(), expected.len(), "{events:#?}");
    for (line, expected) in events.iter().zip(expected) {
        let line = line.replace('"', "");
        let (level, rest) = expected.split_once(' ').unwrap();
        let text = rest.split(' ').filter(|word| !word.contains('=')).collect::<Vec<_>>().join(" ");
        assert!(line.contains(&format!(" {level} ")) && line.contains(&text), "{line}: {expected}");
        for field in rest.split(' ').filter(|word| word.contains('=')) {
            assert!(line.contains(field), "{line}: {expected}");
        }
    }
}
