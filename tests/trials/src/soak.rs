//! Many calls with random faults: each is accounted for, and memory stays as it is.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use renumerate_sandbox::{Counts, Sandbox};
use serde_json::{Value, json};

use crate::endurance::{self, COLUMNS, ENOUGH, Held, PART_WITHIN};
use crate::faces::Face;

const PARTS: usize = 10;
const FAULTS: f64 = 0.01;
const AT_ONCE: usize = 64;

/// A call in so many may end by its own limit, on a machine that stands still, before the server has seen it whole.
const UNSEEN: u64 = 10_000;

/// Makes so many calls with each face, one after the other, and says whether all went well.
pub(crate) async fn run(faces: &[&'static Face], calls: usize, seed: u64) -> Result<bool, String> {
    println!(
        "{calls} calls, {AT_ONCE} at once, {} % faults by the seed {seed}; memory after the second tenth → the last",
        FAULTS * 100.0
    );
    println!("| | calls/s | sessions | errors | attempts = requests | {COLUMNS} |");
    let mut good = true;
    for face in faces {
        let problems = one(face, calls, seed).await?;
        for problem in &problems {
            println!("✗ {}: {problem}", face.title);
        }
        good &= problems.is_empty();
    }
    Ok(good)
}

/// How the calls of a driver ended, by its own count.
#[derive(Default)]
struct Told {
    sessions: u64,
    errors: BTreeMap<String, u64>,
    attempts: u64,
    untyped: u64,
}

/// What the server has counted.
struct Since {
    requests: u64,
    faults: u64,
}

impl Told {
    fn add(&mut self, answer: &Value) {
        let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
        self.sessions += number("sessions");
        self.attempts += number("attempts");
        self.untyped += number("untyped");
        for (code, count) in answer.get("errors").and_then(Value::as_object).into_iter().flatten() {
            *self.errors.entry(code.clone()).or_default() += count.as_u64().unwrap_or_default();
        }
    }

    /// Where it does not add up, in itself or with the server's count.
    fn problems(&self, calls: u64, counts: &Since) -> Vec<String> {
        let mut found = Vec::new();
        let mut same = |what: &str, seen: u64, wanted: u64| {
            if seen != wanted {
                found.push(format!("{what}: {seen}, and should be {wanted}"));
            }
        };
        same("sessions and errors", self.sessions + self.errors.values().sum::<u64>() + self.untyped, calls);
        same("errors that are not the package's", self.untyped, 0);
        let unseen = calls.div_ceil(UNSEEN);
        for (what, here, there) in [
            ("attempts here, and requests at the server", self.attempts, counts.requests),
            (
                "requests without a fault at the server, and sessions here",
                counts.requests - counts.faults,
                self.sessions,
            ),
        ] {
            if here < there || here > there + unseen {
                found.push(format!("{what}: {here} and {there}"));
            }
        }
        found
    }
}

async fn one(face: &'static Face, calls: usize, seed: u64) -> Result<Vec<String>, String> {
    let sandbox = Sandbox::builder().chaos(FAULTS, seed).start().await.map_err(|error| error.to_string())?;
    let mut driver = endurance::start(face)?;
    let client = json!({
        "private_key": sandbox.private_key(), "base_url": sandbox.url(), "timeout": 20, "attempt_timeout": 2,
    });
    let warm_up = json!({"do": "calls", "count": 4 * AT_ONCE, "at_once": AT_ONCE});
    let before = endurance::warm(&mut driver, &client, &warm_up).await?;
    let earlier = sandbox.counts();
    driver.open(&client, false).await?;
    let mut told = Told::default();
    let mut held = Vec::new();
    let began = Instant::now();
    let mut calling = Duration::ZERO;
    for part in 0..PARTS {
        let count = calls * (part + 1) / PARTS - calls * part / PARTS;
        let at = Instant::now();
        told.add(
            &driver.ask(&json!({"do": "calls", "count": count, "at_once": AT_ONCE}), PART_WITHIN).await?,
        );
        calling += at.elapsed();
        if calls >= ENOUGH && [1, PARTS - 1].contains(&part) {
            endurance::idle_connections_are_closed(&driver, &before).await?;
        }
        held.push(Held::by(&mut driver).await?);
        if began.elapsed() > PART_WITHIN {
            return Ok(vec![format!("it takes more than {PART_WITHIN:?}")]);
        }
    }
    let left = endurance::left_after(&mut driver, &before).await?;
    let counts = since(&sandbox.counts(), &earlier);
    driver.end().await?;
    let (Some(second), Some(last)) = (held.get(1), held.last()) else {
        return Ok(vec!["no figures".to_owned()]);
    };
    println!(
        "| {} | {:.0} | {} | {} | {} = {} | {} |",
        face.title,
        f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / calling.as_secs_f64(),
        told.sessions,
        json!(told.errors),
        told.attempts,
        counts.requests,
        last.row_since(second)
    );
    let mut problems = told.problems(calls as u64, &counts);
    problems.extend(last.growth_since(second, calls, 0));
    problems.extend(left);
    Ok(problems)
}

/// What came after those earlier ones.
fn since(counts: &Counts, earlier: &Counts) -> Since {
    let faults = |counts: &Counts| counts.faults.values().sum::<u64>();
    Since { requests: counts.requests - earlier.requests, faults: faults(counts) - faults(earlier) }
}
