//! Test of the log events of a call. It is the only test in its process, because the subscriber is global.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use renumerate::{Client, Customer, SubscriptionSessionRequest};
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

/// Rules: S18
#[tokio::test]
async fn each_attempt_is_logged_without_secrets() {
    let lines = Lines::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .init();
    let sandbox = Sandbox::builder().private_key("sk_live_planted").start().await.unwrap();
    let client = Client::builder().private_key("sk_live_planted").base_url(sandbox.url()).build().unwrap();
    let customer = Customer::by_id_and_email("cus_42", "john.doe@example.com").unwrap();
    let session =
        client.create_subscription_session(&SubscriptionSessionRequest::new(customer)).await.unwrap();
    let missing = SubscriptionSessionRequest::new(Customer::by_id("cus_not_found").unwrap());
    client.create_subscription_session(&missing).await.unwrap_err();
    let unreachable =
        Client::builder().private_key("sk_live_planted").base_url("http://127.0.0.1:1").build().unwrap();
    unreachable.create_subscription_session(&missing).await.unwrap_err();

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let events: Vec<_> = text.lines().filter(|line| line.contains(" renumerate: ")).collect();
    assert!(
        events.iter().all(|line| line.contains("create_session{endpoint=\"subscription\"}")),
        "{events:#?}"
    );
    let expected: [&[&str]; 7] = [
        &["TRACE", "tried to connect", "connected=true"],
        &["DEBUG", "answered", "attempt=1", "status=200", "elapsed_ms="],
        &["DEBUG", "answered", "attempt=1", "status=404", "elapsed_ms="],
        &["TRACE", "tried to connect", "connected=false"],
        &["DEBUG", "the network failed", "attempt=1", "phase=\"connect\"", "elapsed_ms="],
        &["DEBUG", "trying again", "wait_ms="],
        &["TRACE", "tried to connect"],
    ];
    for (line, parts) in events.iter().zip(expected) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line} does not contain {parts:?}");
    }
    assert_eq!(events.iter().filter(|line| line.contains("attempt=3")).count(), 1, "{events:#?}");
    for secret in ["planted", session.id().as_str(), "john.doe", "cus_42"] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
