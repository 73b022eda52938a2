//! One fault in one language.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use renumerate_sandbox::{Exchange, Record, Sandbox};
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::fault::{Fault, StageKind};
use crate::judge;
use crate::planted::Planted;
use crate::process;
use crate::stage::Stage;

/// Beyond its total timeout a call that has not ended hangs.
const HANGS_AFTER: Duration = Duration::from_secs(20);

/// A client does not look at its connections again that it has seen within the last millisecond.
const LOOKED_LONG_AGO: Duration = Duration::from_millis(20);

/// What came of it.
pub(crate) struct Cell {
    pub(crate) told: String,
    /// Empty where it is as it should be.
    pub(crate) differences: Vec<String>,
    /// How long the call took beyond its total timeout, in seconds; mostly less than nothing.
    pub(crate) over: f64,
}

impl Cell {
    pub(crate) fn failed(reason: String) -> Self {
        Self { told: "failed".to_owned(), differences: vec![reason], over: 0.0 }
    }
}

/// What is needed to play faults with one driver.
pub(crate) struct Player {
    pub(crate) driver: Driver,
    pub(crate) sandbox: Arc<Sandbox>,
    /// For files that the driver reads.
    pub(crate) folder: PathBuf,
}

impl Player {
    /// The file by which the clock of the driver's process is set.
    pub(crate) fn clock(folder: &Path) -> PathBuf {
        folder.join("clock")
    }

    pub(crate) async fn play(&mut self, fault: &Fault) -> Cell {
        self.try_to_play(fault).await.unwrap_or_else(Cell::failed)
    }

    async fn try_to_play(&mut self, fault: &Fault) -> Result<Cell, String> {
        let planted = Planted::new(&fault.name);
        let stage = Stage::set(fault, &planted, &self.sandbox, &self.folder)
            .await
            .map_err(|error| format!("the stage cannot be set: {error}"))?;
        let opened = self.driver.open(&options(fault, &planted, &stage), true).await?;
        if opened.get("opened").is_none() {
            return Err(format!("the client cannot be made: {opened}"));
        }
        self.warm_up(fault, &planted, &stage).await?;
        let peak = process::status(self.driver.pid(), "VmRSS")?;
        process::forget_peak(self.driver.pid())?;
        let answer = self.call(fault, &planted, &stage).await?;
        let grown = process::status(self.driver.pid(), "VmHWM")?.saturating_sub(peak) / 1024;
        self.driver.close().await?;

        let mut differences = judge::differences(fault, &answer);
        differences.extend(on_the_wire(fault, &stage.requests(&planted.key)));
        if stage.elsewhere_reached() > 0 {
            differences.push("it went to the other host".to_owned());
        }
        if let Some(most) = fault.expect.grows_at_most_mb.filter(|most| grown > *most) {
            differences.push(format!("the process grew by {grown} MB, and may grow by {most} MB"));
        }
        let printed = self.driver.take_printed();
        let log = self.folder.join(format!("{}.log", fault.name));
        std::fs::write(&log, &printed).map_err(|error| format!("{}: {error}", log.display()))?;
        differences.extend(leaks(&planted, answer.clone(), &printed));
        let seconds = answer.get("seconds").and_then(Value::as_f64).unwrap_or_default();
        let over = if fault.freeze { f64::MIN } else { seconds - fault.seconds("timeout") };
        Ok(Cell { told: judge::told(&answer), differences, over })
    }

