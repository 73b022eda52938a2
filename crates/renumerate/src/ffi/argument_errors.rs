//! Errors that only bindings report: unknown names and values of the wrong type, which the types of the API prevent in
//! Rust, and failures of a binding's own code.

use std::io;

use super::name_style::NameStyle;
use crate::config::{
    self, CALL_OPTIONS, CLIENT_OPTIONS, OptionRow, OptionType, Setter, describe_range, names,
};
use crate::error::Error;
use crate::model::{self, EndpointKind, TOKEN_PARAMETERS, closest_match};

/// Returns the error of a call that ended without a result. This is always a bug in this SDK.
pub fn internal_error() -> Error {
    Error::internal("the call has ended without a result")
}

/// Returns the error of a process that has no threads or file descriptors left. It is retryable.
pub fn out_of_resources(source: io::Error) -> Error {
    Error::out_of_resources(Box::new(source))
}

/// Returns the error of an option that has the wrong type. `name` is spelled as the caller wrote it. `takes` names the
/// accepted type and `got` the actual type, both with an article, such as `a number`. For a whole number, the core replaces
/// `takes` by the option's range.
pub fn option_type_error(name: &str, takes: &str, got: &str) -> Error {
    let is_named = |row: &&OptionRow<_>| {
        [NameStyle::SnakeCase, NameStyle::CamelCase].iter().any(|style| style.spell(row.name) == name)
    };
    match CLIENT_OPTIONS.iter().find(is_named).map(|row| &row.setter) {
        Some(Setter::WholeNumber { range, .. }) => Error::invalid_value(name, &describe_range(range), got),
        _ => Error::invalid_value(name, takes, got),
    }
}

/// Returns the error of a request parameter that has the wrong type. See [`option_type_error`] for the arguments.
pub fn parameter_type_error(name: &str, takes: &str, got: &str) -> Error {
    Error::invalid_parameter(name, takes, got)
}

/// Returns whether `name` is the name of an option, or probably the misspelled name of a call option.
///
/// A language that passes call options and request parameters in one list needs this to tell them apart.
pub fn is_call_option(name: &str) -> bool {
    CLIENT_OPTIONS.iter().any(|row| row.name == name) || closest_match(name, &names(&CALL_OPTIONS)).is_some()
}

/// Returns the type of a client option, or `None` if the name is unknown. A call option has the type of the client
/// option of the same name.
pub fn option_type(name: &str) -> Option<OptionType> {
    CLIENT_OPTIONS.iter().find(|row| row.name == name).map(OptionRow::value_type)
}

/// Returns the prefix of a session id, such as `ret_`, or an empty text if the id has no known prefix.
pub fn session_id_prefix(id: &str) -> &'static str {
    model::id_prefixes().into_iter().find(|prefix| id.starts_with(prefix)).unwrap_or_default()
}

/// Returns the error for a parameter that does not exist for this kind of session. `name` is spelled as the caller
/// wrote it.
pub fn unknown_parameter(kind: EndpointKind, name: &str) -> Error {
    model::unknown_parameter(&kind.endpoint().parameters, name)
}

/// Returns the error for a parameter that a handshake token does not have. `name` is spelled as the caller wrote it.
pub fn unknown_token_parameter(name: &str) -> Error {
    model::unknown_parameter(TOKEN_PARAMETERS, name)
}

/// Returns the error of an unknown client option. `also` lists options that only the binding has, so that the error can
/// suggest them too.
pub fn unknown_option(name: &str, also: &[&'static str]) -> Error {
    config::unknown_option(name, &[&names(&CLIENT_OPTIONS), also].concat())
}

/// Returns the error of an unknown call option. `also` lists options that only the binding has, so that the error can
/// suggest them too.
pub fn unknown_call_option(name: &str, also: &[&'static str]) -> Error {
    config::unknown_call_option(name, &[&names(&CALL_OPTIONS), also].concat())
}
