//! Tests of the blocking client: threads, connections, runtimes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::collections::HashSet;
use std::time::{Duration, Instant};

use renumerate::{CallOptions, Customer, RetentionSessionRequest, blocking};
use renumerate_sandbox::Sandbox;
use tokio::runtime::Runtime;

/// Starts a sandbox on its own runtime, and returns a client of it.
fn start_sandbox() -> (Runtime, Sandbox, blocking::Client) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let client = blocking::Client::builder()
        .private_key(sandbox.private_key())
        .base_url(sandbox.url())
        .build()
        .unwrap();
    (runtime, sandbox, client)
}

fn request(customer_id: &str) -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id(customer_id).unwrap())
}

fn connections(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().map(|record| record.connection).collect::<HashSet<_>>().len()
}

fn wait_until(condition: &str, is_true: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_true() {
        assert!(Instant::now() < deadline, "timed out waiting: {condition}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn threads_open_at_most_one_connection_each() {
    let (_runtime, sandbox, client) = start_sandbox();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let client = client.clone();
            scope.spawn(move || {
                for _ in 0..1000 / 16 + usize::from(thread < 1000 % 16) {
                    assert_eq!(
                        client.create_retention_session(&request("cus_1")).unwrap().attempts().len(),
                        1
                    );
                }
            });
        }
    });
    assert_eq!(sandbox.requests().len(), 1000);
    assert!(connections(&sandbox) <= 16, "{} connections", connections(&sandbox));
}

#[test]
fn short_lived_threads_share_connections() {
    let (_runtime, sandbox, client) = start_sandbox();
    for _ in 0..100 {
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| client.create_retention_session(&request("cus_1")).unwrap());
            }
        });
    }
    assert_eq!(sandbox.requests().len(), 500);
    assert!(connections(&sandbox) <= 5, "{} connections for 500 threads", connections(&sandbox));
}

/// Rules: S11
#[test]
fn connection_closed_by_the_server_is_not_reused() {
    let (_runtime, sandbox, client) = start_sandbox();
    for call in 1..=20 {
        let session = client.create_retention_session(&request("cus_closes_idle")).unwrap();
        assert_eq!(session.attempts().len(), 1, "call {call}: {:?}", session.attempts());
        wait_until("the connection is closed", || sandbox.requests().iter().all(|record| record.closed));
    }
    assert_eq!(connections(&sandbox), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking_client_works_inside_a_runtime() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = blocking::Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
    let client = client.build().unwrap();
    assert!(client.create_retention_session(&request("cus_1")).is_ok());
    let clone = client.clone();
    let on_blocking_thread =
        tokio::task::spawn_blocking(move || clone.create_retention_session(&request("cus_1")));
    assert!(on_blocking_thread.await.unwrap().is_ok());
    drop(client); // drops its runtimes inside this one
}

/// Rules: X1
#[test]
fn debug_output_shows_the_url_but_not_the_key() {
    let (_runtime, sandbox, client) = start_sandbox();
    let output = format!("{client:?}");
    assert!(output.contains(sandbox.url()) && !output.contains(sandbox.private_key()), "{output}");
}

#[test]
fn dropping_the_client_closes_idle_connections() {
    let (_runtime, sandbox, client) = start_sandbox();
    client.create_retention_session(&request("cus_1")).unwrap();
    assert!(sandbox.requests().iter().all(|record| !record.closed));
    drop(client);
    wait_until("the connections are closed", || sandbox.requests().iter().all(|record| record.closed));
}

#[test]
fn timed_out_call_closes_its_connection() {
    let (_runtime, sandbox, client) = start_sandbox();
    for customer in ["cus_stall", "cus_stall_in_body"] {
        let options = CallOptions::new().timeout(Duration::from_millis(200));
        let error = client.create_retention_session_with(&request(customer), &options).unwrap_err();
        assert_eq!(error.code(), "timeout");
        wait_until("the connection is closed", || sandbox.requests().iter().all(|record| record.closed));
    }
}