    /// Opens connections to reuse, and waits until those are closed which the script closes; a process that is to be
    /// frozen is so before that happens.
    async fn warm_up(&mut self, fault: &Fault, planted: &Planted, stage: &Stage) -> Result<(), String> {
        if fault.warm_up == 0 {
            return Ok(());
        }
        let calls = json!({"do": "calls", "count": fault.warm_up, "at_once": fault.warm_up});
        let warmed = self.driver.ask(&calls, HANGS_AFTER).await?;
        if warmed.get("sessions") != Some(&fault.warm_up.into()) {
            return Err(format!("the calls before the one that counts failed: {warmed}"));
        }
        if fault.freeze {
            process::stop(self.driver.pid())?;
        }
        let StageKind::Script { exchanges } = &fault.stage else { return Ok(()) };
        let open = |(exchange, record): (&Exchange, &Record)| {
            exchange.answer.close_after_ms.is_some() && !record.closed
        };
        let given_up = Instant::now() + HANGS_AFTER;
        while exchanges.iter().zip(&stage.requests(&planted.key)).any(open) {
            if Instant::now() > given_up {
                return Err("the sandbox does not close the connection".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(LOOKED_LONG_AGO).await;
        Ok(())
    }

    /// The call that counts.
    async fn call(&mut self, fault: &Fault, planted: &Planted, stage: &Stage) -> Result<Value, String> {
        let call = json!({
            "do": "call", "method": "create_retention_session",
            "parameters": {"customer_id": "cus_1", "customer_email": planted.email}, "options": {},
        });
        self.driver.tell(&call).await?;
        if fault.freeze {
            process::go_on(self.driver.pid())?;
        }
        if let Some(jump) = fault.clock_jump {
            self.set_clock_when_asked(jump, fault, planted, stage).await?;
        }
        let within = Duration::from_secs_f64(fault.seconds("timeout")) + HANGS_AFTER;
        let answer = self.driver.answer(within).await;
        if fault.clock_jump.is_some() {
            set_clock(&self.folder, 0)?;
        }
        answer
    }

    /// Sets the clock once the request is there, and so between two looks of the client at it.
    async fn set_clock_when_asked(
        &self,
        jump: i64,
        fault: &Fault,
        planted: &Planted,
        stage: &Stage,
    ) -> Result<(), String> {
        let given_up = Instant::now() + HANGS_AFTER;
        while stage.requests(&planted.key).len() <= fault.warm_up {
            if Instant::now() > given_up {
                return Err("no request came".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        set_clock(&self.folder, jump)
    }
}

/// Sets the clock of the processes that read this folder's file, by so many seconds from the true time.
pub(crate) fn set_clock(folder: &Path, seconds: i64) -> Result<(), String> {
    let file = Player::clock(folder);
    // A file that is half written would be read.
    let new = file.with_extension("new");
    std::fs::write(&new, format!("{seconds:+}\n"))
        .and_then(|()| std::fs::rename(&new, &file))
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn options(fault: &Fault, planted: &Planted, stage: &Stage) -> Value {
    let mut options = fault.client.clone();
    options.insert("private_key".to_owned(), planted.key.clone().into());
    options.insert("base_url".to_owned(), stage.base_url.clone().into());
    if let Some(proxy) = &stage.proxy {
        options.insert("proxy".to_owned(), proxy.clone().into());
    }
    if let Some(file) = &stage.ca_bundle {
        options.insert("ca_bundle".to_owned(), file.display().to_string().into());
    }
    json!(options)
}

/// Where the requests that came differ from the script.
fn on_the_wire(fault: &Fault, requests: &[Record]) -> Vec<String> {
    let mut found: Vec<String> = requests.iter().filter_map(|request| request.problem.clone()).collect();
    if let Some(wanted) = fault.expect.requests.filter(|wanted| *wanted != requests.len()) {
        found.push(format!("{} requests came, and should have been {wanted}", requests.len()));
    }
    let StageKind::Script { exchanges } = &fault.stage else { return found };
    for (pair, exchange) in requests.windows(2).zip(exchanges.iter().skip(1)) {
        let [before, request] = pair else { continue };
        let gap = request.at_ms - before.at_ms;
        let wanted = exchange.request.as_ref().and_then(|request| request.min_gap_ms).unwrap_or_default();
        if gap < wanted {
            found.push(format!("a request came {gap} ms after the one before it, and not {wanted} or more"));
        }
    }
    found
}

/// The secrets in what the driver shows and prints. Its session's id is where it should be, and nowhere else.
fn leaks(planted: &Planted, mut answer: Value, printed: &str) -> Vec<String> {
    if let Some(id) = answer.pointer_mut("/session/id") {
        *id = Value::Null;
    }
    let mut found = Vec::new();
    for (place, text) in [("what it shows", answer.to_string()), ("standard error", printed.to_owned())] {
        found.extend(planted.found_in(&text).into_iter().map(|leak| format!("{place} has {leak}")));
    }
    if printed.is_empty() {
        found.push("the logger has heard nothing".to_owned());
    }
    if answer.get("shown").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        found.push("the driver shows nothing".to_owned());
    }
    found
}
