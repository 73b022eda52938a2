//! Worker process: makes calls with one subject, so that threads, CPU time and imports of other subjects do not affect
//! it. README.md describes the commands.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::language::Subject;
use crate::machine;
use crate::server::Server;

/// A worker that is silent for longer is stuck, and is killed.
const TIMEOUT: Duration = Duration::from_secs(120);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reply {
    error: Option<String>,
    pub(crate) wall_seconds: f64,
    pub(crate) cpu_seconds: f64,
    /// CPU time of the thread that runs JavaScript.
    pub(crate) js_cpu_seconds: Option<f64>,
    /// Part of the wall time in which the event loop did not wait.
    pub(crate) loop_busy: Option<f64>,
    pub(crate) calls: usize,
    /// Calls that returned a session's id.
    pub(crate) sessions: usize,
}

pub(crate) struct Worker {
    process: Child,
    /// Dropped at the end, which ends the worker.
    commands: Option<ChildStdin>,
    replies: Receiver<String>,
}

impl Worker {
    /// Starts the process, and waits until it is ready.
    pub(crate) fn start(command: &[String], variables: &[(&str, &str)]) -> Result<Self, String> {
        let mut process = machine::command(command)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot be started: {error}"))?;
        let output = process.stdout.take().ok_or("has no output")?;
        let (sender, replies) = channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let commands = process.stdin.take();
        let mut worker = Self { process, commands, replies };
        worker.reply()?;
        Ok(worker)
    }

    pub(crate) fn ask(&mut self, command: &Value) -> Result<Reply, String> {
        if let Some(commands) = &mut self.commands {
            // If the worker has ended, there is no reply either.
            let _ended = writeln!(commands, "{command}");
        }
        self.reply()
    }

    fn reply(&mut self) -> Result<Reply, String> {
        let Ok(line) = self.replies.recv_timeout(TIMEOUT) else {
            let _ended = self.process.kill();
            let status = self.process.wait().map_err(|error| error.to_string())?;
            return Err(format!("failed with {status}: see its message on stderr"));
        };
        let reply: Reply = serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))?;
        match reply.error {
            Some(error) => Err(error),
            None => Ok(reply),
        }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.commands = None;
        let _ended = self.process.wait();
    }
}

/// Command that imports the subject's library.
pub(crate) fn import(subject: &Subject) -> Value {
    json!({"do": "import", "subject": subject.name})
}

/// Command that selects the subject's client of this server, and creates it if there is none.
pub(crate) fn open(subject: &Subject, server: &Server, ca_file: Option<&str>, concurrency: usize) -> Value {
    json!({
        "do": "open",
        "subject": subject.name,
        "base_url": server.url,
        "ca_file": ca_file.unwrap_or_default(),
        "concurrency": concurrency,
    })
}
