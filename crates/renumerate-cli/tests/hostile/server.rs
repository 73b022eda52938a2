//! The command's sandbox as a child process, and a well-behaved client that it must serve during each attack.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use renumerate::{Client, Customer, RetentionSessionRequest};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::raw_http;

/// Upper limit of the resident memory of the process, in MB.
const MEMORY_MAX_MB: u64 = 256;

/// Maximum duration of a call of the well-behaved client. If the server waited for a hostile client, the call would end
/// at its timeout of 25 seconds. On a loaded machine, a call may take several seconds.
const MAX_CALL_DURATION: Duration = Duration::from_secs(20);

/// Number of open files that a test and its server each need.
const REQUIRED_FILES: u64 = 12_000;

/// Lock that runs one server at a time, because concurrent tests would distort each other's measurements.
static SERVER_LOCK: Mutex<()> = Mutex::const_new(());

/// A running sandbox. It is killed on drop, so that it stops even if the test fails.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    /// Address and CA certificate of the widgets, if the sandbox serves them.
    pub(crate) widgets: Option<(SocketAddr, PathBuf)>,
    home: PathBuf,
    _lock: MutexGuard<'static, ()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _may_have_exited = self.process.kill();
        let _exit_status = self.process.wait();
        let _best_effort = std::fs::remove_dir_all(&self.home);
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts a sandbox with these options.
    pub(crate) async fn start_with(options: &str) -> Self {
        let lock = SERVER_LOCK.lock().await;
        let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
        assert!(
            files >= REQUIRED_FILES,
            "{files} open files are allowed, but the tests need {REQUIRED_FILES}; raise the hard limit (ulimit -Hn)"
        );
        let home = std::env::temp_dir().join(format!("renumerate-hostile-{}", std::process::id()));
        // 1024 is the usual limit in a shell. The command must raise it.
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
        Self { process, address, key, widgets, home, _lock: lock }
    }

    /// Runs an attack while the well-behaved client makes calls. Checks the durations of the calls and the peak memory.
    /// Returns the output of the attack, which can hold connections open.
    pub(crate) async fn run_with_bystander<T>(&self, attack: impl Future<Output = T>) -> T {
        let mut calls = Vec::new();
        let output = {
            let mut attack = std::pin::pin!(attack);
            loop {
                let call = self.call();
                tokio::select! {
                    output = &mut attack => break output,
                    duration = call => calls.push(duration),
                }
                tokio::select! {
                    output = &mut attack => break output,
                    () = tokio::time::sleep(Duration::from_millis(20)) => {}
                }
            }
        };
        calls.push(self.call().await);
        let longest = calls.iter().max().unwrap();
        println!("{} calls, the longest took {longest:?}; peak {} MB", calls.len(), self.peak_mb());
        assert!(*longest < MAX_CALL_DURATION, "a call took {longest:?}");
        self.assert_memory_limit();
        output
    }

    /// Makes a call on a new connection. Returns its duration.
    async fn call(&self) -> Duration {
        let started = Instant::now();
        let client = Client::builder()
            .private_key(&self.key)
            .base_url(format!("http://{}", self.address))
            .max_retries(0)
            .build()
            .unwrap();
        let request = RetentionSessionRequest::new(Customer::by_id("cus_bystander").unwrap());
        client.create_retention_session(&request).await.unwrap();
        started.elapsed()
    }

    pub(crate) fn assert_memory_limit(&self) {
        let peak = self.peak_mb();
        assert!(peak < MEMORY_MAX_MB, "the process used {peak} MB");
    }

    /// Returns the peak resident memory of the process.
    fn peak_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Returns the number of open connections, including the one of this request.
    pub(crate) async fn open_connections(&self) -> u64 {
        let (_, counts) = raw_http::send_json(self.address, "GET", "/_sandbox/counts", "", "").await;
        counts["connections"]["open"].as_u64().unwrap()
    }
}
