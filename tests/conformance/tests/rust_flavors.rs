//! Plays all scenarios with the two Rust clients. The arguments are those of `cargo test`.
#![allow(clippy::unwrap_used, reason = "a test program, which may panic")]

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let status = Command::new(env!("CARGO_BIN_EXE_renumerate-conformance"))
        .args(["--flavor", "rust-async", "--flavor", "rust-blocking", "test", "--skip", "clock_"])
        .args(std::env::args().skip(1))
        .env("RUST_DRIVER", env!("CARGO_BIN_EXE_renumerate-conformance-driver"))
        .status()
        .unwrap();
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
