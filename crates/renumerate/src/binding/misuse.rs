//! Errors that Rust's types rule out, and that a language without them can meet.

use crate::builder::{CALL_OPTIONS, OPTIONS};
use crate::error::Error;
use crate::model::nearest;

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
