//! Program that runs repeatedly, each time in a fresh process.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use crate::machine;

pub(crate) struct Program {
    command: Vec<String>,
    folder: Box<Path>,
    /// Wall times in seconds, from the start of a process to its end.
    pub(crate) times: Vec<f64>,
    /// Numbers that the processes have printed.
    pub(crate) printed: Vec<f64>,
    pub(crate) failure: Option<String>,
}

impl Program {
    pub(crate) fn new(command: Vec<String>, folder: &Path) -> Self {
        Self { command, folder: folder.into(), times: Vec::new(), printed: Vec::new(), failure: None }
    }

    /// Runs the program, unless it has failed before.
    pub(crate) fn run(&mut self) {
        if self.failure.is_some() {
            return;
        }
        let mut command = machine::command(&self.command);
        command.current_dir(&self.folder).stdin(Stdio::null()).stderr(Stdio::inherit());
        let started = Instant::now();
        let result = command.output();
        self.times.push(started.elapsed().as_secs_f64());
        match result {
            Ok(run) if run.status.success() => {
                self.printed.extend(String::from_utf8_lossy(&run.stdout).trim().parse::<f64>());
            }
            Ok(run) => self.failure = Some(format!("failed with {}: see its message on stderr", run.status)),
            Err(error) => self.failure = Some(format!("cannot be started: {error}")),
        }
    }

    /// Removes the results of the first run, which brings files into the system's cache.
    pub(crate) fn forget(&mut self) {
        self.times.clear();
        self.printed.clear();
    }

    /// Statistic of the times, without that of an empty program.
    pub(crate) fn net(&self, empty: &Self, statistic: fn(&[f64]) -> f64) -> f64 {
        statistic(&self.times) - statistic(&empty.times)
    }
}
