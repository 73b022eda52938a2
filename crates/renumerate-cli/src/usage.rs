//! Descriptions of invalid command lines.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Describes invalid arguments in one line, without their values, because a value may be a private key.
pub(crate) fn describe_usage_error(error: &clap::Error) -> String {
    let option = text(error, ContextKind::InvalidArg)
        .and_then(|text| text.split(['=', ' ']).next())
        .filter(|name| name.starts_with("--"));
    let reason = error.kind().as_str().unwrap_or("the arguments are invalid");
    let problem = match (option, error.kind()) {
        (Some(option), ErrorKind::UnknownArgument) => format!("{option} is not an option"),
        // An empty value is also a missing one.
        (Some(option), ErrorKind::InvalidValue) if text(error, ContextKind::InvalidValue) == Some("") => {
            format!("{option} needs a value")
        }
        (Some(option), _) => format!("{option}: {reason}"),
        (None, _) => reason.to_owned(),
    };
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand];
    match similar.into_iter().find_map(|kind| text(error, kind)) {
        Some(known) => format!("{problem}; did you mean {known}? See --help"),
        None => format!("{problem}; see --help"),
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
