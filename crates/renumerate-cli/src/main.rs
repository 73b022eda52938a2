//! The `renumerate` command.

mod args;
mod demo;
mod doctor;
mod failure;
mod output;
mod sandbox;
mod session;
mod settings;
mod trust;

use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use args::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let Arguments { command, log } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && !shows_help(&error) => {
            output::complain(&Failure::Usage(usage(&error)));
            return ExitCode::from(failure::USAGE);
        }
        Err(help) => help.exit(),
    };
    if let Some(level) = log {
        tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(command));
            runtime.shutdown_background(); // a name look-up that hangs would be waited for
            done
        }
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

/// A command without its subcommand is answered with its help.
fn shows_help(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

/// What is wrong with the arguments, in one line and without their values: one may be a key in the wrong place.
fn usage(error: &clap::Error) -> String {
    let reason = error.kind().as_str().unwrap_or("the arguments can't be understood");
    let named = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(text)) => Some(text),
        Some(ContextValue::Strings(missing)) => missing.first(),
        _ => None,
    };
    let option = named.and_then(|text| text.split(['=', ' ']).next()).filter(|name| name.starts_with("--"));
    match option {
        Some(option) => format!("{option}: {reason}; see --help"),
        None => format!("{reason}; see --help"),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo => demo::run().await,
        Command::Session { session } => session::run(session).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::Sandbox(options) => sandbox::run(options).await,
    }
}
