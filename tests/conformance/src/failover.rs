//! Makes many calls through a load balancer that fails over every second. No call may fail.
//!
//! A failover forgets all connections. A connection with a request is reset at once, an idle one when it is used. So each
//! client has a pool of dead connections every second.

use std::collections::BTreeMap;
use std::time::Duration;

use renumerate_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::flavor::Flavor;
use crate::resources::{self, PART_LIMIT};

const INTERVAL: Duration = Duration::from_secs(1);
const CONCURRENCY: usize = 64;

/// Makes this many calls with each flavor. Returns whether all of them returned sessions.
pub(crate) async fn run(flavors: &[&'static Flavor], calls: usize) -> Result<bool, String> {
    println!("{calls} calls, {CONCURRENCY} at a time, with a failover every second");
    println!("| | sessions | errors | attempts | failovers |");
    let mut passed = true;
    for flavor in flavors.iter().filter(|flavor| flavor.soaks) {
        passed &= run_flavor(flavor, calls).await?;
    }
    Ok(passed)
}

async fn run_flavor(flavor: &'static Flavor, calls: usize) -> Result<bool, String> {
    let sandbox = Sandbox::start().await.map_err(|error| error.to_string())?;
    let balancer = Balancer::start(&sandbox).await.map_err(|error| error.to_string())?;
    let mut driver = resources::start(flavor)?;
    let options = json!({"private_key": sandbox.private_key(), "base_url": balancer.url, "timeout": 20});
    let options = flavor.names.values(&serde_json::from_value::<BTreeMap<String, Value>>(options).unwrap());
    driver.open(&options, false).await?;
    let command = json!({"do": "calls", "count": calls, "concurrency": CONCURRENCY});
    let reply = driver.request(&command, PART_LIMIT).await?;
    driver.close().await?;
    driver.exit().await?;
    let failovers = *balancer.failovers.borrow();
    let field = |name: &str| reply.get(name).cloned().unwrap_or_default();
    let (sessions, errors, attempts) = (field("sessions"), field("errors"), field("attempts"));
    println!("| {} | {sessions} | {errors} | {attempts} | {failovers} |", flavor.title);
    let passed = sessions == json!(calls) && attempts.as_u64() >= sessions.as_u64();
    if !passed {
        println!("✗ {}: not all of the {calls} calls returned sessions: {reply}", flavor.title);
    }
    Ok(passed)
}

/// Load balancer in front of a sandbox.
struct Balancer {
    url: String,
    failovers: watch::Receiver<u32>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Balancer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Balancer {
    async fn start(sandbox: &Sandbox) -> std::io::Result<Self> {
        let service = sandbox.url().trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (sender, failovers) = watch::channel(0);
        let failing_over = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(INTERVAL);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                sender.send_modify(|count| *count += 1);
            }
        });
        let seen = failovers.clone();
        let accepting = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let mut failovers = seen.clone();
                failovers.mark_unchanged();
                let service = service.clone();
                connections.spawn(async move {
                    let _either_side_may_close = forward(client, &service, failovers).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { url, failovers, tasks: [failing_over, accepting] })
    }
}

/// Forwards both directions until the next failover.
async fn forward(
    mut client: TcpStream,
    service: &str,
    mut failovers: watch::Receiver<u32>,
) -> std::io::Result<()> {
    let mut service = TcpStream::connect(service).await?;
    client.set_nodelay(true)?;
    service.set_nodelay(true)?;
    let (mut request, mut response) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut has_request = false;
    loop {
        tokio::select! {
            read = client.read(&mut request) => match read? {
                0 => return Ok(()),
                length => {
                    has_request = true;
                    service.write_all(request.get(..length).unwrap_or_default()).await?;
                }
            },
            read = service.read(&mut response) => match read? {
                0 => return Ok(()),
                length => {
                    has_request = false;
                    client.write_all(response.get(..length).unwrap_or_default()).await?;
                }
            },
            _ = failovers.changed() => break,
        }
    }
    if !has_request {
        client.readable().await?;
    }
    client.set_zero_linger() // dropping the socket now resets the connection
}
