//! The `renumerate` command.

mod args;
mod ca;
mod client_options;
mod demo;
mod doctor;
mod error;
mod healthcheck;
mod output;
mod sandbox;
mod session;
mod token;
mod usage;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Arguments, Command};
use error::CliError;

fn main() -> ExitCode {
    let Arguments { command, log } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && !shows_help(&error) => {
            let error = CliError::Usage(usage::describe_usage_error::<Arguments>(&error));
            output::print_error(&error);
            return ExitCode::from(error.exit_code());
        }
        Err(help) => help.exit(),
    };
    if let Some(level) = log {
        tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(command));
            runtime.shutdown_background(); // dropping the runtime would wait for a stuck DNS lookup
            result
        }
        Err(error) => Err(CliError::Other(format!("cannot start the runtime: {error}"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Returns whether clap prints the help because the subcommand is missing.
fn shows_help(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

async fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Demo => demo::run().await,
        Command::Session { session } => session::run(session).await,
        Command::Token(options) => token::run(options),
        Command::Doctor(options) => doctor::run(options).await,
        Command::Sandbox(options) => sandbox::run(options).await,
        Command::Healthcheck(options) => healthcheck::run(options).await,
    }
}
