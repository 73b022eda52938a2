//! Tests of the connections of a client: several runtimes, and the limit of calls.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::time::Duration;

use renumerate::{Client, Customer, Error, ErrorKind, RetentionSessionRequest, TimeoutScope, blocking};
use renumerate_sandbox::Sandbox;
use tokio::runtime::{Builder, Runtime};

/// Starts a sandbox on a runtime of its own.
fn start_sandbox() -> (Runtime, Sandbox) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    (runtime, sandbox)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn request(customer_id: &str) -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id(customer_id).unwrap())
}

/// A client in a `static`, and a runtime per test, is how many test programs use a client.
///
/// Rules: S11
#[test]
fn one_client_works_on_two_hundred_runtimes() {
    let (_runtime, sandbox) = start_sandbox();
    let client = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
    let client = client.max_retries(0).build().unwrap();
    for _ in 0..200 {
        let runtime = runtime();
        let session = runtime.block_on(client.create_retention_session(&request("cus_1"))).unwrap();
        assert_eq!(session.attempts().len(), 1);
    }
}

/// The runtimes are driven in turn, so a connection of the other runtime would not respond.
///
/// Rules: S11
#[test]
fn one_client_works_on_two_runtimes_in_turn() {
    let (_runtime, sandbox) = start_sandbox();
    let client = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
    let client = client.max_retries(0).build().unwrap();
    let runtimes = [runtime(), runtime()];
    for _ in 0..10 {
        for runtime in &runtimes {
            runtime.block_on(client.create_retention_session(&request("cus_1"))).unwrap();
        }
    }
    let mut connections: Vec<_> = sandbox.requests().iter().map(|record| record.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    assert_eq!(connections.len(), 2);
}

fn assert_waited_too_long(error: &Error, sandbox: &Sandbox) {
    assert_eq!((error.kind(), error.timeout_scope()), (ErrorKind::Timeout, Some(TimeoutScope::Total)));
    assert!(error.retryable() && error.attempts().is_empty(), "{error:?}");
    let text = format!(
        "no complete response from {} (base_url) within the timeout of 0.3 s; max_connections is 1, and all were in use; \
         raise it, or make fewer calls at once",
        sandbox.address()
    );
    assert_eq!(error.to_string(), text);
}

/// Rules: S20, E10
#[test]
fn call_that_waits_too_long_for_a_connection_names_the_limit() {
    let (sandbox_runtime, sandbox) = start_sandbox();
    let builder = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url());
    let builder = builder.max_connections(1).timeout(Duration::from_millis(300));
    let (client, blocking) = (builder.clone().build().unwrap(), builder.blocking().build().unwrap());
    let long = renumerate::CallOptions::new().timeout(Duration::from_secs(20));

    let (first, options) = (client.clone(), long.clone());
    let stalled = sandbox_runtime
        .spawn(async move { first.create_retention_session_with(&request("cus_stall"), &options).await });
    wait_for_requests(&sandbox, 1);
    assert_waited_too_long(
        &runtime().block_on(client.create_retention_session(&request("cus_1"))).unwrap_err(),
        &sandbox,
    );
    // An aborted call frees its slot.
    stalled.abort();
    assert!(sandbox_runtime.block_on(stalled).unwrap_err().is_cancelled());
    runtime().block_on(client.create_retention_session_with(&request("cus_1"), &long)).unwrap();

    blocking_calls_wait(&sandbox, &blocking, &long);
}

fn blocking_calls_wait(sandbox: &Sandbox, client: &blocking::Client, long: &renumerate::CallOptions) {
    let before = sandbox.requests().len();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| client.create_retention_session_with(&request("cus_slow"), long));
        wait_for_requests(sandbox, before + 1);
        let waiting: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| client.create_retention_session_with(&request("cus_1"), long)))
            .collect();
        assert_waited_too_long(&client.create_retention_session(&request("cus_1")).unwrap_err(), sandbox);
        assert_eq!(sandbox.requests().len(), before + 1, "a waiting call sent a request");
        slow.join().unwrap().unwrap();
        for call in waiting {
            call.join().unwrap().unwrap();
        }
    });
}

fn wait_for_requests(sandbox: &Sandbox, count: usize) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while sandbox.requests().len() < count {
        assert!(std::time::Instant::now() < deadline, "no request came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Without descriptors for a further runtime, a call waits for that of another call. The test runs itself again in a
/// process with 64 descriptors. A call needs four, so 100 calls at once would need 400.
///
/// Rules: E9, S20
#[cfg(target_os = "linux")]
#[test]
fn blocking_calls_share_the_descriptors_that_are_left() {
    const NAME: &str = "blocking_calls_share_the_descriptors_that_are_left";
    /// A second filter, which matches no test and marks the process.
    const CHILD: &str = "with_few_descriptors";
    if std::env::args().any(|argument| argument == CHILD) {
        return make_calls_from_two_hundred_threads();
    }
    let (_runtime, sandbox) = start_sandbox();
    let output = std::process::Command::new("bash")
        .args(["-c", "ulimit -n 64 && exec \"$0\" --exact \"$1\" \"$2\""])
        .arg(std::env::current_exe().unwrap())
        .args([NAME, CHILD])
        .envs([("RENUMERATE_BASE_URL", sandbox.url()), ("RENUMERATE_PRIVATE_KEY", sandbox.private_key())])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(sandbox.requests().len(), 200);
}

#[cfg(target_os = "linux")]
fn make_calls_from_two_hundred_threads() {
    let client = blocking::Client::from_env().unwrap();
    std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..200).map(|_| scope.spawn(|| client.create_retention_session(&request("cus_1")))).collect();
        for call in calls {
            call.join().unwrap().unwrap();
        }
    });
}
