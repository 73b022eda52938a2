//! Makes many calls with random faults. All calls must be accounted for, and memory must not grow.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use renumerate_sandbox::{Counts, Sandbox};
use serde_json::{Value, json};

use crate::flavor::Flavor;
use crate::resources::{self, COLUMNS, MIN_CALLS, PART_LIMIT, Resources};

const PARTS: usize = 10;
const FAULTS: f64 = 0.01;
const CONCURRENCY: usize = 64;

/// One call in this many may time out on a stalled machine before the server has received all of it.
const CALLS_PER_LOST_REQUEST: u64 = 10_000;

/// Makes this many calls with each flavor. Returns whether everything was as expected.
pub(crate) async fn run(flavors: &[&'static Flavor], calls: usize, seed: u64) -> Result<bool, String> {
    println!(
        "{calls} calls, {CONCURRENCY} at a time, {} % faults with the seed {seed}; memory after the second tenth → the last",
        FAULTS * 100.0
    );
    println!("| | calls/s | sessions | errors | attempts = requests | {COLUMNS} |");
    let mut passed = true;
    for flavor in flavors.iter().filter(|flavor| flavor.soaks) {
        let problems = soak(flavor, calls, seed).await?;
        for problem in &problems {
            println!("✗ {}: {problem}", flavor.title);
        }
        passed &= problems.is_empty();
    }
    Ok(passed)
}

/// Outcomes of calls as the driver counts them.
#[derive(Default)]
struct Tally {
    sessions: u64,
    errors: BTreeMap<String, u64>,
    attempts: u64,
    untyped: u64,
}

/// Requests as the server counts them.
struct ServerCounts {
    requests: u64,
    faults: u64,
}

impl Tally {
    fn add(&mut self, reply: &Value) {
        let number = |name: &str| reply.get(name).and_then(Value::as_u64).unwrap_or_default();
        self.sessions += number("sessions");
        self.attempts += number("attempts");
        self.untyped += number("untyped");
        for (code, count) in reply.get("errors").and_then(Value::as_object).into_iter().flatten() {
            *self.errors.entry(code.clone()).or_default() += count.as_u64().unwrap_or_default();
        }
    }

    /// Returns the sums that do not match the number of calls or the server's counts.
    fn problems(&self, calls: u64, counts: &ServerCounts) -> Vec<String> {
        let mut found = Vec::new();
        let mut same = |what: &str, seen: u64, expected: u64| {
            if seen != expected {
                found.push(format!("{what}: {seen}, expected {expected}"));
            }
        };
        same("sessions and errors", self.sessions + self.errors.values().sum::<u64>() + self.untyped, calls);
        same("errors without a type of the SDK", self.untyped, 0);
        let lost = calls.div_ceil(CALLS_PER_LOST_REQUEST);
        for (what, here, there) in [
            ("attempts of the client, and requests at the server", self.attempts, counts.requests),
            (
                "requests without a fault at the server, and sessions of the client",
                counts.requests - counts.faults,
                self.sessions,
            ),
        ] {
            if here < there || here > there + lost {
                found.push(format!("{what}: {here} and {there}"));
            }
        }
        found
    }
}

async fn soak(flavor: &'static Flavor, calls: usize, seed: u64) -> Result<Vec<String>, String> {
    let sandbox = Sandbox::builder().chaos(FAULTS, seed).start().await.map_err(|error| error.to_string())?;
    let mut driver = resources::start(flavor)?;
    let options = json!({
        "private_key": sandbox.private_key(), "base_url": sandbox.url(), "timeout": 20, "attempt_timeout": 2,
    });
    let options = flavor.names.values(&serde_json::from_value::<BTreeMap<String, Value>>(options).unwrap());
    let calls_before = json!({"do": "calls", "count": 4 * CONCURRENCY, "concurrency": CONCURRENCY});
    let before = resources::warm_up(&mut driver, &options, &calls_before).await?;
    let earlier = sandbox.counts();
    driver.open(&options, false).await?;
    let mut tally = Tally::default();
    let mut measured = Vec::new();
    let began = Instant::now();
    let mut calling = Duration::ZERO;
    for part in 0..PARTS {
        let count = calls * (part + 1) / PARTS - calls * part / PARTS;
        let at = Instant::now();
        tally.add(
            &driver
                .request(&json!({"do": "calls", "count": count, "concurrency": CONCURRENCY}), PART_LIMIT)
                .await?,
        );
        calling += at.elapsed();
        if calls >= MIN_CALLS && [1, PARTS - 1].contains(&part) {
            resources::wait_for_idle_connections(&driver, &before).await?;
        }
        measured.push(Resources::of(&mut driver).await?);
        if began.elapsed() > PART_LIMIT {
            return Ok(vec![format!("the calls take more than {PART_LIMIT:?}")]);
        }
    }
    let remaining = resources::close_client(&mut driver, &before).await?;
    let counts = since(&sandbox.counts(), &earlier);
    driver.exit().await?;
    let (Some(second), Some(last)) = (measured.get(1), measured.last()) else {
        return Ok(vec!["no measurements".to_owned()]);
    };
    println!(
        "| {} | {:.0} | {} | {} | {} = {} | {} |",
        flavor.title,
        f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / calling.as_secs_f64(),
        tally.sessions,
        json!(tally.errors),
        tally.attempts,
        counts.requests,
        last.row_since(second)
    );
    let mut problems = tally.problems(calls as u64, &counts);
    problems.extend(last.growth_since(second, calls, 0));
    problems.extend(remaining);
    Ok(problems)
}

/// Returns the counts since an earlier time.
fn since(counts: &Counts, earlier: &Counts) -> ServerCounts {
    let faults = |counts: &Counts| counts.faults.values().sum::<u64>();
    ServerCounts { requests: counts.requests - earlier.requests, faults: faults(counts) - faults(earlier) }
}
