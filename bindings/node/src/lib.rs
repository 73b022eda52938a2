//! Native module of `@renumerate/node`. It converts JavaScript values for the Rust core and returns outcomes as plain
//! values. The core holds all logic; the TypeScript code in `typescript` creates classes, promises and errors.
//!
//! This module never throws, and calls JavaScript only to report that events are ready. The TypeScript code creates
//! all errors and objects, so that they belong to the JavaScript realm (set of global objects) that loaded the package.

mod argument_errors;
mod calls;
mod client;
mod event_batch;
mod settings;

use napi_derive::napi;
use renumerate::Error;
use renumerate::ffi::{ErrorFields, NameStyle};
use serde_json::to_string;

/// Spelling of option and parameter names in JavaScript.
const NAME_STYLE: NameStyle = NameStyle::CamelCase;

renumerate::mirror_endpoint_kind! {
    /// Kind of session.
    #[napi(string_enum)]
    #[derive(Clone, Copy)]
    pub enum EndpointKind;
}

renumerate::mirror_error_kind! {
    /// Kind of an error. TypeScript checks at compile time that each kind has a class.
    #[napi(string_enum)]
    pub enum ErrorKind;
}

/// Returns the [`ErrorFields`] of an error as JSON, from which TypeScript creates the exception.
fn error_json(error: &Error) -> String {
    to_string(&ErrorFields::from_error(error, NAME_STYLE)).unwrap_or_default() // strings and numbers always serialize
}
