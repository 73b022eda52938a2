//! Resources of a driver before and after many calls: memory, descriptors, threads, and what its language reports.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::driver::Driver;
use crate::flavor::Flavor;
use crate::process;

/// Maximum growth of memory between the second tenth of the calls and the last, as a fraction.
const GROWTH: f64 = 0.02;

/// The same for resident memory of languages with a garbage collector, which decides when memory is returned.
const GROWTH_WITH_GC: f64 = 0.1;

/// Minimum number of calls for a comparison of memory. With fewer, one-time allocations dominate.
pub(crate) const MIN_CALLS: usize = 100_000;

/// Limit for a tenth of the calls, which may be a hundred thousand.
pub(crate) const PART_LIMIT: Duration = Duration::from_secs(1800);

/// Starts a driver whose allocator returns free memory at once, so that resident memory is the memory in use, and not the
/// peak.
pub(crate) fn start(flavor: &'static Flavor) -> Result<Driver, String> {
    let settings = [
        ("MALLOC_ARENA_MAX", "1"),
        ("MALLOC_TRIM_THRESHOLD_", "0"),
        // glibc keeps freed blocks in a cache per thread, and the stacks of threads that have ended.
        ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.pthread.stack_cache_size=0"),
        // Python's own allocator allocates a megabyte at a time, and frees it only when it is empty.
        ("PYTHONMALLOC", "malloc"),
    ];
    Driver::start(flavor, &settings.map(|(name, value)| (name, value.to_owned())))
}

/// Clients check every 15 s for connections that were idle for 15 s. Some check only at their next call.
const IDLE_LIMIT: Duration = Duration::from_secs(32);

/// Waits until idle connections are closed. Their number varies, and each of them uses memory.
pub(crate) async fn wait_for_idle_connections(driver: &Driver, before: &Resources) -> Result<(), String> {
    let deadline = Instant::now() + IDLE_LIMIT;
    while process::descriptors(driver.pid())? > before.descriptors && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Limit for the release of a closed client's resources.
const RELEASE_LIMIT: Duration = Duration::from_secs(10);

/// Makes calls with a client and closes it, so that one-time allocations are done. Returns the resources after that.
pub(crate) async fn warm_up(
    driver: &mut Driver,
    options: &Map<String, Value>,
    calls: &Value,
) -> Result<Resources, String> {
    driver.open(options, false).await?;
    driver.request(calls, PART_LIMIT).await?;
    driver.close().await?;
    Resources::of(driver).await
}

/// Closes the client, and waits until its resources are released. Returns those that are not.
pub(crate) async fn close_client(driver: &mut Driver, before: &Resources) -> Result<Vec<String>, String> {
    driver.close().await?;
    let deadline = Instant::now() + RELEASE_LIMIT;
    let processors = std::thread::available_parallelism().map_or(1, |processors| processors.get() as u64);
    let pool_threads = driver.flavor().pool_threads.unwrap_or(processors);
    loop {
        let remaining = Resources::of(driver).await?.exceeding(before, pool_threads);
        if remaining.is_empty() || Instant::now() > deadline {
            return Ok(remaining);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Resources of a process while no call is in progress.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resources {
    resident_kb: u64,
    descriptors: usize,
    threads: u64,
    /// Bytes of live objects, in a language with a garbage collector.
    heap: Option<u64>,
    tasks: Option<u64>,
    listeners: Option<u64>,
}

impl Resources {
    pub(crate) async fn of(driver: &mut Driver) -> Result<Self, String> {
        let reply = driver.request(&json!({"do": "measure"}), PART_LIMIT).await?;
        let number = |name: &str| reply.get(name).and_then(Value::as_u64);
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

    /// Returns the growth since the second tenth of the calls that exceeds the limits. Growth below `least` bytes is ignored.
    pub(crate) fn growth_since(&self, second: &Self, calls: usize, least: u64) -> Vec<String> {
        // Resident memory depends on when the last garbage collection was, but it includes native memory.
        let resident = if self.heap.is_some() { GROWTH_WITH_GC } else { GROWTH };
        let kilobytes = |bytes: Option<u64>| bytes.unwrap_or_default() / 1024;
        let mut found = Vec::new();
        for (what, before, after, most) in [
            ("resident memory", second.resident_kb, self.resident_kb, resident),
            ("live objects", kilobytes(second.heap), kilobytes(self.heap), GROWTH),
        ] {
            let percent = percent(before, after);
            if percent > most * 100.0 && after.saturating_sub(before) * 1024 >= least && calls >= MIN_CALLS {
                found.push(format!("{what} grew by {percent:.1} %, from {before} to {after} KB"));
            }
        }
        if self.listeners > Some(0) {
            found.push(format!("{:?} listeners remain", self.listeners));
        }
        found
    }

    /// Returns the resources that exceed those before the calls. At both times, no client is open. Pools of the language's
    /// runtime may have started `pool_threads`.
    fn exceeding(&self, before: &Self, pool_threads: u64) -> Vec<String> {
        let mut found = Vec::new();
        for (what, before, after) in [
            ("descriptors", Some(before.descriptors as u64), Some(self.descriptors as u64)),
            ("threads", Some(before.threads + pool_threads), Some(self.threads)),
            ("tasks", before.tasks, self.tasks),
        ] {
            if after > before {
                found.push(format!("{what} grew from {before:?} to {after:?}"));
            }
        }
        found
    }

    /// Formats the figures as cells of a table, each with the figure after the second tenth.
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

/// Titles of the columns that `row_since` fills.
pub(crate) const COLUMNS: &str =
    "resident, KB | live objects, KB | descriptors | threads | tasks | listeners";

#[expect(clippy::cast_precision_loss, reason = "memory is far from 2^52")]
fn percent(before: u64, after: u64) -> f64 {
    (after as f64 / before.max(1) as f64 - 1.0) * 100.0
}
