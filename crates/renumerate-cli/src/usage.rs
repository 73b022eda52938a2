//! Descriptions of invalid command lines.

use std::env;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Parser};

/// Describes invalid arguments in one line, without their values, because a value may be a private key.
pub(crate) fn describe_usage_error<A: Parser>(error: &clap::Error) -> String {
    let argument = text(error, ContextKind::InvalidArg);
    let name =
        argument.and_then(|text| text.split(['=', ' ']).next()).map(|name| name.trim_matches(['<', '>']));
    if let (Some(option), ErrorKind::ValueValidation) = (name, error.kind())
        && let Some(valid) = valid_values(option)
    {
        let variable = variable_of(&A::command(), option).filter(|_| !is_passed(option));
        return format!("{} must be {valid}", variable.as_deref().unwrap_or(option));
    }
    let reason = error.kind().as_str().unwrap_or("the arguments are invalid");
    let problem = match (name, error.kind()) {
        // The argument is text from the command line.
        (_, ErrorKind::UnknownArgument) => describe_unknown(argument.unwrap_or_default()),
        (Some(name), ErrorKind::MissingRequiredArgument) => format!("{name} is missing"),
        (Some(name), ErrorKind::ArgumentConflict) => format!("{name} is set twice"),
        (None, ErrorKind::ArgumentConflict) => "a subcommand cannot follow these options".to_owned(),
        (Some(name), ErrorKind::TooManyValues) => format!("{name} takes no value"),
        // Clap reports a missing value as an empty one.
        (Some(name), ErrorKind::InvalidValue) if text(error, ContextKind::InvalidValue) == Some("") => {
            format!("{name} needs a value")
        }
        (Some(name), _) => format!("{name}: {reason}"),
        (None, _) => reason.to_owned(),
    };
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand];
    match similar.into_iter().find_map(|kind| text(error, kind)) {
        Some(known) => format!("{problem}; did you mean {known}? See --help"),
        None => format!("{problem}; see --help"),
    }
}

/// Returns the valid values of an option that is not a text. Clap's own errors contain the value.
fn valid_values(option: &str) -> Option<&'static str> {
    Some(match option {
        "--log" => "one of off, error, warn, info, debug and trace",
        "--timeout" | "--attempt-timeout" | "--connect-timeout" => "a number of seconds, such as 10",
        "--max-retries" => "a whole number from 0 to 10",
        "--max-connections" => "a whole number from 1 to 10000",
        "--host" | "--widgets-host" => "an IP address, such as 127.0.0.1",
        "--port" | "--widgets-port" => "a number from 0 to 65535",
        "--chaos" => "a number from 0 to 1",
        "--chaos-seed" => "a whole number of 0 or more",
        "--session-lifetime" => "a whole number of seconds, 0 or more",
        _ => return None,
    })
}

/// Returns the environment variable of an option of the command or of a subcommand.
fn variable_of(command: &Command, option: &str) -> Option<String> {
    let is_named = |argument: &&Arg| argument.get_long() == option.strip_prefix("--");
    let variable = command.get_arguments().find(is_named).and_then(Arg::get_env);
    variable
        .map(|name| name.to_string_lossy().into_owned())
        .or_else(|| command.get_subcommands().find_map(|command| variable_of(command, option)))
}

fn is_passed(option: &str) -> bool {
    let mut options = env::args_os().take_while(|argument| argument != "--");
    options.any(|argument| argument.to_string_lossy().split('=').next() == Some(option))
}

/// Describes an argument that is not expected. The argument may be a private key. A text of lowercase letters and hyphens
/// is none, because a key has an underscore, digits or capital letters.
fn describe_unknown(argument: &str) -> String {
    let mut characters = argument.chars();
    match (characters.next(), characters.next()) {
        (Some('-'), Some(letter)) if letter.is_alphanumeric() => format!("-{letter} is not an option"),
        (Some('-'), Some('-')) if argument.chars().all(|c| c.is_ascii_lowercase() || c == '-') => {
            format!("{argument} is not an option")
        }
        (Some('-'), _) => "an option is unknown".to_owned(),
        _ => "there is an argument too many".to_owned(),
    }
}

/// Returns a text of clap's context. If there are several, returns the last one, which is the closest of suggestions.
fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        Some(ContextValue::Strings(texts)) => texts.last().map(String::as_str),
        _ => None,
    }
}
