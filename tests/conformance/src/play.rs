//! Plays one scenario with one driver.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use renumerate_sandbox::{Call, CaseOption, Exchange, Outcome, Record};
use serde_json::{Value, json};

use crate::canary::Canaries;
use crate::compare;
use crate::driver::Driver;
use crate::process;
use crate::report::CallReport;
use crate::scenario::{ProcessFault, Scenario};
use crate::server::Server;

/// Time after its total timeout at which a call counts as hung.
const HANG_LIMIT: Duration = Duration::from_secs(20);

/// Longest total timeout for which a call is awaited. Some scenarios have a timeout of minutes and must end at once.
const LONGEST_TIMEOUT: f64 = 40.0;

/// A client polls its idle connections only if it did not do so within the last millisecond.
const POLL_AGAIN_AFTER: Duration = Duration::from_millis(20);

/// Options that environment variables set in a scenario with `from_environment`.
const VARIABLES: [(&str, &str); 3] = [
    ("private_key", "RENUMERATE_PRIVATE_KEY"),
    ("base_url", "RENUMERATE_BASE_URL"),
    ("proxy", "HTTPS_PROXY"),
];

/// Observations of the driver and the server.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub(crate) report: CallReport,
    pub(crate) requests: Vec<Record>,
    /// Growth of the process's memory during the call.
    pub(crate) grown_mb: u64,
    /// Places where a secret was found.
    pub(crate) leaks: Vec<String>,
}

/// A scenario with its server, ready to be played.
pub(crate) struct Stage {
    /// The scenario with its placeholders replaced.
    scenario: Scenario,
    canaries: Canaries,
    server: Server,
}

impl Stage {
    /// Starts the server of a scenario. Files for the client are written to `files`.
    pub(crate) async fn prepare(scenario: &Scenario, files: &Path) -> Result<Self, String> {
        let (canaries, case) = Canaries::plant(&scenario.case)?;
        let mut scenario = Scenario { case, ..scenario.clone() };
        let server = Server::start(&scenario, files).await?;
        scenario.case =
            scenario.case.filled(&canaries.key, server.sandbox.url()).map_err(|error| error.to_string())?;
        if let Some(Outcome::Error(expected)) = &mut scenario.case.outcome
            && let Some(text) = &mut expected.text
        {
            for (placeholder, url) in
                [("${peer}", Some(&server.base_url)), ("${proxy}", server.proxy.as_ref())]
            {
                let host = url.and_then(|url| url.split_once("://")).map(|(_, host)| host);
                *text = text.replace(placeholder, host.unwrap_or_default());
            }
        }
        Ok(Self { scenario, canaries, server })
    }

    /// Returns the environment variables that set the options, for a scenario with `from_environment`.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let options = self.options();
        let variable = |option: &str, name| match options.get(option) {
            Some(CaseOption::Text(value)) => Some((name, value.clone())),
            _ => None,
        };
        VARIABLES.iter().filter_map(|(option, name)| variable(option, *name)).collect()
    }

    /// Options of the client by their names in case files.
    fn options(&self) -> BTreeMap<String, CaseOption> {
        let mut options = self.scenario.case.client.clone();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                options.entry(name.to_owned()).or_insert(CaseOption::Text(value));
            }
        };
        add("private_key", Some(self.canaries.key.clone()));
        add("base_url", Some(self.server.base_url.clone()));
        add("proxy", self.server.proxy.clone());
        add("ca_bundle", self.server.ca_bundle.as_ref().map(|file| file.display().to_string()));
        options
    }

    /// Plays the scenario. Returns its report and every difference from what is expected.
    pub(crate) async fn verify(
        &self,
        driver: &mut Driver,
        files: &Path,
    ) -> Result<(CallReport, Vec<String>), String> {
        let seen = self.observe(driver, files).await?;
        let mut differences = compare::differences(&self.scenario, &seen, driver.flavor().names);
        differences.extend(seen.leaks);
        Ok((seen.report, differences))
    }

    async fn observe(&self, driver: &mut Driver, files: &Path) -> Result<Observation, String> {
        let Self { scenario, canaries, server } = self;
        let mut options = self.options();
        if scenario.from_environment {
            options.retain(|option, _| VARIABLES.iter().all(|(name, _)| name != option));
        }
        Run { driver, scenario, canaries, server, files }.observe(&options).await
    }
}

