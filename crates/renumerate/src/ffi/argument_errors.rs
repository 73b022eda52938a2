//! Errors of the bindings: unknown names, wrong types and closed clients. In Rust, the types of the API prevent these
//! mistakes.

use crate::config::{self, CALL_OPTIONS, CLIENT_OPTIONS, OptionRow, OptionType, names};
use crate::error::Error;
use crate::model::{self, SessionKind, closest_match};

/// Returns the error of a call on a closed client.
pub fn client_closed() -> Error {
    Error::configuration("client", "the client is closed: make a new one, or close it after its last call")
}

/// Returns the error of a call that ended without a result. This is always a bug in this crate.
pub fn internal_error() -> Error {
    Error::configuration("runtime", "the call has ended without a result: please report this")
}

/// Returns the error of an option that has the wrong type. `takes` names the accepted type and `got` the actual type,
/// both with an article.
pub fn wrong_option(name: &str, takes: &str, got: &str) -> Error {
    Error::configuration(name.to_owned(), format!("{name} takes {takes}, and got {got}"))
}

/// Returns the error of a request parameter that has the wrong type. See [`wrong_option`] for `takes` and `got`.
pub fn wrong_parameter(name: &str, takes: &str, got: &str) -> Error {
    Error::validation(name.to_owned(), format!("{name} takes {takes}, and got {got}"))
}

/// Returns whether an unknown name was probably meant as an option. This is for languages that pass call options and
/// request parameters in one list.
pub fn is_call_option(name: &str) -> bool {
    CLIENT_OPTIONS.iter().any(|row| row.name == name) || closest_match(name, &names(&CALL_OPTIONS)).is_some()
}

/// Returns the type of a client option, or `None` if the name is unknown. A call option has the type of the client
/// option of the same name.
pub fn option_type(name: &str) -> Option<OptionType> {
    CLIENT_OPTIONS.iter().find(|row| row.name == name).map(OptionRow::value_type)
}

/// Returns the error of a parameter that sessions of kind `K` do not have. `name` is spelled as the caller wrote it.
pub fn unknown_parameter<K: SessionKind>(name: &str) -> Error {
    model::unknown_parameter(K::ENDPOINT, name)
}

/// Returns the error of an unknown client option. `also` lists the options that only the binding has.
pub fn unknown_option(name: &str, also: &[&'static str]) -> Error {
    config::unknown_option(name, &[&names(&CLIENT_OPTIONS), also].concat())
}

/// Returns the error of an unknown call option. `also` lists the options that only the binding has.
pub fn unknown_call_option(name: &str, also: &[&'static str]) -> Error {
    config::unknown_call_option(name, &[&names(&CALL_OPTIONS), also].concat())
}
