//! The command-line program of the conformance tests. `tests/conformance/run.sh` builds the drivers and starts it.
#![allow(clippy::print_stderr, reason = "reports errors to the terminal")]

use std::process::ExitCode;

use clap::Parser;
use renumerate_conformance::Arguments;

fn main() -> ExitCode {
    match renumerate_conformance::run(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
