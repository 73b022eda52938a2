//! No call outlasts its timeout, whatever the server does.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::time::{Duration, Instant};

use renumerate::{Client, ClientBuilder, Customer, Error, RetentionSession, RetentionSessionRequest};
use renumerate_sandbox::{CaseFile, Sandbox};
use serde_json::json;

const TIMEOUT: Duration = Duration::from_millis(700);
/// For a busy machine. A call that ignored its timeout would take ten attempts of ten seconds.
const GRACE: Duration = Duration::from_secs(5);

/// The sandbox's customers, whose names say what goes wrong.
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
    "cus_hard_to_mask",
];

/// The most that is read of an answer.
const LONG: usize = 1024 * 1024;

/// What a careless search would read to its end from each of its places.
fn hard_to_mask() -> Vec<String> {
    let short = [r"\", r"\/", r"\u00", "&", "&amp;", "%", "%25"].map(str::to_owned);
    let long = [("&", "amp;"), ("&#", "0"), ("%", "25")];
    let long = long.map(|(begin, more)| format!("{begin}{}", more.repeat(16 * 1024 / more.len())));
    short.into_iter().chain(long).collect()
}

/// A sandbox with a customer more: an answer that is hard work for a careless search of secrets.
async fn sandbox() -> Sandbox {
    let hard = json!({"cases": [{
        "name": "hard_to_mask",
        "when": {"customer_id": "cus_hard_to_mask"},
        "exchanges": [{"answer": {
            "headers": {"content-type": "&".repeat(30_000), "x-request-id": "&".repeat(30_000)},
            "text": "&%25\\u", "repeat": 100_000,
        }}],
    }]});
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.add_cases(CaseFile::parse(&hard.to_string()).unwrap().cases);
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

fn judge(customer: &str, elapsed: Duration, done: &Result<RetentionSession, Error>) {
    assert!(elapsed < TIMEOUT + GRACE, "{customer} took {elapsed:?}: {done:?}");
    // 503 and then a session: the only one of them that can end well.
    assert_eq!(done.is_ok(), customer == "cus_unstable", "{customer}: {done:?}");
}

/// Rules: S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_async_call_outlasts_its_timeout() {
    let sandbox = sandbox().await;
    let client = builder(&sandbox).build().unwrap();
    let calls = CUSTOMERS.map(|customer| {
        let client = client.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            let done = client.create_retention_session(&request(customer)).await;
            judge(customer, started.elapsed(), &done);
        })
    });
    for call in calls {
        call.await.unwrap();
    }
}

/// Rules: S3
#[test]
fn no_blocking_call_outlasts_its_timeout() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let sandbox = runtime.block_on(sandbox());
    let client = builder(&sandbox).blocking().build().unwrap();
    std::thread::scope(|scope| {
        for customer in CUSTOMERS {
            let client = client.clone();
            scope.spawn(move || {
                let started = Instant::now();
                let done = client.create_retention_session(&request(customer));
                judge(customer, started.elapsed(), &done);
            });
        }
    });
}

/// Rules: S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_slow_to_mask() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(&sandbox).build().unwrap();
    for (number, text) in hard_to_mask().iter().enumerate() {
        let customer = format!("cus_{number}");
        let case = json!({"cases": [{
            "name": customer,
            "when": {"customer_id": customer},
            "exchanges": [{"answer": {"status": 404, "text": text, "repeat": LONG / text.len()}}],
        }]});
        sandbox.add_cases(CaseFile::parse(&case.to_string()).unwrap().cases);
        let started = Instant::now();
        let done = client.create_retention_session(&request(&customer)).await;
        judge(&text.chars().take(8).collect::<String>(), started.elapsed(), &done);
    }
}
