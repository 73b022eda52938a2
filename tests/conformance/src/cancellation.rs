//! Cancels many calls. Afterwards, the client has no resources and the server no connections of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::flavor::Flavor;
use crate::resources::{self, COLUMNS, PART_LIMIT, Resources};

const PARTS: usize = 10;
const CONCURRENCY: usize = 50;

/// Longest delay before a call is cancelled, in seconds. Some calls have not connected by then; most wait for a response.
const MAX_DELAY: f64 = 0.005;

/// Smallest leak per call in bytes: an allocation has 16, and every second call may leak one.
const LEAK_PER_CALL: u64 = 8;

/// Limit for closing the connections of cancelled calls.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// A server that reads requests and never responds.
struct SilentServer {
    url: String,
    accepted: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
}

impl SilentServer {
    async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (accepted, closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (opened, counted) = (Arc::clone(&accepted), Arc::clone(&closed));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::Relaxed);
                let counted = Arc::clone(&counted);
                tokio::spawn(async move {
                    read_until_closed(stream).await;
                    counted.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        Ok(Self { url, accepted, closed })
    }

    /// Waits until every connection is closed.
    async fn wait_until_closed(&self) -> Result<(), String> {
        let deadline = Instant::now() + CLOSE_LIMIT;
        loop {
            let open = self.accepted.load(Ordering::Relaxed) - self.closed.load(Ordering::Relaxed);
            if open == 0 {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("{open} connections are still open"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

async fn read_until_closed(mut stream: TcpStream) {
    let mut read = [0; 4096];
    while stream.read(&mut read).await.is_ok_and(|length| length > 0) {}
}

/// Cancels this many calls of each flavor. Returns whether all resources were released.
pub(crate) async fn run(flavors: &[&'static Flavor], calls: usize) -> Result<bool, String> {
    println!("{calls} calls cancelled, {CONCURRENCY} at a time; resources after the second tenth → the last");
    println!("| | cancelled | connections closed | {COLUMNS} |");
    let mut good = true;
    for flavor in flavors.iter().filter(|flavor| flavor.soaks) {
        let problems = cancel_calls(flavor, calls).await.unwrap_or_else(|problem| vec![problem]);
        for problem in &problems {
            println!("✗ {}: {problem}", flavor.title);
        }
        good &= problems.is_empty();
    }
    Ok(good)
}

async fn cancel_calls(flavor: &'static Flavor, calls: usize) -> Result<Vec<String>, String> {
    let server = SilentServer::start().await.map_err(|error| error.to_string())?;
    let mut driver = resources::start(flavor)?;
    // The timeouts are long, so that only the cancellation ends a call.
    let options = json!({
        "private_key": "sk_sandbox_local", "base_url": server.url, "timeout": 600, "attempt_timeout": 600,
        "connect_timeout": 600,
    });
    let options = flavor.names.values(&serde_json::from_value::<BTreeMap<String, Value>>(options).unwrap());
    let few =
        json!({"do": "cancel", "count": 4 * CONCURRENCY, "concurrency": CONCURRENCY, "max_delay": MAX_DELAY});
    let before = resources::warm_up(&mut driver, &options, &few).await?;
    driver.open(&options, false).await?;
    let (mut cancelled, mut measured) = (0, Vec::new());
    for part in 0..PARTS {
        let count = calls * (part + 1) / PARTS - calls * part / PARTS;
        let command =
            json!({"do": "cancel", "count": count, "concurrency": CONCURRENCY, "max_delay": MAX_DELAY});
        let reply = driver.request(&command, PART_LIMIT).await?;
        if let Some(reason) = reply.get("unsupported").and_then(Value::as_str) {
            println!("| {} | {reason} |", flavor.title);
            return driver.exit().await.map(|()| Vec::new());
        }
        let number = reply.get("cancelled").and_then(Value::as_u64).unwrap_or_default();
        if number != count as u64 {
            return Ok(vec![format!("{number} of {count} calls were cancelled: {reply}")]);
        }
        cancelled += number;
        server.wait_until_closed().await?;
        measured.push(Resources::of(&mut driver).await?);
    }
    let remaining = resources::close_client(&mut driver, &before).await?;
    driver.exit().await?;
    let (Some(second), Some(last)) = (measured.get(1), measured.last()) else {
        return Ok(vec!["no measurements".to_owned()]);
    };
    let (accepted, closed) = (server.accepted.load(Ordering::Relaxed), server.closed.load(Ordering::Relaxed));
    println!("| {} | {cancelled} | {closed} of {accepted} | {} |", flavor.title, last.row_since(second));
    let mut problems = last.growth_since(second, calls, LEAK_PER_CALL * calls as u64);
    problems.extend(remaining);
    if accepted == 0 {
        problems.push("no call reached the server".to_owned());
    }
    Ok(problems)
}
