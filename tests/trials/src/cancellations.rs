//! Many calls that are cancelled: nothing is left of them, here or at the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::endurance::{self, COLUMNS, Held, PART_WITHIN};
use crate::faces::Face;

const PARTS: usize = 10;
const AT_ONCE: usize = 50;

/// The longest time before a call is cancelled, in seconds: some are so before they have connected, most while they
/// wait for an answer.
const LONGEST: f64 = 0.005;

/// The least that would be left of calls, in bytes for each: what is allocated has sixteen, and every second call may leave it.
const LEFT_BY_A_CALL: u64 = 8;

/// What a cancelled call still has open must be gone by then.
const GONE_WITHIN: Duration = Duration::from_secs(10);

/// A server that reads and never answers.
struct Silent {
    url: String,
    accepted: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

impl Silent {
    async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (accepted, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (begun, over) = (Arc::clone(&accepted), Arc::clone(&ended));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                begun.fetch_add(1, Ordering::Relaxed);
                let over = Arc::clone(&over);
                tokio::spawn(async move {
                    listen_until_it_ends(stream).await;
                    over.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        Ok(Self { url, accepted, ended })
    }

    /// Waits until every connection has ended.
    async fn is_left(&self) -> Result<(), String> {
        let given_up = Instant::now() + GONE_WITHIN;
        loop {
            let open = self.accepted.load(Ordering::Relaxed) - self.ended.load(Ordering::Relaxed);
            if open == 0 {
                return Ok(());
            }
            if Instant::now() > given_up {
                return Err(format!("{open} connections are still open"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

async fn listen_until_it_ends(mut stream: TcpStream) {
    let mut read = [0; 4096];
    while stream.read(&mut read).await.is_ok_and(|length| length > 0) {}
}

/// Cancels so many calls of each face, one after the other, and says whether nothing was left.
pub(crate) async fn run(faces: &[&'static Face], calls: usize) -> Result<bool, String> {
    println!("{calls} calls cancelled, {AT_ONCE} at once; what is held after the second tenth → the last");
    println!("| | cancelled | connections ended | {COLUMNS} |");
    let mut good = true;
    for face in faces {
        let problems = one(face, calls).await.unwrap_or_else(|problem| vec![problem]);
        for problem in &problems {
            println!("✗ {}: {problem}", face.title);
        }
        good &= problems.is_empty();
    }
    Ok(good)
}

async fn one(face: &'static Face, calls: usize) -> Result<Vec<String>, String> {
    let silent = Silent::start().await.map_err(|error| error.to_string())?;
    let mut driver = endurance::start(face)?;
    // The limits are far off: what ends a call here is its cancellation.
    let client = json!({
        "private_key": "sk_sandbox_local", "base_url": silent.url, "timeout": 600, "attempt_timeout": 600,
        "connect_timeout": 600,
    });
    let few = json!({"do": "cancel", "count": 4 * AT_ONCE, "at_once": AT_ONCE, "longest": LONGEST});
    let before = endurance::warm(&mut driver, &client, &few).await?;
    driver.open(&client, false).await?;
    let (mut cancelled, mut held) = (0, Vec::new());
    for part in 0..PARTS {
        let count = calls * (part + 1) / PARTS - calls * part / PARTS;
        let job = json!({"do": "cancel", "count": count, "at_once": AT_ONCE, "longest": LONGEST});
        let said = driver.ask(&job, PART_WITHIN).await?;
        if let Some(reason) = said.get("cannot").and_then(Value::as_str) {
            println!("| {} | {reason} |", face.title);
            return driver.end().await.map(|()| Vec::new());
        }
        let number = said.get("cancelled").and_then(Value::as_u64).unwrap_or_default();
        if number != count as u64 {
            return Ok(vec![format!("{number} of {count} calls were cancelled: {said}")]);
        }
        cancelled += number;
        silent.is_left().await?;
        held.push(Held::by(&mut driver).await?);
    }
    let left = endurance::left_after(&mut driver, &before).await?;
    driver.end().await?;
    let (Some(second), Some(last)) = (held.get(1), held.last()) else {
        return Ok(vec!["no figures".to_owned()]);
    };
    let (accepted, ended) = (silent.accepted.load(Ordering::Relaxed), silent.ended.load(Ordering::Relaxed));
    println!("| {} | {cancelled} | {ended} of {accepted} | {} |", face.title, last.row_since(second));
    let mut problems = last.growth_since(second, calls, LEFT_BY_A_CALL * calls as u64);
    problems.extend(left);
    if accepted == 0 {
        problems.push("no call got as far as the server".to_owned());
    }
    Ok(problems)
}
