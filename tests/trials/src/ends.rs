//! Hard ends of processes: each many times, and none hangs or crashes.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use renumerate_sandbox::Sandbox;
use tokio::process::Command;
use tokio::time::timeout;

use crate::faces::{EXITS, program};

/// An end takes no longer.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// Runs each scenario of each language so often, and says whether all ended well.
pub(crate) async fn run(runs: usize) -> Result<bool, String> {
    println!("Hard ends of processes, each {runs} times");
    println!("| | | ended well | the longest |");
    let mut good = true;
    for folder in EXITS {
        let names = run_once(folder, "--list", "").await?;
        for scenario in String::from_utf8_lossy(&names.stdout).lines() {
            good &= many(folder, scenario, runs).await?;
        }
    }
    Ok(good)
}

async fn many(folder: &str, scenario: &str, runs: usize) -> Result<bool, String> {
    let sandbox = Sandbox::start().await.map_err(|error| error.to_string())?;
    let (mut well, mut longest) = (0, Duration::ZERO);
    for run in 1..=runs {
        let began = Instant::now();
        match run_once(folder, scenario, sandbox.url()).await {
            Ok(output) if output.status.success() && output.stderr.is_empty() => well += 1,
            Ok(output) => println!(
                "✗ {folder} {scenario}, run {run}: {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(reason) => println!("✗ {folder} {scenario}, run {run}: {reason}"),
        }
        longest = longest.max(began.elapsed());
    }
    println!("| {folder} | {scenario} | {well} of {runs} | {:.2} s |", longest.as_secs_f64());
    Ok(well == runs)
}

async fn run_once(folder: &str, scenario: &str, url: &str) -> Result<Output, String> {
    let mut command = Command::new(program(folder, "exit"));
    command.arg(scenario).stdin(Stdio::null()).kill_on_drop(true);
    command.env("RENUMERATE_BASE_URL", url).env("RENUMERATE_PRIVATE_KEY", renumerate_sandbox::DEFAULT_KEY);
    timeout(ENDS_WITHIN, command.output())
        .await
        .map_err(|_| format!("it has not ended within {ENDS_WITHIN:?}"))?
        .map_err(|error| format!("{folder}/exit: {error}"))
}
