//! Conformance tests of all client flavors: the shared test cases, faults, soak tests and abrupt shutdowns. Each flavor
//! has a driver, a small program that makes the calls it is asked to make. `tests/README.md` documents the protocol.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::missing_errors_doc,
    missing_docs,
    reason = "a test program, which may panic"
)]
#![allow(clippy::disallowed_methods, reason = "reads its own environment, not that of a client")]

mod canary;
mod cancellation;
mod compare;
mod driver;
mod failover;
mod flavor;
mod matrix;
mod mutations;
mod names;
mod play;
mod pool;
mod process;
mod report;
mod resources;
mod scenario;
mod search;
mod server;
mod shutdown;
mod soak;
mod suite;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use suite::Suite;

/// Command line of the program.
#[derive(Debug, Parser)]
pub struct Arguments {
    /// Client flavors by name, such as `python-async`. Default: all.
    #[arg(long = "flavor", global = true)]
    flavors: Vec<String>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Plays the shared test cases and the faults, and reports each like a test of cargo.
    Test(Suite),
    /// Searches the output of test suites for private keys.
    Search {
        /// Files with the output.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Makes many calls with random faults and with failovers, cancels many calls, and runs the shutdown scenarios.
    Soak(SoakOptions),
}

#[derive(Debug, Args)]
struct SoakOptions {
    /// Number of calls of each flavor.
    #[arg(long, default_value_t = 1_000_000)]
    calls: usize,
    /// Number of calls of each flavor through a load balancer that fails over.
    #[arg(long, default_value_t = 100_000)]
    failover_calls: usize,
    /// Number of calls that each flavor cancels.
    #[arg(long, default_value_t = 100_000)]
    cancelled: usize,
    /// Number of runs of each shutdown scenario.
    #[arg(long, default_value_t = 100)]
    shutdowns: usize,
    /// Seed of the random faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs what the command line asks for. Returns whether everything passed.
pub fn run(Arguments { flavors, action }: Arguments) -> Result<bool, String> {
    let flavors = flavor::select(&flavors)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    match action {
        Action::Test(suite) => suite.run(&flavors, &runtime),
        Action::Search { files } => search::run(&files),
        Action::Soak(SoakOptions { calls, failover_calls, cancelled, shutdowns, seed }) => {
            runtime.block_on(async {
                let mut passed = calls == 0 || soak::run(&flavors, calls, seed).await?;
                passed &= failover_calls == 0 || failover::run(&flavors, failover_calls).await?;
                passed &= cancelled == 0 || cancellation::run(&flavors, cancelled).await?;
                passed &= shutdowns == 0 || shutdown::run(&flavors, shutdowns).await?;
                Ok(passed)
            })
        }
    }
}
