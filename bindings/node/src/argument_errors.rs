//! Errors for arguments that the TypeScript compiler rejects, but that JavaScript code can pass. Each function returns
//! the fields of the error as JSON.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value only")]

use napi_derive::napi;
use renumerate::ffi::{
    ErrorFields, unknown_call_option, unknown_option, unknown_parameter, wrong_option, wrong_parameter,
};
use renumerate::{Error, Retention, Subscription};

use crate::{NAME_STYLE, fields_json};

/// Client options that exist in this language only and that the core does not know.
pub(crate) const OWN_OPTIONS: [&str; 1] = ["logger"];

/// Call options that exist in this language only and that the core does not know.
const OWN_CALL_OPTIONS: [&str; 1] = ["signal"];

/// Returns the error for a parameter that this kind of session does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter(subscription: bool, name: String) -> String {
    let unknown =
        if subscription { unknown_parameter::<Subscription> } else { unknown_parameter::<Retention> };
    named_error_json(&unknown(&name), name)
}

/// Returns the error for an option that a client does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_option(name: String) -> String {
    named_error_json(&unknown_option(&name, &OWN_OPTIONS), name)
}

/// Returns the error for an option that a call does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_call_option(name: String) -> String {
    named_error_json(&unknown_call_option(&name, &OWN_CALL_OPTIONS), name)
}

/// Returns the error for a parameter value of the wrong type. `takes` is the expected type and `got` is the actual
/// type, each with its article, such as `a string`.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter_type(name: String, takes: String, got: String) -> String {
    named_error_json(&wrong_parameter(&name, &takes, &got), name)
}

/// Returns the error for an option value of the wrong type. `takes` is the expected type and `got` is the actual type,
/// each with its article, such as `a string`.
#[napi(catch_unwind)]
pub(crate) fn refuse_option_type(name: String, takes: String, got: String) -> String {
    named_error_json(&wrong_option(&name, &takes, &got), name)
}

/// Returns the fields of the error as JSON.
///
/// If `name` is unknown, `field` has the caller's spelling of the name. Without this rule, an error for the name
/// `customer_id`, which JavaScript does not have, would mention `customerId`.
fn named_error_json(error: &Error, name: String) -> String {
    let fields = ErrorFields::from_error(error, NAME_STYLE);
    let is_unknown = NAME_STYLE.resolve(&name).is_none();
    let field = if is_unknown && error.field() == Some(&name) { Some(name) } else { fields.field };
    fields_json(&ErrorFields { field, ..fields })
}
