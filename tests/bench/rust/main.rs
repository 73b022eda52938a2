//! Worker for Rust; README.md describes the commands.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark is a script; a panic ends the worker, which is reported as a failure"
)]

mod subjects;
mod tokens;

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

/// End of a round: after so many calls, or at a time.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    Calls(usize),
    Until(Instant),
}

impl Limit {
    /// Whether a caller makes another call after so many.
    pub(crate) fn allows(self, calls: usize) -> bool {
        match self {
            Self::Calls(limit) => calls < limit,
            Self::Until(end) => Instant::now() < end,
        }
    }
}

/// Calls of a round, and those that returned a session.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) calls: usize,
    pub(crate) sessions: usize,
    /// CPU time of the threads that call.
    pub(crate) cpu: Duration,
}

impl Counts {
    pub(crate) fn plus(self, other: &Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            sessions: self.sessions + other.sessions,
            cpu: self.cpu + other.cpu,
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Command {
    Open { subject: String, base_url: String },
    Calls { concurrency: usize, seconds: Option<f64>, count: Option<usize> },
    Construct { subject: String, base_url: String },
    Tokens { subject: String, count: usize },
}

fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap(); // reqwest alone has none
    println!("{{}}");
    let mut client = None;
    for line in std::io::stdin().lines() {
        match serde_json::from_str(&line.unwrap()).expect("a command") {
            Command::Open { subject, base_url } => {
                client = Some(subjects::open(&subject, &base_url));
                println!("{{}}");
            }
            Command::Calls { concurrency, seconds, count } => {
                let call = client.as_mut().expect("`open` comes before `calls`");
                let started = Instant::now();
                let limit = match count {
                    Some(count) => Limit::Calls(count / concurrency),
                    None => Limit::Until(started + Duration::from_secs_f64(seconds.unwrap())),
                };
                let counts = call(concurrency, limit);
                let wall = started.elapsed();
                println!(
                    "{}",
                    json!({
                        "wall_seconds": wall.as_secs_f64(),
                        "cpu_seconds": counts.cpu.as_secs_f64(),
                        "calls": counts.calls,
                        "sessions": counts.sessions,
                    })
                );
            }
            Command::Construct { subject, base_url } => {
                let started = Instant::now();
                subjects::construct(&subject, &base_url);
                println!("{}", json!({"wall_seconds": started.elapsed().as_secs_f64()}));
            }
            Command::Tokens { subject, count } => {
                let create = tokens::open(&subject);
                let (started, cpu_before) = (Instant::now(), subjects::thread_cpu());
                (0..count).for_each(|_| drop(black_box(create())));
                let (wall, cpu) = (started.elapsed(), subjects::thread_cpu().saturating_sub(cpu_before));
                println!("{}", json!({"wall_seconds": wall.as_secs_f64(), "cpu_seconds": cpu.as_secs_f64()}));
            }
        }
    }
}
