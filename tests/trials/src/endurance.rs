//! What is left after many calls: a process's memory, descriptors and threads, and what its language knows.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::driver::Driver;
use crate::faces::Face;
use crate::process;

/// Memory may grow by so much of itself between the second tenth and the last.
const GROWTH: f64 = 0.02;

/// The same for resident memory where a collector decides when it is given back.
const COLLECTED: f64 = 0.1;

/// With fewer calls than these in all, what a process sets up once is more of its memory than what calls leave behind.
pub(crate) const ENOUGH: usize = 100_000;

/// The limit of a part of the work, which may be a hundred thousand calls.
pub(crate) const PART_WITHIN: Duration = Duration::from_secs(1800);

/// Starts a driver whose memory is given back as soon as it is free: what is resident is then what is in use, and not the
/// most that ever was, in one place or another.
pub(crate) fn start(face: &'static Face) -> Result<Driver, String> {
    let settings = [
        ("MALLOC_ARENA_MAX", "1"),
        ("MALLOC_TRIM_THRESHOLD_", "0"),
        // Each thread keeps some of what was freed, and counts it as in use; and what was the stack of one that has ended
        // is kept for the next, as deep as any has ever been.
        ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.pthread.stack_cache_size=0"),
        // Python's own allocator takes a megabyte at a time, and gives it back when nothing is left in it.
        ("PYTHONMALLOC", "malloc"),
    ];
    Driver::start(face, &settings.map(|(name, value)| (name, value.to_owned())))
}

/// Clients close connections that nobody has used for 15 s, and look every 15 s; some do so only at their next call.
const IDLE_AT_MOST: Duration = Duration::from_secs(32);

/// Waits until the connections are closed, each of which holds memory: how many there are is by chance.
pub(crate) async fn idle_connections_are_closed(driver: &Driver, before: &Held) -> Result<(), String> {
    let given_up = Instant::now() + IDLE_AT_MOST;
    while process::descriptors(driver.pid())? > before.descriptors && Instant::now() < given_up {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// What belongs to a client that was closed must be gone by then.
const GONE_WITHIN: Duration = Duration::from_secs(10);

/// Makes a client and calls, so that what a process sets up once is there, and closes it: what is held then.
pub(crate) async fn warm(driver: &mut Driver, client: &Value, job: &Value) -> Result<Held, String> {
    driver.open(client, false).await?;
    driver.ask(job, PART_WITHIN).await?;
    driver.close().await?;
    Held::by(driver).await
}

/// Closes the client, and waits until no more is held than before; else says what is.
pub(crate) async fn left_after(driver: &mut Driver, before: &Held) -> Result<Vec<String>, String> {
    driver.close().await?;
    let given_up = Instant::now() + GONE_WITHIN;
    loop {
        let left = Held::by(driver).await?.left_since(before);
        if left.is_empty() || Instant::now() > given_up {
            return Ok(left);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

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
    ///
    /// Less than so many bytes are no growth.
    pub(crate) fn growth_since(&self, second: &Self, calls: usize, least: u64) -> Vec<String> {
        // What is resident says in part when a collector collected last; but it holds what the native side has, too.
        let resident = if self.heap.is_some() { COLLECTED } else { GROWTH };
        let kilobytes = |bytes: Option<u64>| bytes.unwrap_or_default() / 1024;
        let mut found = Vec::new();
        for (what, before, after, most) in [
            ("resident memory", second.resident_kb, self.resident_kb, resident),
            ("live objects", kilobytes(second.heap), kilobytes(self.heap), GROWTH),
        ] {
            let percent = percent(before, after);
            if percent > most * 100.0 && after.saturating_sub(before) * 1024 >= least && calls >= ENOUGH {
                found.push(format!("{what} grew by {percent:.1} %, from {before} to {after} KB"));
            }
        }
        if self.listeners > Some(0) {
            found.push(format!("{:?} listeners are left", self.listeners));
        }
        found
    }

    /// Where this, without a client, is more than what the process held before the work, without one.
    pub(crate) fn left_since(&self, before: &Self) -> Vec<String> {
        let mut found = Vec::new();
        // The pools of languages begin another thread when they see fit, up to the number of processors.
        let pools = std::thread::available_parallelism().map_or(1, |processors| processors.get() as u64);
        for (what, before, after) in [
            ("descriptors", Some(before.descriptors as u64), Some(self.descriptors as u64)),
            ("threads", Some(before.threads + pools), Some(self.threads)),
            ("tasks", before.tasks, self.tasks),
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
