//! The blocking client among threads, and beside a server that closes what it keeps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::collections::HashSet;
use std::time::{Duration, Instant};

use renumerate::{CallOptions, Customer, RetentionSessionRequest, blocking};
use renumerate_sandbox::Sandbox;
use tokio::runtime::Runtime;

/// A sandbox on threads of its own, and a client of it.
fn sandbox() -> (Runtime, Sandbox, blocking::Client) {
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

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let given_up = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < given_up, "it never comes to this: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_thousand_calls_from_sixteen_threads_succeed_over_sixteen_connections_at_most() {
    let (_runtime, sandbox, client) = sandbox();
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
fn threads_that_live_for_one_call_share_connections() {
    let (_runtime, sandbox, client) = sandbox();
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
fn a_connection_that_was_closed_meanwhile_is_never_used() {
    let (_runtime, sandbox, client) = sandbox();
    for call in 1..=20 {
        let session = client.create_retention_session(&request("cus_closes_idle")).unwrap();
        assert_eq!(session.attempts().len(), 1, "call {call}: {:?}", session.attempts());
        wait_until("the sandbox has closed it", || sandbox.requests().iter().all(|record| record.closed));
    }
    assert_eq!(connections(&sandbox), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn within_a_runtime_it_works_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = blocking::Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
    let client = client.build().unwrap();
    assert!(client.create_retention_session(&request("cus_1")).is_ok());
    let moved = client.clone();
    let on_a_blocking_thread =
        tokio::task::spawn_blocking(move || moved.create_retention_session(&request("cus_1")));
    assert!(on_a_blocking_thread.await.unwrap().is_ok());
    drop(client); // its runtimes end within this one
}

/// Rules: X1
#[test]
fn printed_it_shows_where_it_calls_but_not_the_key() {
    let (_runtime, sandbox, client) = sandbox();
    let printed = format!("{client:?}");
    assert!(printed.contains(sandbox.url()) && !printed.contains(sandbox.private_key()), "{printed}");
}

#[test]
fn dropped_it_closes_the_connections_that_it_kept() {
    let (_runtime, sandbox, client) = sandbox();
    client.create_retention_session(&request("cus_1")).unwrap();
    assert!(sandbox.requests().iter().all(|record| !record.closed));
    drop(client);
    wait_until("the connections are closed", || sandbox.requests().iter().all(|record| record.closed));
}

#[test]
fn a_call_that_timed_out_closes_its_connection_at_once() {
    let (_runtime, sandbox, client) = sandbox();
    for customer in ["cus_stall", "cus_stall_in_body"] {
        let options = CallOptions::new().timeout(Duration::from_millis(200));
        let error = client.create_retention_session_with(&request(customer), &options).unwrap_err();
        assert_eq!(error.code(), "timeout");
        wait_until("the connection is closed", || sandbox.requests().iter().all(|record| record.closed));
    }
}
