//! A driver: a program of one language that does as it is told. See `drivers/README.md`.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::faces::Face;

/// A JVM that starts on a busy machine takes some of it.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct Driver {
    face: &'static Face,
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    printed: Arc<Mutex<Vec<u8>>>,
    /// What it prints is logs.
    logs: bool,
}

impl Driver {
    /// Starts the driver of a face with these variables beside its own.
    pub(crate) fn start(face: &'static Face, variables: &[(&str, String)]) -> Result<Self, String> {
        let mut command = Command::new(face.program("driver"));
        command.arg(face.name).kill_on_drop(true);
        forget_variables(&mut command);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process =
            command.spawn().map_err(|error| format!("{} does not start: {error}", face.name))?;
        let (input, output, errors) =
            (process.stdin.take().unwrap(), process.stdout.take().unwrap(), process.stderr.take().unwrap());
        let printed = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(gather(errors, Arc::clone(&printed)));
        Ok(Self { face, process, input, output: BufReader::new(output).lines(), printed, logs: false })
    }

    /// Tells the driver something and waits for its answer, so long at most.
    pub(crate) async fn ask(&mut self, what: &Value, within: Duration) -> Result<Value, String> {
        self.tell(what).await?;
        self.answer(within).await
    }

    pub(crate) async fn tell(&mut self, what: &Value) -> Result<(), String> {
        let line = format!("{what}\n");
        self.input.write_all(line.as_bytes()).await.map_err(|error| self.failed(&error.to_string()))
    }

    pub(crate) async fn answer(&mut self, within: Duration) -> Result<Value, String> {
        let line = timeout(within, self.output.next_line())
            .await
            .map_err(|_| self.failed(&format!("it has not answered within {within:?}: it hangs")))?
            .map_err(|error| self.failed(&error.to_string()))?
            .ok_or_else(|| self.failed("it has ended"))?;
        serde_json::from_str(&line).map_err(|error| self.failed(&format!("{error}: {line}")))
    }

    /// Makes a client, with its logger or without.
    pub(crate) async fn open(&mut self, client: &Value, log: bool) -> Result<Value, String> {
        self.logs |= log;
        self.ask(&json!({"do": "open", "client": client, "log": log}), STARTS_WITHIN).await
    }

    pub(crate) async fn close(&mut self) -> Result<(), String> {
        self.ask(&json!({"do": "close"}), STARTS_WITHIN).await.map(drop)
    }

    /// Ends its input, upon which it must end well, with nothing on standard error but logs.
    pub(crate) async fn end(mut self) -> Result<(), String> {
        drop(self.input);
        let ended = timeout(STARTS_WITHIN, self.process.wait()).await;
        let printed = String::from_utf8_lossy(&self.printed.lock().unwrap()).into_owned();
        match ended {
            Ok(Ok(status)) if status.success() && (self.logs || printed.trim().is_empty()) => Ok(()),
            Ok(Ok(status)) => Err(format!("{} ended with {status}: {printed}", self.face.name)),
            Ok(Err(error)) => Err(format!("{}: {error}", self.face.name)),
            Err(_) => Err(format!("{} does not end: {printed}", self.face.name)),
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.process.id().and_then(|pid| pid.try_into().ok()).unwrap_or(0)
    }

    /// What it has printed to standard error since it was asked last.
    pub(crate) fn take_printed(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.printed.lock().unwrap())).into_owned()
    }

    fn failed(&self, reason: &str) -> String {
        let printed = self.take_printed();
        let last = printed.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev();
        format!("{}: {reason}\n{}", self.face.name, last.collect::<Vec<_>>().join("\n"))
    }
}

/// What programs see of a client's variables is what the trials say.
pub(crate) fn forget_variables(command: &mut Command) {
    for (name, _) in std::env::vars() {
        if name.starts_with("RENUMERATE_") || name.to_ascii_uppercase().ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
}

async fn gather(mut from: impl tokio::io::AsyncRead + Unpin, into: Arc<Mutex<Vec<u8>>>) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut piece).await
        && length > 0
    {
        into.lock().unwrap().extend_from_slice(piece.get(..length).unwrap_or_default());
    }
}
