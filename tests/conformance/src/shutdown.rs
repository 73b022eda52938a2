//! Abrupt shutdowns of processes while calls are in progress. None of them may hang or crash.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use renumerate_sandbox::Sandbox;
use tokio::process::Command;
use tokio::time::timeout;

use crate::driver::clear_variables;
use crate::flavor::{Flavor, driver_folder};
use crate::process;

/// Limit for the end of a process.
const EXIT_LIMIT: Duration = Duration::from_secs(20);

/// Number of processes that run at the same time. Most of the time they wait.
const CONCURRENCY: usize = 4;

/// Languages that have shutdown scenarios.
const LANGUAGES: [&str; 4] = ["python", "node", "jvm", "swift"];

/// Runs each scenario of each language this many times. Returns whether all of them ended as expected.
pub(crate) async fn run(flavors: &[&'static Flavor], runs: usize) -> Result<bool, String> {
    println!("Abrupt shutdowns, each {runs} times");
    println!("| | | passed | longest |");
    let mut passed = true;
    for folder in LANGUAGES.into_iter().filter(|folder| flavors.iter().any(|flavor| flavor.folder == *folder))
    {
        let names = run_once(folder, "--list", "").await?;
        let text = String::from_utf8_lossy(&names.stdout).into_owned();
        if !names.status.success() || text.trim().is_empty() {
            return Err(format!("{folder}/shutdown.sh lists no scenario: {names:?}"));
        }
        for scenario in text.lines() {
            passed &= run_scenario(folder, scenario, runs).await?;
        }
    }
    Ok(passed)
}

async fn run_scenario(folder: &str, scenario: &str, runs: usize) -> Result<bool, String> {
    let workers = (1..=CONCURRENCY.min(runs))
        .map(|first| run_some(folder, scenario, (first..=runs).step_by(CONCURRENCY)));
    let results = try_join_all(workers).await?;
    let succeeded = results.iter().map(|(succeeded, _)| succeeded).sum::<usize>();
    let longest = results.iter().map(|(_, longest)| longest.as_secs_f64()).fold(0.0, f64::max);
    println!("| {folder} | {scenario} | {succeeded} of {runs} | {longest:.2} s |");
    Ok(succeeded == runs)
}

/// Runs a scenario several times in sequence. Returns the number of runs that succeeded, and the longest duration. The
/// server is not shared, so that its request count shows that each run made calls.
async fn run_some(
    folder: &str,
    scenario: &str,
    runs: impl Iterator<Item = usize>,
) -> Result<(usize, Duration), String> {
    let sandbox = Sandbox::start().await.map_err(|error| error.to_string())?;
    let (mut succeeded, mut longest) = (0, Duration::ZERO);
    for run in runs {
        let (began, earlier) = (Instant::now(), sandbox.counts().requests);
        match run_once(folder, scenario, sandbox.url()).await {
            Ok(output) => {
                let is_done = String::from_utf8_lossy(&output.stdout).lines().last() == Some("done");
                let called = sandbox.counts().requests > earlier;
                if output.status.success() && output.stderr.is_empty() && is_done && called {
                    succeeded += 1;
                } else {
                    println!("✗ {folder} {scenario}, run {run}: called: {called}; {output:?}");
                }
            }
            Err(reason) => println!("✗ {folder} {scenario}, run {run}: {reason}"),
        }
        longest = longest.max(began.elapsed());
    }
    Ok((succeeded, longest))
}

async fn run_once(folder: &str, scenario: &str, url: &str) -> Result<Output, String> {
    let mut command = Command::new(driver_folder(folder).join("shutdown.sh"));
    clear_variables(&mut command);
    // A process group of its own, so that its children can be killed with it.
    command.arg(scenario).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command.env("RENUMERATE_BASE_URL", url).env("RENUMERATE_PRIVATE_KEY", renumerate_sandbox::DEFAULT_KEY);
    let failed = |error: std::io::Error| format!("{folder}/shutdown.sh: {error}");
    let process = command.spawn().map_err(failed)?;
    let group = process.id().and_then(|pid| pid.try_into().ok());
    let Ok(output) = timeout(EXIT_LIMIT, process.wait_with_output()).await else {
        group.map(process::kill_group).transpose()?;
        return Err(format!("no end within {EXIT_LIMIT:?}"));
    };
    output.map_err(failed)
}
