//! Errors that Rust's types rule out, and that a language without them can meet.

use crate::config::{self, CALL_OPTIONS, CLIENT_OPTIONS, OptionRow, OptionType, names};
use crate::error::Error;
use crate::model::{self, SessionKind, closest_match};

/// A call on a client that was closed.
pub fn client_closed() -> Error {
    Error::configuration("client", "the client is closed: make a new one, or close it after its last call")
}

/// A call that ended without a result, which is a flaw of this crate.
pub fn internal_error() -> Error {
    Error::configuration("runtime", "the call has ended without a result: please report this")
}

/// An option whose value is not of a type that can be used; `takes` and `got` say which, with their articles.
pub fn wrong_option(name: &str, takes: &str, got: &str) -> Error {
    Error::configuration(name.to_owned(), format!("{name} takes {takes}, and got {got}"))
}

/// The same for a parameter.
pub fn wrong_parameter(name: &str, takes: &str, got: &str) -> Error {
    Error::validation(name.to_owned(), format!("{name} takes {takes}, and got {got}"))
}

/// Whether somebody who gave this name, where options and parameters of a call stand side by side, meant an option.
pub fn is_call_option(name: &str) -> bool {
    CLIENT_OPTIONS.iter().any(|row| row.name == name) || closest_match(name, &names(&CALL_OPTIONS)).is_some()
}

/// The type of a client's option, or `None` for an unknown name. Call options have the types of the client's.
pub fn option_type(name: &str) -> Option<OptionType> {
    CLIENT_OPTIONS.iter().find(|row| row.name == name).map(OptionRow::value_type)
}

/// A parameter that a session of this kind does not have; `name` as the caller wrote it.
pub fn unknown_parameter<K: SessionKind>(name: &str) -> Error {
    model::unknown_parameter(K::ENDPOINT, name)
}

/// An option that a client does not have. The language itself has those of `also` beside ours.
pub fn unknown_option(name: &str, also: &[&'static str]) -> Error {
    config::unknown_option(name, &[&names(&CLIENT_OPTIONS), also].concat())
}

/// An option that a call does not have.
pub fn unknown_call_option(name: &str, also: &[&'static str]) -> Error {
    config::unknown_call_option(name, &[&names(&CALL_OPTIONS), also].concat())
}
