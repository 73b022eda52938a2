//! Tests that no call exceeds its timeout.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::time::{Duration, Instant};

use renumerate::{Client, ClientBuilder, Customer, Error, RetentionSession, RetentionSessionRequest};
use renumerate_sandbox::{CaseFile, Sandbox};
use serde_json::json;

const TIMEOUT: Duration = Duration::from_millis(700);
/// Tolerance for a loaded machine. A call without a timeout would take ten attempts of ten seconds.
const TOLERANCE: Duration = Duration::from_secs(5);

/// Customer ids with scripted responses, named after the fault.
const CUSTOMERS: [&str; 21] = [
    "cus_not_found",
    "cus_server_error",
    "cus_rate_limited",
    "cus_slow",
    "cus_unstable",
    "cus_html",
    "cus_html_200",
    "cus_stall",
    "cus_stall_in_body",
    "cus_slow_drip",
    "cus_reset",
    "cus_close",
    "cus_reset_in_body",
    "cus_truncated",
    "cus_redirect",
    "cus_wrong_prefix",
    "cus_no_id",
    "cus_bad_json",
    "cus_too_long",
    "cus_gzip",
    "cus_slow_to_redact",
];

/// Maximum length of a response body that the client reads.
const BODY_MAX_BYTES: usize = 1024 * 1024;

/// Texts that take quadratic time to redact if the search scans to the end of the text at each position.
fn slow_to_redact() -> Vec<String> {
    let short = [r"\", r"\/", r"\u00", "&", "&amp;", "%", "%25"].map(str::to_owned);
    let long = [("&", "amp;"), ("&#", "0"), ("%", "25")];
    let long = long.map(|(begin, more)| format!("{begin}{}", more.repeat(16 * 1024 / more.len())));
    short.into_iter().chain(long).collect()
}

/// Starts a sandbox with an additional customer, whose response is slow to redact.
async fn start_sandbox() -> Sandbox {
    let case = json!({"cases": [{
        "name": "slow_to_redact",
        "when": {"customer_id": "cus_slow_to_redact"},
        "exchanges": [{"answer": {
            "headers": {"content-type": "&".repeat(30_000), "x-request-id": "&".repeat(30_000)},
            "text": "&%25\\u", "repeat": 100_000,
        }}],
    }]});
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.add_cases(CaseFile::parse(&case.to_string()).unwrap().cases);
    sandbox
}

fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder()
        .private_key(sandbox.private_key())
        .base_url(sandbox.url())
        .timeout(TIMEOUT)
        .max_retries(10)
}

fn request(customer: &str) -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id(customer).unwrap())
}

fn check_result(customer: &str, elapsed: Duration, result: &Result<RetentionSession, Error>) {
    assert!(elapsed < TIMEOUT + TOLERANCE, "{customer} took {elapsed:?}: {result:?}");
    // Only this customer can get a session, if there is enough time for the second attempt.
    assert!(result.is_err() || customer == "cus_unstable", "{customer}: {result:?}");
}

/// Rules: S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn async_calls_end_at_their_timeout() {
    let sandbox = start_sandbox().await;
    let client = builder(&sandbox).build().unwrap();
    let calls = CUSTOMERS.map(|customer| {
        let client = client.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            let result = client.create_retention_session(&request(customer)).await;
            check_result(customer, started.elapsed(), &result);
        })
    });
    for call in calls {
        call.await.unwrap();
    }
}

/// Rules: S3
#[test]
fn blocking_calls_end_at_their_timeout() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sandbox = runtime.block_on(start_sandbox());
    let client = builder(&sandbox).blocking().build().unwrap();
    std::thread::scope(|scope| {
        for customer in CUSTOMERS {
            let client = client.clone();
            scope.spawn(move || {
                let started = Instant::now();
                let result = client.create_retention_session(&request(customer));
                check_result(customer, started.elapsed(), &result);
            });
        }
    });
}

/// Rules: S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redaction_of_long_responses_is_fast() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(&sandbox).build().unwrap();
    for (number, text) in slow_to_redact().iter().enumerate() {
        let customer = format!("cus_{number}");
        let case = json!({"cases": [{
            "name": customer,
            "when": {"customer_id": customer},
            "exchanges": [{"answer": {"status": 404, "text": text, "repeat": BODY_MAX_BYTES / text.len()}}],
        }]});
        sandbox.add_cases(CaseFile::parse(&case.to_string()).unwrap().cases);
        let started = Instant::now();
        let result = client.create_retention_session(&request(&customer)).await;
        check_result(&text.chars().take(8).collect::<String>(), started.elapsed(), &result);
    }
}
