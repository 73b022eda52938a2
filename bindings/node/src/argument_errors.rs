//! Errors for arguments that the TypeScript compiler rejects, but that JavaScript code can pass. Each function returns
//! the fields of the error as JSON.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value only")]

use napi_derive::napi;
use renumerate::ffi::{
    option_type_error, parameter_type_error, unknown_call_option, unknown_option, unknown_parameter,
    unknown_token_parameter,
};

use crate::{EndpointKind, error_json};

/// Client options that exist only in JavaScript. The core does not know them.
pub(crate) const OWN_OPTIONS: [&str; 1] = ["logger"];

/// Call options that exist only in JavaScript. The core does not know them.
pub(crate) const OWN_CALL_OPTIONS: [&str; 1] = ["signal"];

/// Returns the error for a parameter that this kind of session does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter(kind: EndpointKind, name: String) -> String {
    error_json(&unknown_parameter(kind.into(), &name))
}

/// Returns the error for a parameter that a handshake token does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_token_parameter(name: String) -> String {
    error_json(&unknown_token_parameter(&name))
}

/// Returns the error for an option that a client does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_option(name: String) -> String {
    error_json(&unknown_option(&name, &OWN_OPTIONS))
}

/// Returns the error for an option that a call does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_call_option(name: String) -> String {
    error_json(&unknown_call_option(&name, &OWN_CALL_OPTIONS))
}

/// Returns the error for a parameter value of the wrong type. `takes` is the expected type and `got` is the actual
/// type, each with its article, such as `a string`.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter_type(name: String, takes: String, got: String) -> String {
    error_json(&parameter_type_error(&name, &takes, &got))
}

/// Returns the error for an option value of the wrong type. `takes` is the expected type and `got` is the actual type,
/// each with its article, such as `a string`.
#[napi(catch_unwind)]
pub(crate) fn refuse_option_type(name: String, takes: String, got: String) -> String {
    error_json(&option_type_error(&name, &takes, &got))
}
