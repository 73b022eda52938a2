//! The command's sandbox as a process, and a client of good will that must be answered whatever else goes on.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use renumerate::{Client, Customer, RetentionSessionRequest};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::wire;

/// The most that the process may take, in MB.
const MEMORY_MAX_MB: u64 = 256;

/// Time in which each call of the client must end. A server that waits for a hostile client would let the call wait until
/// its timeout of 25 seconds. A loaded machine may take several seconds for a call.
const SOON: Duration = Duration::from_secs(20);

/// Open files that a test and its server need each.
const FILES: u64 = 12_000;

/// Two servers at a time would say little about either.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A running sandbox; it ends with the test, however that ends.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    /// Where its widgets are, and the certificate to trust there, where they were asked for.
    pub(crate) widgets: Option<(SocketAddr, PathBuf)>,
    home: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _it_may_have_ended = self.process.kill();
        let _it_is_over = self.process.wait();
        let _best_effort = std::fs::remove_dir_all(&self.home);
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts it with options.
    pub(crate) async fn start_with(options: &str) -> Self {
        let alone = ONE_AT_A_TIME.lock().await;
        let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
        assert!(
            files >= FILES,
            "{files} files may be open here, and 10,000 connections need {FILES}: raise the hard limit (ulimit -Hn)"
        );
        let home = std::env::temp_dir().join(format!("renumerate-hostile-{}", std::process::id()));
        // As a shell has it; the command raises its own limit.
        let mut process = Command::new("sh")
            .args([
                "-c",
                &format!("ulimit -Sn 1024; exec \"$0\" sandbox --port 0 --json {options}"),
                env!("CARGO_BIN_EXE_renumerate"),
            ])
            .env_clear()
            .env("HOME", &home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let json: Value = serde_json::from_str(&line).unwrap();
        let address = json["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        let key = json["private_key"].as_str().unwrap().to_owned();
        let widgets = json["widgets_url"].as_str().map(|url| {
            let port = url.rsplit(':').next().unwrap().parse().unwrap();
            (SocketAddr::from(([127, 0, 0, 1], port)), json["ca"].as_str().unwrap().into())
        });
        Self { process, address, key, widgets, home, _alone: alone }
    }

    /// Does something hostile, and holds on to what came of it, while a client makes calls. Then the memory is looked at.
    pub(crate) async fn while_others_are_answered<T>(&self, hostility: impl Future<Output = T>) -> T {
        let mut calls = Vec::new();
        let done = {
            let mut hostility = std::pin::pin!(hostility);
            loop {
                let call = self.call();
                tokio::select! {
                    done = &mut hostility => break done,
                    took = call => calls.push(took),
                }
                tokio::select! {
                    done = &mut hostility => break done,
                    () = tokio::time::sleep(Duration::from_millis(20)) => {}
                }
            }
        };
        calls.push(self.call().await);
        let worst = calls.iter().max().unwrap();
        println!("{} calls, the longest took {worst:?}; peak {} MB", calls.len(), self.peak_mb());
        assert!(*worst < SOON, "a call took {worst:?}");
        self.assert_small();
        done
    }

    /// A call on a connection of its own.
    async fn call(&self) -> Duration {
        let began = Instant::now();
        let client = Client::builder()
            .private_key(&self.key)
            .base_url(format!("http://{}", self.address))
            .max_retries(0)
            .build()
            .unwrap();
        let request = RetentionSessionRequest::new(Customer::by_id("cus_bystander").unwrap());
        client.create_retention_session(&request).await.unwrap();
        began.elapsed()
    }

    pub(crate) fn assert_small(&self) {
        let peak = self.peak_mb();
        assert!(peak < MEMORY_MAX_MB, "the process took {peak} MB");
    }

    /// The most that the process has taken so far.
    fn peak_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
    }

    /// How many connections are open, with the one that asks.
    pub(crate) async fn open(&self) -> u64 {
        let (_, counts) = wire::ask(self.address, "GET", "/_sandbox/counts", "", "").await;
        counts["connections"]["open"].as_u64().unwrap()
    }
}
