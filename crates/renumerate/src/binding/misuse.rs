//! Errors that Rust's types rule out, and that a language without them can meet.

use crate::builder::{CALL_OPTIONS, OPTIONS};
use crate::error::Error;
use crate::model::{self, SessionKind, nearest};
use crate::options;

/// A call on a client that was closed.
pub fn closed() -> Error {
    Error::configuration("client", "the client is closed: make a new one, or close it after its last call")
}

/// A call that ended without a result, which is a flaw of this crate.
pub fn lost() -> Error {
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
pub fn means_call_option(name: &str) -> bool {
    OPTIONS.contains(&name) || nearest(name, &CALL_OPTIONS).is_some()
}

/// Whether the option of this name is a time, which languages give in units and types of their own. A name that only
/// looks like one is taken for one too: it is refused for its name then, and not for its value.
pub fn is_time(name: &str) -> bool {
    name.ends_with("timeout")
}

/// A parameter that a session of this kind does not have; `name` as the caller wrote it.
pub fn unknown_parameter<K: SessionKind>(name: &str) -> Error {
    model::unknown_parameter(K::ENDPOINT, name)
}

/// An option that a client does not have. The language itself has those of `also` beside ours.
pub fn unknown_option(name: &str, also: &[&'static str]) -> Error {
    options::unknown_option(name, &[OPTIONS.as_slice(), also].concat())
}

/// An option that a call does not have.
pub fn unknown_call_option(name: &str, also: &[&'static str]) -> Error {
    options::unknown_call_option(name, &[CALL_OPTIONS.as_slice(), also].concat(), &OPTIONS)
}
