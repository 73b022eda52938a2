//! Speed beside peers, in one run: rounds are interleaved, so that a machine whose speed drifts drifts for all.
//! Medians and ratios are what to quote; the server counts what came, so that nobody is quick by not calling.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark is a script"
)]

mod server;

use std::hint::black_box;
use std::time::{Duration, Instant};

use renumerate::{Client, Customer, RetentionSessionRequest};
use server::Server;

const ROUNDS: usize = 7;
const CALLS: usize = 2_000;
const KEY: &str = "sk_sandbox_bench";

fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap(); // reqwest by itself brings none
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!(
        "{ROUNDS} interleaved rounds of {CALLS} calls over loopback; the server has a thread of its own"
    );
    println!("{:<34}{:>14}{:>14}{:>10}{:>12}", "", "renumerate", "reqwest", "ratio", "requests");
    for at_once in [1, 16] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let client = client(&server.url);
        let bare = bare_client();
        let before = server.count();
        for _ in 0..ROUNDS {
            ours.push(timed(|| runtime.block_on(at_a_time(at_once, async || call(&client).await))));
            theirs.push(timed(|| {
                runtime.block_on(at_a_time(at_once, async || bare_call(&bare, &server.url).await));
            }));
        }
        let per_call = |times| median(times) / u32::try_from(CALLS).unwrap();
        row(&format!("a call, {at_once} at once"), per_call(ours), per_call(theirs), server.count() - before);
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        ours.push(timed(|| drop(black_box(client(&server.url)))));
        theirs.push(timed(|| drop(black_box(bare_client()))));
    }
    row("a client made and dropped", median(ours), median(theirs), 0);
}

fn row(what: &str, ours: Duration, theirs: Duration, requests: usize) {
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "{what:<34}{:>14}{:>14}{ratio:>10.2}{requests:>12}",
        format!("{ours:.1?}"),
        format!("{theirs:.1?}")
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    *times.get(times.len() / 2).unwrap()
}

/// All calls of a round, so many at once.
async fn at_a_time(at_once: usize, call: impl AsyncFn()) {
    let lanes = (0..at_once).map(|_| async {
        for _ in 0..CALLS / at_once {
            call().await;
        }
    });
    let mut lanes: Vec<_> = lanes.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        lanes.retain_mut(|lane| lane.as_mut().poll(context).is_pending());
        if lanes.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

fn client(url: &str) -> Client {
    Client::builder().private_key(KEY).base_url(url).build().unwrap()
}

async fn call(client: &Client) {
    let request = RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib").unwrap());
    black_box(client.create_retention_session(&request).await.unwrap());
}

/// The least that somebody would write by hand with the same library.
fn bare_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(25)).build().unwrap()
}

async fn bare_call(client: &reqwest::Client, url: &str) {
    let answer = client
        .post(format!("{url}/v1/retention/session"))
        .header("x-brand-key", KEY)
        .header("content-type", "application/json")
        .body(r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib"}}"#)
        .send()
        .await
        .unwrap();
    black_box(answer.bytes().await.unwrap());
}
