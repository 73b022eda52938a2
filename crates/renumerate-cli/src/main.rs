//! The `renumerate` command.

mod args;
mod demo;
mod failure;
mod output;
mod sandbox;
mod session;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let Arguments { command, log } = Arguments::parse();
    if let Some(level) = log {
        tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(command)),
        Err(error) => Err(Failure::Other(format!("no runtime is to be had: {error}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Somebody who stops reading has seen enough.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo => demo::run().await,
        Command::Session { session } => session::run(session).await,
        Command::Sandbox(options) => sandbox::run(options).await,
    }
}
