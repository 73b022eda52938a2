//! What is left after many calls: a process's memory, descriptors and threads, and what its language knows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::driver::Driver;
use crate::process;

/// Memory may grow by so much of itself between the second tenth and the last.
const GROWTH: f64 = 0.02;

/// With fewer calls than these in all, what a process sets up once is more of its memory than what calls leave behind.
const ENOUGH: usize = 100_000;

/// The limit of a part of the work, which may be a hundred thousand calls.
pub(crate) const PART_WITHIN: Duration = Duration::from_secs(1800);

/// What a process holds at one moment, with no call under way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    resident_kb: u64,
    descriptors: usize,
    threads: u64,
    /// The live objects of a language with a collector, in bytes.
    heap: Option<u64>,
    tasks: Option<u64>,
    listeners: Option<u64>,
}

impl Held {
    pub(crate) async fn by(driver: &mut Driver) -> Result<Self, String> {
        let said = driver.ask(&json!({"do": "measure"}), PART_WITHIN).await?;
        let number = |name: &str| said.get(name).and_then(Value::as_u64);
        let pid = driver.pid();
        Ok(Self {
            resident_kb: process::status(pid, "VmRSS")?,
            descriptors: process::descriptors(pid)?,
            threads: process::status(pid, "Threads")?,
            heap: number("heap"),
            tasks: number("tasks"),
            listeners: number("listeners"),
        })
    }

    /// Where this, the last, is more than what was held after the second tenth of the work.
    pub(crate) fn growth_since(&self, second: &Self, calls: usize) -> Vec<String> {
        let mut found = Vec::new();
        // Where there is a collector, what is resident says when it collected last.
        let (what, before, after) = match (second.heap, self.heap) {
            (Some(before), Some(after)) => ("live objects", before / 1024, after / 1024),
            _ => ("resident memory", second.resident_kb, self.resident_kb),
        };
        let percent = percent(before, after);
        if percent > GROWTH * 100.0 && calls >= ENOUGH {
            found.push(format!("{what} grew by {percent:.1} %, from {before} to {after} KB"));
        }
        for (what, before, after) in [
            ("descriptors", Some(second.descriptors as u64), Some(self.descriptors as u64)),
            ("threads", Some(second.threads), Some(self.threads)),
            ("tasks", second.tasks, self.tasks),
            ("listeners", Some(0), self.listeners),
        ] {
            if after > before {
                found.push(format!("{what} grew from {before:?} to {after:?}"));
            }
        }
        found
    }

    /// The figures as a row of a table, beside those after the second tenth.
    pub(crate) fn row_since(&self, second: &Self) -> String {
        let pair = |before: Option<u64>, after: Option<u64>| match (before, after) {
            (Some(before), Some(after)) => format!("{before} → {after}"),
            _ => "–".to_owned(),
        };
        let kilobytes = |bytes: Option<u64>| bytes.map(|bytes| bytes / 1024);
        let heap = match (second.heap, self.heap) {
            (Some(before), Some(after)) => format!(" ({:+.1} %)", percent(before, after)),
            _ => String::new(),
        };
        format!(
            "{} → {} ({:+.1} %) | {}{heap} | {} → {} | {} → {} | {} | {}",
            second.resident_kb,
            self.resident_kb,
            percent(second.resident_kb, self.resident_kb),
            pair(kilobytes(second.heap), kilobytes(self.heap)),
            second.descriptors,
            self.descriptors,
            second.threads,
            self.threads,
            pair(second.tasks, self.tasks),
            pair(second.listeners, self.listeners),
        )
    }
}

/// The heads of the columns that `row_since` fills.
pub(crate) const COLUMNS: &str =
    "resident, KB | live objects, KB | descriptors | threads | tasks | listeners";

#[expect(clippy::cast_precision_loss, reason = "memory is far from 2^52")]
fn percent(before: u64, after: u64) -> f64 {
    (after as f64 / before.max(1) as f64 - 1.0) * 100.0
}
