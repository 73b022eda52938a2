//! Driver: a program that uses one client flavor as a user would. `tests/README.md` documents the protocol.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::canary::Canaries;
use crate::flavor::Flavor;

/// Limit for the start and the end of a driver. A JVM on a busy machine needs part of it.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Limit for reading log lines that a driver wrote before its reply.
const LOG_LIMIT: Duration = Duration::from_secs(5);

pub(crate) struct Driver {
    flavor: &'static Flavor,
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    logged: Arc<Mutex<Vec<u8>>>,
    /// Whether standard error contains logs, not only failures.
    logs: bool,
    /// Secrets of the last call. Its last log lines may be read only after its reply.
    pub(crate) last_canaries: Option<Canaries>,
}

impl Driver {
    /// Starts the driver of a flavor with additional environment variables.
    pub(crate) fn start(flavor: &'static Flavor, variables: &[(&str, String)]) -> Result<Self, String> {
        let mut command = Command::new(flavor.driver());
        command.arg(flavor.name).kill_on_drop(true);
        clear_variables(&mut command);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command
            .spawn()
            .map_err(|error| format!("cannot start the driver of {}: {error}", flavor.name))?;
        let (input, output, errors) =
            (process.stdin.take().unwrap(), process.stdout.take().unwrap(), process.stderr.take().unwrap());
        let logged = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(collect(errors, Arc::clone(&logged)));
        Ok(Self {
            flavor,
            process,
            input,
            output: BufReader::new(output).lines(),
            logged,
            logs: false,
            last_canaries: None,
        })
    }

    pub(crate) fn flavor(&self) -> &'static Flavor {
        self.flavor
    }

    /// Sends a command, and waits for the reply.
    pub(crate) async fn request(&mut self, command: &Value, limit: Duration) -> Result<Value, String> {
        self.send(command).await?;
        self.reply(limit).await
    }

    pub(crate) async fn send(&mut self, command: &Value) -> Result<(), String> {
        let line = format!("{command}\n");
        self.input.write_all(line.as_bytes()).await.map_err(|error| self.failure(&error.to_string()))
    }

    pub(crate) async fn reply(&mut self, limit: Duration) -> Result<Value, String> {
        let line = timeout(limit, self.output.next_line())
            .await
            .map_err(|_| self.failure(&format!("no reply within {limit:?}")))?
            .map_err(|error| self.failure(&error.to_string()))?
            .ok_or_else(|| self.failure("the driver exited"))?;
        serde_json::from_str(&line).map_err(|error| self.failure(&format!("invalid reply: {error}: {line}")))
    }

    /// Creates a client with options in the flavor's names.
    pub(crate) async fn open(&mut self, options: &Map<String, Value>, log: bool) -> Result<Value, String> {
        self.logs |= log;
        self.request(&json!({"do": "open", "client": options, "log": log}), START_LIMIT).await
    }

    pub(crate) async fn close(&mut self) -> Result<(), String> {
        self.request(&json!({"do": "close"}), START_LIMIT).await.map(drop)
    }

    /// Closes the driver's input. The driver must then exit successfully, with nothing but logs on standard error.
    pub(crate) async fn exit(mut self) -> Result<(), String> {
        drop(self.input);
        let exited = timeout(START_LIMIT, self.process.wait()).await;
        let logged = String::from_utf8_lossy(&self.logged.lock().unwrap()).into_owned();
        match exited {
            Ok(Ok(status)) if status.success() && (self.logs || logged.trim().is_empty()) => {
                let leaks = self.last_canaries.map(|canaries| canaries.found_in(&logged)).unwrap_or_default();
                if leaks.is_empty() { Ok(()) } else { Err(format!("the log contains {}", leaks.join(", "))) }
            }
            Ok(Ok(status)) => {
                Err(format!("the driver of {} ended with {status}: {logged}", self.flavor.name))
            }
            Ok(Err(error)) => Err(format!("the driver of {}: {error}", self.flavor.name)),
            Err(_) => Err(format!("the driver of {} does not exit: {logged}", self.flavor.name)),
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.process.id().and_then(|pid| pid.try_into().ok()).unwrap_or(0)
    }

    /// Returns the driver's standard error since the last call of this function.
    pub(crate) fn take_logged(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.logged.lock().unwrap())).into_owned()
    }

    /// Waits until the driver has logged something, and returns it. The pipe may be read later than the reply.
    pub(crate) async fn wait_for_log(&self) -> Result<String, String> {
        let deadline = Instant::now() + LOG_LIMIT;
        loop {
            let logged = self.take_logged();
            if !logged.is_empty() {
                return Ok(logged);
            }
            if Instant::now() > deadline {
                return Err(self.failure("the logger received no line"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn failure(&self, reason: &str) -> String {
        let logged = self.take_logged();
        let last: Vec<_> = logged.lines().rev().take(20).collect();
        format!("{}: {reason}\n{}", self.flavor.name, last.into_iter().rev().collect::<Vec<_>>().join("\n"))
    }
}

/// Removes variables that clients read, so that only those of the test apply.
pub(crate) fn clear_variables(command: &mut Command) {
    for (name, _) in std::env::vars() {
        if name.starts_with("RENUMERATE_") || name.to_ascii_uppercase().ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
}

async fn collect(mut from: impl tokio::io::AsyncRead + Unpin, into: Arc<Mutex<Vec<u8>>>) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut piece).await
        && length > 0
    {
        into.lock().unwrap().extend_from_slice(piece.get(..length).unwrap_or_default());
    }
}