/// Plays a scenario. Returns the scenario with its placeholders replaced, and what was observed.
pub(crate) async fn play(
    driver: &mut Driver,
    scenario: &Scenario,
    files: &Path,
) -> Result<(Scenario, Observation), String> {
    let stage = Stage::prepare(scenario, files).await?;
    let observation = stage.observe(driver, files).await?;
    Ok((stage.scenario.clone(), observation))
}

struct Run<'a> {
    driver: &'a mut Driver,
    scenario: &'a Scenario,
    canaries: &'a Canaries,
    server: &'a Server,
    files: &'a Path,
}

impl Run<'_> {
    async fn observe(mut self, options: &BTreeMap<String, CaseOption>) -> Result<Observation, String> {
        let options = self.driver.flavor().names.values(options);
        let mut public = String::new();
        let mut grown_mb = 0;
        let opened = self.driver.open(&options, true).await?;
        let report = if opened.get("opened").is_some() {
            let calls = self.warm_up(&mut public).await?;
            let before = process::status(self.driver.pid(), "VmRSS")?;
            process::reset_peak(self.driver.pid())?;
            let report = CallReport::read(self.call(calls).await?)?;
            grown_mb = process::status(self.driver.pid(), "VmHWM")?.saturating_sub(before) / 1024;
            report
        } else {
            CallReport::read(opened)?
        };
        self.driver.close().await?;

        let requests = self.server.sandbox.requests_of(&self.canaries.key);
        let logged =
            if requests.is_empty() { self.driver.take_logged() } else { self.driver.wait_for_log().await? };
        let log = self.files.join(format!("{}.log", self.scenario.case.name));
        std::fs::write(&log, &logged).map_err(|error| format!("{}: {error}", log.display()))?;
        public += &report.public_text();
        let mut leaks = Vec::new();
        for (place, text) in [("the output", &public), ("the log", &logged)] {
            leaks.extend(
                self.canaries.found_in(text).into_iter().map(|leak| format!("{place} contains {leak}")),
            );
        }
        let last = self.driver.last_canaries.replace(self.canaries.clone());
        let late = last.map(|canaries| canaries.found_in(&logged)).unwrap_or_default();
        leaks.extend(late.into_iter().map(|leak| format!("the log of the previous call contains {leak}")));
        if report.shown.is_empty() {
            leaks.push("the driver shows nothing".to_owned());
        }
        Ok(Observation { report, requests, grown_mb, leaks })
    }

    fn command(&self) -> Value {
        let names = self.driver.flavor().names;
        let Call { method, parameters, options } = self.scenario.case.call.clone().unwrap();
        json!({
            "do": "call", "method": method, "parameters": names.values(&parameters), "options": names.values(&options),
        })
    }

    /// Makes the calls before the one that is compared, and waits until the server has closed the connections that it
    /// closes after a response. Adds what the calls show to `public`. Returns the number of requests so far.
    async fn warm_up(&mut self, public: &mut String) -> Result<usize, String> {
        let case = &self.scenario.case;
        for _ in 0..case.warm_up.unwrap_or_default() {
            let reply = self.driver.request(&self.command(), HANG_LIMIT).await?;
            *public += &CallReport::read(reply)?.public_text();
        }
        if self.scenario.connections > 0 {
            let count = self.scenario.connections;
            let calls = json!({"do": "calls", "count": count, "concurrency": count});
            let replied = self.driver.request(&calls, HANG_LIMIT).await?;
            if replied.get("sessions") != Some(&count.into()) {
                return Err(format!("the calls before the compared one failed: {replied}"));
            }
        }
        if self.scenario.freeze {
            process::stop(self.driver.pid())?;
        }
        let is_open = |(exchange, record): (&Exchange, &Record)| {
            exchange.answer.close_after_ms.is_some() && record.problem.is_none() && !record.closed
        };
        let deadline = Instant::now() + HANG_LIMIT;
        while case.exchanges.iter().zip(&self.server.sandbox.requests_of(&self.canaries.key)).any(is_open) {
            if Instant::now() > deadline {
                return Err("the sandbox does not close the connection".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        if case.exchanges.iter().any(|exchange| exchange.answer.close_after_ms.is_some()) {
            tokio::time::sleep(POLL_AGAIN_AFTER).await;
        }
        Ok(self.server.sandbox.requests_of(&self.canaries.key).len())
    }

    /// Makes the call that is compared.
    async fn call(&mut self, requests_before: usize) -> Result<Value, String> {
        let descriptors = self.start_process_fault()?;
        if self.scenario.case.fixed_system {
            set_fault(self.files, b'f')?;
        }
        self.driver.send(&self.command()).await?;
        if self.scenario.freeze {
            process::resume(self.driver.pid())?;
        }
        if let Some(jump) = self.scenario.clock_jump {
            let deadline = Instant::now() + HANG_LIMIT;
            while self.server.sandbox.requests_of(&self.canaries.key).len() <= requests_before {
                if Instant::now() > deadline {
                    return Err("no request came".to_owned());
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            set_clock(self.files, jump)?;
        }
        // Invalid timeouts, such as negative ones, are part of some scenarios.
        let timeout = self.scenario.total_timeout().clamp(0.0, LONGEST_TIMEOUT);
        let reply = self.driver.reply(Duration::from_secs_f64(timeout) + HANG_LIMIT).await;
        if self.scenario.clock_jump.is_some() {
            set_clock(self.files, 0)?;
        }
        if self.scenario.process.is_some() || self.scenario.case.fixed_system {
            set_fault(self.files, 0)?;
        }
        if let Some(limit) = descriptors {
            process::set_descriptor_limit(self.driver.pid(), &limit)?;
        }
        reply
    }

    /// Starts the fault of the process. Returns the limit of file descriptors to restore.
    fn start_process_fault(&self) -> Result<Option<String>, String> {
        match self.scenario.process {
            Some(ProcessFault::NoThreads) => set_fault(self.files, b't')?,
            Some(ProcessFault::Panic) => set_fault(self.files, b'p')?,
            Some(ProcessFault::NoDescriptors) => {
                return process::limit_descriptors(self.driver.pid()).map(Some);
            }
            Some(ProcessFault::HungCertificates) => {
                // Reading a pipe without a writer never ends, like reading a file on a network drive that hangs.
                let file = certificate_file(self.files);
                let _replaced = std::fs::remove_file(&file);
                nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU)
                    .map_err(|error| error.to_string())?;
            }
            Some(ProcessFault::Lookup) | None => {}
        }
        Ok(None)
    }
}

/// File whose first byte selects a fault of the library in `preload`.
pub(crate) fn fault_file(files: &Path) -> std::path::PathBuf {
    files.join("fault")
}

/// Selects a fault of the processes that read this folder's file; zero selects none.
pub(crate) fn set_fault(files: &Path, fault: u8) -> Result<(), String> {
    let file = fault_file(files);
    // The file is changed in place, because the library has mapped it.
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&file)
        .and_then(|mut opened| std::io::Write::write_all(&mut opened, &[fault]))
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// File of trusted certificates of the drivers with the library in `preload`.
pub(crate) fn certificate_file(files: &Path) -> std::path::PathBuf {
    files.join("certificates.pem")
}

/// File from which libfaketime reads the clock of the driver's process.
pub(crate) fn clock_file(files: &Path) -> std::path::PathBuf {
    files.join("clock")
}

/// Sets the clock of the processes that read this folder's file, as an offset in seconds from the true time.
pub(crate) fn set_clock(files: &Path, seconds: i64) -> Result<(), String> {
    let file = clock_file(files);
    // Replaced by a rename, so that no process reads an incomplete file.
    let new = file.with_extension("new");
    std::fs::write(&new, format!("{seconds:+}\n"))
        .and_then(|()| std::fs::rename(&new, &file))
        .map_err(|error| format!("{}: {error}", file.display()))
}
