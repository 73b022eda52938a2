//! What clients go through, in every language: faults, a million calls, cancelled calls, hard ends of processes.
//! `tests/trials/run` builds the drivers and starts it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "it is a test, which fails loudly"
)]
#![allow(clippy::disallowed_methods, reason = "it looks at its own environment, and not at a client's")]

mod cancellations;
mod driver;
mod ends;
mod endurance;
mod faces;
mod fault;
mod judge;
mod planted;
mod play;
mod process;
mod scoreboard;
mod search;
mod soak;
mod stage;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What clients go through, in every language.
#[derive(Parser)]
struct Arguments {
    /// The faces to try, by name. Default: all.
    #[arg(long = "face", global = true)]
    faces: Vec<String>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Every fault of `faults.json`.
    Scoreboard {
        /// The faults to play, by name. Default: all.
        #[arg(long = "fault")]
        faults: Vec<String>,
        /// The library that sets the clock of a process.
        #[arg(long)]
        libfaketime: Option<PathBuf>,
        /// A folder for what drivers read, and for what their loggers hear.
        #[arg(long, default_value = "target/trials/files")]
        files: PathBuf,
        /// Where to write the table.
        #[arg(long)]
        table: Option<PathBuf>,
    },
    /// What a whole test run has printed: no key of a case is in it.
    Search {
        /// The files with its output.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Many calls with random faults, many cancelled calls, and hard ends of processes.
    Soak {
        /// How many calls each face makes.
        #[arg(long, default_value_t = 1_000_000)]
        calls: usize,
        /// How many calls each face cancels.
        #[arg(long, default_value_t = 100_000)]
        cancelled: usize,
        /// How often each end of a process is tried.
        #[arg(long, default_value_t = 100)]
        ends: usize,
        /// What fixes the sequence of faults.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { faces, what }: Arguments) -> Result<bool, String> {
    let faces = faces::chosen(&faces)?;
    match what {
        What::Scoreboard { faults, libfaketime, files, table } => {
            scoreboard::run(&faces, &faults, libfaketime, &files, table.as_deref()).await
        }
        What::Search { files } => search::run(&files),
        What::Soak { calls, cancelled, ends, seed } => {
            let mut good = calls == 0 || soak::run(&faces, calls, seed).await?;
            good &= cancelled == 0 || cancellations::run(&faces, cancelled).await?;
            good &= ends == 0 || ends::run(&faces, ends).await?;
            Ok(good)
        }
    }
}
