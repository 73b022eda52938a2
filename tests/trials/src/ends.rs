//! Hard ends of processes: each many times, and none hangs or crashes.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use renumerate_sandbox::Sandbox;
use tokio::process::Command;
use tokio::time::timeout;

use crate::driver::forget_variables;
use crate::faces::{EXITS, Face, program};
use crate::process;

/// An end takes no longer.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// How many processes run at once: most of the time they wait.
const AT_ONCE: usize = 4;

/// Runs each scenario of each language so often, and says whether all ended well.
pub(crate) async fn run(faces: &[&'static Face], runs: usize) -> Result<bool, String> {
    println!("Hard ends of processes, each {runs} times");
    println!("| | | ended well | the longest |");
    let mut good = true;
    for folder in EXITS.into_iter().filter(|folder| faces.iter().any(|face| face.folder == *folder)) {
        let names = run_once(folder, "--list", "").await?;
        let text = String::from_utf8_lossy(&names.stdout).into_owned();
        if !names.status.success() || text.trim().is_empty() {
            return Err(format!("{folder}/exit lists no scenarios: {names:?}"));
        }
        for scenario in text.lines() {
            good &= many(folder, scenario, runs).await?;
        }
    }
    Ok(good)
}

async fn many(folder: &str, scenario: &str, runs: usize) -> Result<bool, String> {
    let lanes = (1..=AT_ONCE.min(runs)).map(|first| lane(folder, scenario, (first..=runs).step_by(AT_ONCE)));
    let lanes = try_join_all(lanes).await?;
    let well = lanes.iter().map(|(well, _)| well).sum::<usize>();
    let longest = lanes.iter().map(|(_, longest)| longest.as_secs_f64()).fold(0.0, f64::max);
    println!("| {folder} | {scenario} | {well} of {runs} | {longest:.2} s |");
    Ok(well == runs)
}

/// Some of a scenario's runs, one after the other: how many ended well, and the longest. Its server is its own, which shows
/// that each run has called.
async fn lane(
    folder: &str,
    scenario: &str,
    runs: impl Iterator<Item = usize>,
) -> Result<(usize, Duration), String> {
    let sandbox = Sandbox::start().await.map_err(|error| error.to_string())?;
    let (mut well, mut longest) = (0, Duration::ZERO);
    for run in runs {
        let (began, earlier) = (Instant::now(), sandbox.counts().requests);
        match run_once(folder, scenario, sandbox.url()).await {
            Ok(output) => {
                let printed = String::from_utf8_lossy(&output.stdout).lines().last() == Some("done");
                let called = sandbox.counts().requests > earlier;
                if output.status.success() && output.stderr.is_empty() && printed && called {
                    well += 1;
                } else {
                    println!("✗ {folder} {scenario}, run {run}: it called: {called}; {output:?}");
                }
            }
            Err(reason) => println!("✗ {folder} {scenario}, run {run}: {reason}"),
        }
        longest = longest.max(began.elapsed());
    }
    Ok((well, longest))
}

async fn run_once(folder: &str, scenario: &str, url: &str) -> Result<Output, String> {
    let mut command = Command::new(program(folder, "exit"));
    forget_variables(&mut command);
    // What it starts is ended with it.
    command.arg(scenario).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command.env("RENUMERATE_BASE_URL", url).env("RENUMERATE_PRIVATE_KEY", renumerate_sandbox::DEFAULT_KEY);
    let failed = |error: std::io::Error| format!("{folder}/exit: {error}");
    let process = command.spawn().map_err(failed)?;
    let group = process.id().and_then(|pid| pid.try_into().ok());
    let Ok(output) = timeout(ENDS_WITHIN, process.wait_with_output()).await else {
        group.map(process::end_group).transpose()?;
        return Err(format!("it has not ended within {ENDS_WITHIN:?}"));
    };
    output.map_err(failed)
}
