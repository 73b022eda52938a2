//! Errors for arguments that TypeScript rejects but JavaScript allows. Each is returned as the JSON of its fields.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value only")]

use napi_derive::napi;
use renumerate::ffi::{
    ErrorFields, unknown_call_option, unknown_option, unknown_parameter, wrong_option, wrong_parameter,
};
use renumerate::{Error, Retention, Subscription};

use crate::{NAME_STYLE, fields_json};

/// Client options that only this language has.
pub(crate) const OWN_OPTIONS: [&str; 1] = ["logger"];

/// Call options that only this language has.
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

/// Returns the error for a parameter value of the wrong type. `takes` is the expected type and `got` the actual one,
/// each with its article.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter_type(name: String, takes: String, got: String) -> String {
    named_error_json(&wrong_parameter(&name, &takes, &got), name)
}

/// Returns the error for an option value of the wrong type, with the same arguments as for a parameter.
#[napi(catch_unwind)]
pub(crate) fn refuse_option_type(name: String, takes: String, got: String) -> String {
    named_error_json(&wrong_option(&name, &takes, &got), name)
}

/// Returns the error as JSON. An unknown name keeps the caller's spelling in `field`, even if it is a known name in
/// another name style.
fn named_error_json(error: &Error, name: String) -> String {
    let fields = ErrorFields::from_error(error, NAME_STYLE);
    let is_unknown = NAME_STYLE.resolve(&name).is_none();
    let field = if is_unknown && error.field() == Some(&name) { Some(name) } else { fields.field };
    fields_json(&ErrorFields { field, ..fields })
}
